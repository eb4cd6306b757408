// Progress of an ingestion, and the time that is left.

#include "rag/progress_meter.hpp"

#include <algorithm>

namespace scaup::inline v0 {

ProgressMeter::ProgressMeter(std::size_t total, std::size_t done, double price_per_million_tokens)
    : done_before_(done), price_(price_per_million_tokens), progress_{.files_done = done, .files_total = total} {}

void ProgressMeter::add_files(std::size_t files, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  progress_.files_done += files;
  progress_.bytes += bytes;
}

void ProgressMeter::add_chunks(std::size_t chunks, std::uint64_t tokens) {
  const std::lock_guard lock(mutex_);
  progress_.chunks += chunks;
  progress_.tokens += tokens;
}

IngestProgress ProgressMeter::snapshot() const {
  IngestProgress now;
  {
    const std::lock_guard lock(mutex_);
    now = progress_;
  }
  now.elapsed = std::chrono::steady_clock::now() - begin_;
  now.cost = static_cast<double>(now.tokens) * price_ / 1e6;
  // What was done before took no time, so it says nothing about the rest.
  const std::size_t done = now.files_done - done_before_;
  if (done > 0) {
    constexpr double kLongest = 9e18;  // what nanoseconds can count, some 285 years
    const double share = static_cast<double>(now.files_total - now.files_done) / static_cast<double>(done);
    const double left = std::min(static_cast<double>(now.elapsed.count()) * share, kLongest);
    now.left = std::chrono::nanoseconds(static_cast<std::int64_t>(left));
  }
  return now;
}

}  // namespace scaup::inline v0
