// Exact queries through the public interface, one thread: time beside n and dimension, and how many rows
// were computed again in double. The answers are exact, so their recall is 1 by construction.

#include <benchmark/benchmark.h>

#include <map>
#include <random>

#include "base/aligned_memory.hpp"
#include "read_sum.hpp"
#include "scaup/scaup.hpp"

namespace {

using scaup::Collection;

std::vector<float> random_vector(std::mt19937_64& random, std::size_t dimension) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dimension);
  for (float& x : vector) x = normal(random);
  return vector;
}

// Collections are made once and shared by the benchmarks of the same shape.
const Collection& collection_of(std::size_t rows, std::size_t dimension) {
  static std::map<std::pair<std::size_t, std::size_t>, Collection> made;
  const auto known = made.find({rows, dimension});
  if (known != made.end()) return known->second;
  auto collection = scaup::Database::in_memory().create_collection("rows", {.index = {.graph = false}}).value();
  std::mt19937_64 random(42);
  constexpr std::size_t kBatch = 1000;
  for (std::size_t first = 0; first < rows; first += kBatch) {
    std::vector<scaup::Document> documents;
    for (std::size_t i = first; i < std::min(rows, first + kBatch); ++i) {
      documents.push_back({.id = std::to_string(i), .embedding = random_vector(random, dimension)});
    }
    collection.add(documents).value();
  }
  return made.emplace(std::pair{rows, dimension}, std::move(collection)).first->second;
}

void query_exact(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const auto dimension = static_cast<std::size_t>(state.range(1));
  const Collection& collection = collection_of(rows, dimension);
  std::mt19937_64 random(7);
  std::vector<std::vector<float>> queries;
  for (int i = 0; i < 16; ++i) queries.push_back(random_vector(random, dimension));
  std::size_t next = 0;
  double rescored = 0;
  for (auto _ : state) {
    const auto result = collection.query(queries[next++ % queries.size()], {.k = 10, .threads = 1}).value();
    rescored += static_cast<double>(result.stats.rows_rescored);
    benchmark::DoNotOptimize(result.matches.data());
  }
  state.counters["rows_rescored"] = rescored / static_cast<double>(state.iterations());
  state.counters["recall"] = 1;
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) * state.range(1));  // codes
}

BENCHMARK(query_exact)
    ->ArgsProduct({{1000, 10000, 100000}, {384, 1536}})
    ->ArgNames({"n", "d"})
    ->Unit(benchmark::kMillisecond);

// As many bytes as the codes of the same rows, read and summed up in four streams: what the memory gives at best.
void read_sum(benchmark::State& state) {
  const auto words = static_cast<std::size_t>(state.range(0) * state.range(1)) / sizeof(std::uint64_t);
  scaup::AlignedMemory memory(words * sizeof(std::uint64_t), scaup::HugePages::at_once);
  std::fill_n(memory.data(), memory.size(), std::byte{1});
  const auto* const begin = reinterpret_cast<const std::uint64_t*>(memory.data());
  for (auto _ : state) benchmark::DoNotOptimize(scaup::bench::sum_four(begin, words / 4, words / 4));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(words * sizeof(std::uint64_t)));
}

// 1,000 queries in one call, which share a pass over the codes.
void query_batch(benchmark::State& state) {
  const Collection& collection = collection_of(100000, 384);
  std::mt19937_64 random(7);
  std::vector<scaup::QueryRequest> requests(static_cast<std::size_t>(state.range(0)));
  for (auto& request : requests) request = {.vector = random_vector(random, 384), .options = {.threads = 1}};
  for (auto _ : state) benchmark::DoNotOptimize(collection.query_batch(requests).value().data());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(query_batch)->Arg(10)->Arg(1000)->ArgName("queries")->Unit(benchmark::kMillisecond);

BENCHMARK(read_sum)
    ->ArgsProduct({{1000, 10000, 100000}, {384, 1536}})
    ->ArgNames({"n", "d"})
    ->Unit(benchmark::kMillisecond);

void query_filtered(benchmark::State& state) {
  static const Collection collection = [] {
    auto made = scaup::Database::in_memory().create_collection("filtered", {.index = {.graph = false}}).value();
    std::mt19937_64 random(1);
    std::vector<scaup::Document> documents;
    for (int i = 0; i < 100000; ++i) {
      documents.push_back(
          {.id = std::to_string(i), .metadata = {{"bucket", i % 100}}, .embedding = random_vector(random, 384)});
    }
    made.add(documents).value();
    return made;
  }();
  std::mt19937_64 random(7);
  const auto query = random_vector(random, 384);
  const auto filter = scaup::field("bucket") < state.range(0);
  for (auto _ : state)
    benchmark::DoNotOptimize(collection.query(query, {.k = 10, .filter = filter, .threads = 1}).value().matches.data());
}

BENCHMARK(query_filtered)->Arg(1)->Arg(10)->Arg(50)->ArgName("percent")->Unit(benchmark::kMillisecond);

}  // namespace
