#pragma once
// Documents in ascending order of id, for scans page by page.
//
// The first scan sorts all ids; later pages, and later scans, reuse that order and sort only the rows
// added since. The order keeps copies of the ids, so it holds no old documents in memory.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "engine/table.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class IdOrder {
 public:
  /// Calls `visit` for each document that `snapshot` shows whose id is greater than `after`, in ascending
  /// order of id, until it returns false. Empty `after` begins with the first.
  /// Cost: O(n log n) for the first page after large changes, else O(page + rows added since).
  void visit(const Snapshot& snapshot, std::string_view after, const std::function<bool(Slot)>& visit) const;

 private:
  // The visible ids of one snapshot, sorted.
  struct Sorted {
    std::uint64_t generation = 0;
    Sequence sequence = 0;
    std::size_t covered = 0;  // slots looked at; rows from here on came later
    std::string bytes;        // the ids, one after the other, in order
    std::vector<std::size_t> ends;
    std::vector<Slot> slots;

    [[nodiscard]] std::string_view id(std::size_t index) const noexcept {
      const std::size_t begin = index == 0 ? 0 : ends[index - 1];
      return std::string_view(bytes).substr(begin, ends[index] - begin);
    }
    /// The first index whose id is greater than `after`.
    [[nodiscard]] std::size_t upper_bound(std::string_view after) const noexcept;
    /// Whether this order can serve `snapshot` without sorting much again.
    [[nodiscard]] bool serves(const Snapshot& snapshot) const noexcept;
  };

  [[nodiscard]] static std::shared_ptr<const Sorted> sort(const Snapshot& snapshot);
  [[nodiscard]] std::shared_ptr<const Sorted> order_for(const Snapshot& snapshot) const;

  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Sorted> sorted_;  // under mutex_
};

}  // namespace scaup::inline v0
