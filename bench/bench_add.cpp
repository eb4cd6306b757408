// Adding documents that bring their vectors: documents a second, one thread, through the public interface.

#include <benchmark/benchmark.h>

#include <random>

#include "scaup/scaup.hpp"

namespace {

void add(benchmark::State& state) {
  const auto dimension = static_cast<std::size_t>(state.range(0));
  const auto batch = static_cast<std::size_t>(state.range(1));
  constexpr std::size_t kDocuments = 50000;
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  std::vector<scaup::Document> documents(kDocuments);
  for (std::size_t i = 0; i < kDocuments; ++i) {
    documents[i].id = "document " + std::to_string(i);
    documents[i].embedding.emplace(dimension);
    for (float& x : *documents[i].embedding) x = normal(random);
  }
  for (auto _ : state) {
    auto collection = scaup::Database::in_memory().create_collection("c", {.index = {.graph = false}}).value();
    for (std::size_t first = 0; first < kDocuments; first += batch) {
      collection.add(std::span(documents).subspan(first, std::min(batch, kDocuments - first))).value();
    }
    benchmark::DoNotOptimize(collection.count().value());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kDocuments));
}

BENCHMARK(add)->ArgsProduct({{384}, {1, 100, 10000}})->ArgNames({"d", "batch"})->Unit(benchmark::kMillisecond);

}  // namespace
