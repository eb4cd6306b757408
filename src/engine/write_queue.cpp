#include "engine/write_queue.hpp"

namespace scaup::inline v0 {
namespace {

// A group of more documents would keep the first writers waiting for the last.
constexpr std::size_t kMostIdsInGroup = 100'000;

}  // namespace

void WriteQueue::submit(Change& change, const Run& run) {
  std::unique_lock lock(mutex_);
  group_.reserve(waiting_.size() + 1);  // so that taking a group cannot fail
  waiting_.push_back(&change);
  changed_.wait(lock, [&] { return change.done || !led_; });
  if (change.done) return;
  led_ = true;
  while (!change.done) lead(run, lock);
  led_ = false;
  changed_.notify_all();
}

// Carries out one group; the lock is open meanwhile.
void WriteQueue::lead(const Run& run, std::unique_lock<std::mutex>& lock) {
  std::vector<Change*> group;
  take_group();
  group.swap(group_);
  lock.unlock();
  run(group);
  lock.lock();
  for (Change* const change : group) change->done = true;
  group.clear();
  if (group.capacity() > group_.capacity()) group_.swap(group);  // room for those who wait
  changed_.notify_all();
}

// Takes from the front what touches different documents. Where memory runs out, the group ends there.
void WriteQueue::take_group() noexcept {
  const auto take = [&] {
    group_.push_back(waiting_.front());
    waiting_.pop_front();
  };
  take();
  if (waiting_.empty()) return;
  try {
    Ids ids;
    if (!add_ids(*group_.front(), ids)) return;
    while (!waiting_.empty() && add_ids(*waiting_.front(), ids)) take();
  } catch (const std::bad_alloc&) {
    // What was not taken comes next.
  }
}

bool WriteQueue::add_ids(const Change& change, Ids& ids) {
  bool all_new = true;
  change.for_each_id([&](std::string_view id) { all_new = ids.insert(id).second && all_new; });
  return all_new && ids.size() <= kMostIdsInGroup;
}

}  // namespace scaup::inline v0
