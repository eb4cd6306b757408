#pragma once
// A queue between threads that load and one that stores, bounded by the bytes of what is on the way.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace scaup::inline v0 {

/// Bytes are reserved before an item is made and released when its consumer is done with it, so the bound covers items
/// that are being made, that wait, and that are being worked on. Something larger than the bound passes alone.
///
/// Nobody waits for ever: a producer waits only while others hold bytes, and `pop_soon` tells the consumer, who holds
/// them, when producers wait for it.
///
/// Thread-safe: any member from any thread at any time.
template <typename Item>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// A producer begins; the queue ends when all have left.
  void enter() {
    const std::lock_guard lock(mutex_);
    ++producers_;
  }
  void leave() {
    {
      const std::lock_guard lock(mutex_);
      --producers_;
    }
    changed_.notify_all();
  }

  /// Waits until `bytes` fit, or nothing else is on the way. False: asked to stop.
  [[nodiscard]] bool reserve(std::uint64_t bytes, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    ++waiting_producers_;
    changed_.notify_all();  // for pop_soon
    const bool fits =
        changed_.wait(lock, stop, [&] { return used_ == 0 || (used_ <= max_bytes_ && bytes <= max_bytes_ - used_); });
    --waiting_producers_;
    if (!fits || stop.stop_requested()) return false;
    used_ += bytes;
    peak_ = std::max(peak_, used_);
    return true;
  }
  /// What was reserved turned out to be another size; never waits.
  void correct(std::uint64_t reserved, std::uint64_t actual) {
    {
      const std::lock_guard lock(mutex_);
      used_ = used_ - reserved + actual;
      peak_ = std::max(peak_, used_);
    }
    changed_.notify_all();
  }
  void release(std::uint64_t bytes) { correct(bytes, 0); }

  void push(Item item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
    }
    changed_.notify_all();
  }
  /// The next item, waiting for it; nothing at the end of the queue, and where it is asked to stop.
  [[nodiscard]] std::optional<Item> pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return !items_.empty() || producers_ == 0; });
    return take(stop);
  }
  /// The same, but nothing also where none comes within `patience` or a producer waits for bytes.
  [[nodiscard]] std::optional<Item> pop_soon(const std::stop_token& stop, std::chrono::nanoseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, patience,
                      [&] { return !items_.empty() || producers_ == 0 || waiting_producers_ > 0; });
    return take(stop);
  }

  /// The most bytes that were on the way at one time.
  [[nodiscard]] std::uint64_t peak() const {
    const std::lock_guard lock(mutex_);
    return peak_;
  }

 private:
  // Under mutex_.
  std::optional<Item> take(const std::stop_token& stop) {
    if (items_.empty() || stop.stop_requested()) return std::nullopt;
    std::optional<Item> item(std::move(items_.front()));
    items_.pop_front();
    return item;
  }

  const std::uint64_t max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Item> items_;  // under mutex_, as all below
  std::uint64_t used_ = 0;
  std::uint64_t peak_ = 0;
  std::size_t producers_ = 0;
  std::size_t waiting_producers_ = 0;
};

}  // namespace scaup::inline v0
