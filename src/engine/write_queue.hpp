#pragma once
// Writers that come while another one waits for the disk are carried out together with one sync: the first of them
// leads, the others wait for it (group commit; DeWitt et al. 1984, "Implementation Techniques for Main Memory Database
// Systems").

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "engine/change.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class WriteQueue {
 public:
  /// Carries out changes that touch different documents, in this order, and sets the `result` of each. Does not throw.
  using Run = std::function<void(std::span<Change* const>)>;

  /// Returns when the change was carried out, on this thread or on that of another writer. Writers are served in the
  /// order in which they came.
  void submit(Change& change, const Run& run);

 private:
  using Ids = std::unordered_set<std::string_view>;

  void take_group() noexcept;
  [[nodiscard]] static bool add_ids(const Change& change, Ids& ids);
  void lead(const Run& run, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Change*> waiting_;  // under mutex_, as all below
  std::vector<Change*> group_;   // empty but while a group is taken; has room for all that wait
  bool led_ = false;             // one of the writers leads
};

}  // namespace scaup::inline v0
