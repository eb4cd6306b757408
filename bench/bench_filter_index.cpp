// The filter index on a million rows: adding, memory, and the time to answer conditions of each kind at
// selectivities from 50 to 0.01 %. The keys: two, hundred and ten_thousand have that many values, evenly
// and at random; number and name have a value of their own in each row; tags is a list of three.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

#include "filter/filter_index.hpp"
#include "scaup/filter.hpp"

namespace {

using scaup::field;
using scaup::Filter;
using scaup::Metadata;
using scaup::Slot;
using scaup::Value;

constexpr std::int64_t kRows = 1'000'000;

// Eight digits, so that strings are in the order of numbers.
std::string name_of(std::int64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "row %08lld", static_cast<long long>(number));
  return text;
}

std::vector<std::int64_t> shuffled_numbers() {
  std::vector<std::int64_t> numbers(kRows);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(1));
  return numbers;
}

std::string tag(std::uint64_t number) {
  return "tag " + std::to_string(number);
}

Metadata metadata_of(std::int64_t number, std::mt19937_64& random) {
  const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
  return {{"two", below(2)},
          {"hundred", below(100)},
          {"ten_thousand", below(10'000)},
          {"number", number},
          {"name", name_of(number)},
          {"tags", Value::StringList{tag(random() % 4), tag(10 + random() % 100), tag(1'000 + random() % 10'000)}}};
}

const scaup::FilterIndex& million_rows() {
  static const auto kIndex = [] {
    auto index = std::make_unique<scaup::FilterIndex>();
    std::mt19937_64 random(2);
    const auto numbers = shuffled_numbers();
    for (Slot slot = 0; slot < kRows; ++slot) index->add(slot, metadata_of(numbers[slot], random));
    return index;
  }();
  return *kIndex;
}

// One key alone, in rows given; items are pairs of key and value.
void add_pairs(benchmark::State& state, const std::vector<Metadata>& rows, std::size_t pairs_in_row) {
  double bytes = 0;
  for (auto _ : state) {
    scaup::FilterIndex index;
    for (Slot slot = 0; slot < rows.size(); ++slot) index.add(slot, rows[slot]);
    state.PauseTiming();
    bytes = static_cast<double>(index.memory_bytes());
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size() * pairs_in_row));
  state.counters["bytes_per_row"] = bytes / static_cast<double>(rows.size());
}

void add(benchmark::State& state, const char* key) {
  std::vector<Metadata> rows;
  std::mt19937_64 random(2);
  for (const std::int64_t number : shuffled_numbers()) {
    Metadata all = metadata_of(number, random);
    rows.push_back({{key, all.at(key)}});
  }
  add_pairs(state, rows, key == std::string("tags") ? 3 : 1);
}

void add_ascending(benchmark::State& state) {
  std::vector<Metadata> rows;
  for (std::int64_t number = 0; number < kRows; ++number) rows.push_back({{"number", number}});
  add_pairs(state, rows, 1);
}

void add_all_keys(benchmark::State& state) {
  std::vector<Metadata> rows;
  std::mt19937_64 random(2);
  for (const std::int64_t number : shuffled_numbers()) rows.push_back(metadata_of(number, random));
  add_pairs(state, rows, 8);
}

void update(benchmark::State& state) {
  scaup::FilterIndex index;
  for (Slot slot = 0; slot < kRows; ++slot) index.add(slot, {{"number", static_cast<std::int64_t>(slot)}});
  std::mt19937_64 random(3);
  std::vector<std::int64_t> values(kRows);
  std::iota(values.begin(), values.end(), 0);
  for (auto _ : state) {
    const auto slot = static_cast<Slot>(random() % kRows);
    const Metadata before = {{"number", values[slot]}};
    values[slot] = static_cast<std::int64_t>(random() % kRows);
    index.remove(slot, before);
    index.add(slot, {{"number", values[slot]}});
  }
  state.SetItemsProcessed(state.iterations());
}

void answer(benchmark::State& state, const Filter& filter) {
  const scaup::FilterIndex& index = million_rows();
  std::size_t found = 0;
  for (auto _ : state) found = index.candidates(filter).slots.cardinality();
  state.counters["found"] = static_cast<double>(found);
}

void estimate(benchmark::State& state, const Filter& filter) {
  const scaup::FilterIndex& index = million_rows();
  for (auto _ : state) benchmark::DoNotOptimize(index.estimate(filter));
}

void to_words(benchmark::State& state, const Filter& filter) {
  const scaup::FilterAnswer answer = million_rows().candidates(filter);
  std::vector<std::uint64_t> words((kRows + 63) / 64);
  for (auto _ : state) {
    answer.slots.to_words(words);
    benchmark::DoNotOptimize(words.data());
  }
}

void for_each(benchmark::State& state, const Filter& filter) {
  const scaup::FilterAnswer answer = million_rows().candidates(filter);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    answer.slots.for_each([&](Slot slot) { sum += slot; });
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(answer.slots.cardinality()));
}

