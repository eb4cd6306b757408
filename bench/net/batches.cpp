// Batches against one request a text, and what batches hold in memory.

#include <algorithm>

#include "replies.hpp"
#include "storage/measuring.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kShort = 40;    // bytes
constexpr std::size_t kLong = 2048;   // bytes
constexpr std::size_t kSample = 200;  // texts that are sent one by one

double texts_per_second_alone(const std::string& url, std::size_t texts) {
  const auto embedder = embedder_at(url, {});
  const auto sample = texts_of(std::min(texts, kSample), kShort);
  const double seconds = seconds_of([&] {
    for (const std::string& text : sample) embed(*embedder, {text});
  });
  return static_cast<double>(sample.size()) / seconds;
}

double texts_per_second_in_batches(const std::string& url, std::size_t texts) {
  const auto embedder = embedder_at(url, {});
  const auto all = texts_of(texts, kShort);
  return static_cast<double>(texts) / seconds_of([&] { embed(*embedder, all); });
}

}  // namespace

void measure_batches(const std::string& url, std::size_t texts) {
  const double alone = texts_per_second_alone(url, texts);
  const double batches = texts_per_second_in_batches(url, texts);
  report("single_texts_per_second", alone);
  report("batch_texts_per_second", batches);
  report("batch_vs_single", batches / alone);
}

void measure_memory(const std::string& url, std::size_t texts) {
  const auto embedder = embedder_at(url, {.max_texts = 128, .max_concurrent_calls = 4});
  const auto all = texts_of(texts, kLong);
  const double before = memory_mb("VmRSS");
  const Embeddings rows = embed(*embedder, all);
  const double vectors = static_cast<double>(rows.values.size() * sizeof(float)) * 1e-6;
  report("vectors_mb", vectors);
  report("peak_memory_mb", memory_mb("VmHWM") - before - vectors);
}

}  // namespace scaup::bench
