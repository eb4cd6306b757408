// Keyword search: analysis and building in bytes a second, and the ten best by BM25 for one query after another.
// The corpus is 100,000 documents of generated words with Zipf's distribution, or, where SCAUP_SHARED_DATA names them,
// those of the retrieval collections, repeated to as many, with the queries that belong to them.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "../tests/support/text_collections.hpp"
#include "text/postings/text_index.hpp"

namespace {

using namespace scaup;
using test::TextRecord;

constexpr std::size_t kDocuments = 100'000;
constexpr std::size_t kBatch = 1'000;

// A word for each rank, the common ones short.
std::string word_of(std::size_t rank) {
  std::string word;
  for (std::size_t rest = rank + 20; rest > 0; rest /= 20) word += "bcdfghklmnprstvwzaeo"[rest % 20];
  return word;
}

class ZipfText {
 public:
  explicit ZipfText(std::uint64_t seed) : random_(seed) {}
  std::string words(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      const double uniform = std::generate_canonical<double, 53>(random_);
      text += word_of(static_cast<std::size_t>(std::exp(uniform * std::log(200'000.0)))) + ' ';
    }
    return text;
  }
  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::mt19937_64 random_;
};

struct Corpus {
  std::vector<TextRecord> documents;
  std::vector<std::string> queries;
  std::size_t bytes = 0;
};

void read_shared(Corpus& corpus, const std::filesystem::path& folder) {
  for (const char* name : {"scifact", "cranfield", "cisi", "cacm", "lisa", "xquad-en"}) {
    test::TextCollection collection = test::read_collection(folder / name);
    std::ranges::move(collection.documents, std::back_inserter(corpus.documents));
    for (const TextRecord& query : collection.queries) corpus.queries.push_back(query.text);
  }
}

void generate(Corpus& corpus) {
  ZipfText text(1);
  for (std::size_t i = 0; i < 20'000; ++i) {
    corpus.documents.push_back({"", text.words(8), text.words(50 + text.below(200))});
  }
  for (std::size_t i = 0; i < 1'000; ++i) corpus.queries.push_back(text.words(3 + text.below(15)));
}

const Corpus& corpus() {
  static const Corpus kCorpus = [] {
    Corpus made;
    const auto folder = test::shared_collections();
    folder ? read_shared(made, *folder) : generate(made);
    for (const TextRecord& record : made.documents) made.bytes += record.title.size() + record.text.size();
    return made;
  }();
  return kCorpus;
}

const Analyzer& english() {
  static const auto kAnalyzer = find_analyzer("english").value();
  return *kAnalyzer;
}

TextIndex::Pointer build(std::size_t& bytes) {
  const auto& documents = corpus().documents;
  AnalyzerScratch scratch;
  TextIndex::Pointer index = TextIndex::empty().value();
  for (std::size_t first = 0; first < kDocuments; first += kBatch) {
    TextBatch batch;
    std::vector<Slot> slots;
    for (std::size_t i = first; i < first + kBatch; ++i) {
      const TextRecord& record = documents[i % documents.size()];
      batch.add(english(), scratch, record.title, record.text);
      bytes += record.title.size() + record.text.size();
      slots.push_back(static_cast<Slot>(i));
    }
    index = index->changed({.added = &batch, .added_slots = slots}).value();
    index = index->tidied().value();
  }
  return index;
}

const TextIndex& hundred_thousand() {
  static const TextIndex::Pointer kIndex = [] {
    std::size_t bytes = 0;
    return build(bytes);
  }();
  return *kIndex;
}

void analysis(benchmark::State& state, const char* name) {
  const auto analyzer = find_analyzer(name).value();
  AnalyzerScratch scratch;
  std::size_t tokens = 0;
  const auto count = [&](const Token&) { ++tokens; };
  for (auto _ : state) {
    for (const TextRecord& record : corpus().documents) analyzer->analyze(record.text, scratch, count);
  }
  std::size_t bytes = 0;
  for (const TextRecord& record : corpus().documents) bytes += record.text.size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["tokens"] = static_cast<double>(tokens) / static_cast<double>(state.iterations());
}

void batches(benchmark::State& state) {
  AnalyzerScratch scratch;
  for (auto _ : state) {
    TextBatch batch;
    for (const TextRecord& record : corpus().documents) batch.add(english(), scratch, record.title, record.text);
    benchmark::DoNotOptimize(batch.terms());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(corpus().bytes));
}

void index_build(benchmark::State& state) {
  std::size_t bytes = 0;
  std::size_t memory = 0;
  for (auto _ : state) memory = build(bytes)->memory_bytes();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
  state.counters["index_bytes_per_text_byte"] =
      static_cast<double>(memory) * static_cast<double>(state.iterations()) / static_cast<double>(bytes);
}

// Documents that come one at a time, and one in ten that goes, with all merges that fall due.
void one_by_one(benchmark::State& state) {
  AnalyzerScratch scratch;
  TextIndex::Pointer index = TextIndex::empty().value();
  std::size_t number = 0;
  for (auto _ : state) {
    const auto record_of = [](std::size_t which) { return corpus().documents[which % corpus().documents.size()]; };
    TextBatch added;
    TextBatch removed;
    const std::vector<Slot> slots = {static_cast<Slot>(number)};
    std::vector<Slot> gone;
    added.add(english(), scratch, record_of(number).title, record_of(number).text);
    if (number % 10 == 9) {
      gone.push_back(static_cast<Slot>(number / 2));
      removed.add(english(), scratch, record_of(number / 2).title, record_of(number / 2).text);
    }
    index = index->changed({&removed, gone, &added, slots}).value()->tidied().value();
    ++number;
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["parts"] = static_cast<double>(index->parts());
}

void top_10(benchmark::State& state, double title_weight) {
  const TextIndex& index = hundred_thousand();
  AnalyzerScratch scratch;
  TextSearchCounters counters;
  std::size_t number = 0;
  for (auto _ : state) {
    const TextQuery query = make_text_query(english(), scratch, corpus().queries[number++ % corpus().queries.size()]);
    benchmark::DoNotOptimize(index.top_k(query, {.k = 10, .title_weight = title_weight}, counters));
  }
  state.SetItemsProcessed(state.iterations());
  const auto queries = static_cast<double>(state.iterations());
  state.counters["postings"] = static_cast<double>(counters.postings) / queries;
  state.counters["scored"] = static_cast<double>(counters.scored) / queries;
  state.counters["parts"] = static_cast<double>(index.parts());
}

void score_400(benchmark::State& state) {
  const TextIndex& index = hundred_thousand();
  AnalyzerScratch scratch;
  std::mt19937_64 random(3);
  std::vector<Slot> slots(400);
  std::ranges::generate(slots, [&] { return static_cast<Slot>(random() % kDocuments); });
  std::ranges::sort(slots);
  std::size_t number = 0;
  for (auto _ : state) {
    const TextQuery query = make_text_query(english(), scratch, corpus().queries[number++ % corpus().queries.size()]);
    benchmark::DoNotOptimize(index.score(query, slots));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(analysis, simple, "simple")->Name("text_analysis/simple")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(analysis, english, "english")->Name("text_analysis/english")->Unit(benchmark::kMillisecond);
BENCHMARK(batches)->Name("text_batch/english")->Unit(benchmark::kMillisecond);
BENCHMARK(index_build)->Name("text_build/100000")->Unit(benchmark::kMillisecond)->Iterations(1);
BENCHMARK(one_by_one)->Name("text_add_one")->Unit(benchmark::kMicrosecond)->Iterations(20'000);
BENCHMARK_CAPTURE(top_10, body, 0.0)->Name("text_top_10/body")->Unit(benchmark::kMicrosecond)->MinTime(2);
BENCHMARK_CAPTURE(top_10, title, 0.4)->Name("text_top_10/title_0.4")->Unit(benchmark::kMicrosecond)->MinTime(2);
BENCHMARK(score_400)->Name("text_score/400")->Unit(benchmark::kMicrosecond);

}  // namespace