std::vector<Value> first_values(std::int64_t count) {
  std::vector<Value> values;
  for (std::int64_t i = 0; i < count; ++i) values.emplace_back(i);
  return values;
}

struct Case {
  const char* name;
  Filter filter;
};

// Names end in the share of the rows that match.
std::vector<Case> cases() {
  const Filter half = field("two") == 1;
  const Filter percent = field("hundred") == 7;
  return {
      {"eq/50%", half},
      {"eq/1%", percent},
      {"eq/0.01%", field("ten_thousand") == 7},
      {"eq/one_row", field("name") == name_of(77)},
      {"contains/25%", field("tags").contains(tag(1))},
      {"contains/1%", field("tags").contains(tag(11))},
      {"range_unique/99%", field("number") >= kRows / 100},
      {"range_unique/50%", field("number") < kRows / 2},
      {"range_unique/10%", field("number") < kRows / 10},
      {"range_unique/1%", field("number") < kRows / 100},
      {"range_unique/0.1%", field("number") < kRows / 1'000},
      {"range_unique/0.01%", field("number") < kRows / 10'000},
      {"range_two_ends/1%", field("number") >= kRows / 2 && field("number") < kRows / 2 + kRows / 100},
      {"range_strings/10%", field("name") < name_of(kRows / 10)},
      {"range_strings/1%", field("name") < name_of(kRows / 100)},
      {"prefix/1%", field("name").starts_with("row 0005")},
      {"range_ten_thousand/50%", field("ten_thousand") < 5'000},
      {"range_ten_thousand/1%", field("ten_thousand") < 100},
      {"range_hundred/50%", field("hundred") < 50},
      {"range_hundred/10%", field("hundred") < 10},
      {"in_hundred/10%", field("hundred").in(first_values(10))},
      {"in_ten_thousand/1%", field("ten_thousand").in(first_values(100))},
      {"in_number/0.1%", field("number").in(first_values(1'000))},
      {"and/25%", half && field("tags").contains(tag(1)) && field("number") >= 0},
      {"and/0.5%", half && percent},
      {"and/0.005%", half && field("ten_thousand") == 7},
      {"and_range/5%", half && field("number") < kRows / 10},
      {"or/51%", half || percent},
      {"or/2%", percent || field("hundred") == 8},
      {"not/99%", !percent},
      {"not/50%", field("two") != 1},
      {"and_not/0.99%", percent && !(field("tags").contains(tag(11)))},
      {"text_and/1%", scaup::text().contains("storm") && percent},
  };
}

void register_all() {
  for (const char* key : {"number", "name", "two", "hundred", "ten_thousand", "tags"}) {
    benchmark::RegisterBenchmark((std::string("filter_add/") + key).c_str(), add, key)->Unit(benchmark::kMillisecond);
  }
  benchmark::RegisterBenchmark("filter_add/number_ascending", add_ascending)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("filter_add/all_keys", add_all_keys)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("filter_update/number", update);
  for (const Case& one : cases()) {
    const std::string name = one.name;
    benchmark::RegisterBenchmark(("filter_answer/" + name).c_str(), answer, one.filter)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(("filter_estimate/" + name).c_str(), estimate, one.filter)
        ->Unit(benchmark::kMicrosecond);
  }
  for (const char* name : {"eq/50%", "range_unique/50%", "range_unique/1%", "range_unique/0.01%"}) {
    const auto all = cases();
    const auto found =
        std::ranges::find(all, std::string_view(name), [](const Case& one) { return std::string_view(one.name); });
    benchmark::RegisterBenchmark((std::string("filter_to_words/") + name).c_str(), to_words, found->filter)
        ->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark((std::string("filter_for_each/") + name).c_str(), for_each, found->filter)
        ->Unit(benchmark::kMicrosecond);
  }
}

const bool kRegistered = (register_all(), true);

}  // namespace
