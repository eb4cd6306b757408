#pragma once
// Counts how far an ingestion has come, from several threads.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "scaup/ingest.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class ProgressMeter {
 public:
  /// `done` of `total` files are done before it begins.
  ProgressMeter(std::size_t total, std::size_t done, double price_per_million_tokens);

  void add_files(std::size_t files, std::uint64_t bytes);
  void add_chunks(std::size_t chunks, std::uint64_t tokens);

  /// No number is lower than in a snapshot before, but for the time left.
  [[nodiscard]] IngestProgress snapshot() const;

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  const std::size_t done_before_;
  const double price_;
  mutable std::mutex mutex_;
  IngestProgress progress_;  // under mutex_
};

}  // namespace scaup::inline v0
