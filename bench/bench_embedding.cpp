// The built-in static embedder and its tokenizer on one core: short texts, long texts, other scripts.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/embedder.hpp"

namespace {

using namespace scaup;

// Words of the lengths that English has, most in the vocabulary, some not.
constexpr std::string_view kWords[] = {
    "the",
    "of",
    "storm",
    "harbour",
    "research",
    "and",
    "patients",
    "treatment",
    "library",
    "in",
    "a",
    "with",
    "database",
    "retrieval",
    "embedding",
    "vector",
    "Phosphorylation",
    "is",
    "between",
    "cells,",
    "model",
    "measured",
    "increased.",
    "temperature",
    "significantly",
    "to",
    "query",
    "for",
    "that",
    "was",
    "Chemistry",
    "aeroelastic",
    "(2024)",
    "heated",
    "high-speed",
    "flow",
};

std::string make_text(std::mt19937_64& random, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) {
    if (i != 0) text += ' ';
    text += kWords[random() % std::size(kWords)];
  }
  return text;
}

std::vector<std::string> make_texts(std::size_t count, std::size_t words) {
  std::mt19937_64 random(42);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(make_text(random, words));
  return texts;
}

std::size_t total_bytes(std::span<const std::string> texts) {
  std::size_t bytes = 0;
  for (const auto& text : texts) bytes += text.size();
  return bytes;
}

void run_embed(benchmark::State& state, const std::vector<std::string>& texts) {
  const auto embedder = make_static_embedder({.threads = 1}).value();
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  for (auto _ : state) {
    auto result = embedder->embed(views, TextKind::document);
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(total_bytes(texts)));
}

void run_tokenize(benchmark::State& state, const std::vector<std::string>& texts) {
  const auto embedder = make_static_embedder({.threads = 1}).value();
  const auto tokenizer = embedder->tokenizer();
  for (auto _ : state) {
    for (const auto& text : texts) benchmark::DoNotOptimize(tokenizer->tokenize(text));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(texts.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(total_bytes(texts)));
}

void run_load(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(make_static_embedder());
}

BENCHMARK_CAPTURE(run_embed, short, make_texts(1000, 10))->Name("static_embedding/short");
BENCHMARK_CAPTURE(run_embed, long, make_texts(50, 1000))->Name("static_embedding/long");
BENCHMARK_CAPTURE(
    run_embed, accents,
    std::vector<std::string>(1000, "na\u00EFve caf\u00E9 r\u00E9sum\u00E9 \u201Cquoted\u201D text of ten words in all"))
    ->Name("static_embedding/accents");
BENCHMARK_CAPTURE(run_tokenize, long, make_texts(50, 1000))->Name("static_tokenizer/long");
BENCHMARK(run_load)->Name("static_embedding/load")->Unit(benchmark::kMillisecond);

}  // namespace
