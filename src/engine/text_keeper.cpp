#include "engine/text_keeper.hpp"

#include <algorithm>
#include <system_error>

#include "base/boundary.hpp"
#include "base/parallel.hpp"

namespace scaup::inline v0 {
namespace {

// Rows and changes behind which the thread is woken: few, for a query would have to make up for them.
constexpr std::size_t kFarBehind = 512;

bool same_moment(const Snapshot& a, const Snapshot& b) noexcept {
  return a.generation == b.generation && a.sequence == b.sequence;
}

bool is_later(const Snapshot& a, const Snapshot& b) noexcept {
  return std::pair(a.generation, a.sequence) > std::pair(b.generation, b.sequence);
}

}  // namespace

void TextKeeper::start_with(std::shared_ptr<const Snapshot> first, Loader load) {
  const std::lock_guard advancing(advance_mutex_);
  const std::lock_guard lock(mutex_);
  in_use_ = true;
  state_rows_ = noted_rows_ = first->rows;
  loader_ = std::move(load);
  stored_ = std::move(first);
}

TextStatePointer TextKeeper::newest() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

Status TextKeeper::load_result() const {
  const std::lock_guard lock(mutex_);
  if (load_error_) return *load_error_;
  return {};
}

bool TextKeeper::in_use() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

Result<TextStatePointer> TextKeeper::at(const std::shared_ptr<const Snapshot>& now, const std::stop_token& stop) {
  TextStatePointer state = newest();
  if (state != nullptr && same_moment(*state->snapshot, *now)) return state;
  const std::lock_guard advancing(advance_mutex_);
  state = newest();
  if (state != nullptr && same_moment(*state->snapshot, *now)) return state;
  if (state != nullptr && is_later(*state->snapshot, *now)) return TextStatePointer();
  auto next = next_state(now, stop);
  if (!next) return next;
  publish(*next);
  return next;
}

Result<TextStatePointer> TextKeeper::of_snapshot(const TextStatePointer& from,
                                                 const std::shared_ptr<const Snapshot>& now,
                                                 const std::stop_token& stop) {
  if (from == nullptr) {
    auto state = at(now, stop);
    if (!state || *state != nullptr) return state;
    return Error(ErrorCode::unavailable, "the words are of a later state");
  }
  if (same_moment(*from->snapshot, *now)) return from;
  if (from->snapshot->generation != now->generation) return make_text_state(now, 1, stop);
  return advance_text_state(*from, now, std::nullopt, 1, stop);
}

// Under advance_mutex_.
Result<TextStatePointer> TextKeeper::next_state(const std::shared_ptr<const Snapshot>& now,
                                                const std::stop_token& stop) {
  const std::vector<Slot> touched = take_touched(*now);
  TextStatePointer from = newest();
  if (from == nullptr || from->snapshot->generation != now->generation) {
    auto first = first_state(now, stop);
    if (!first) return first;
    from = *std::move(first);
  }
  if (same_moment(*from->snapshot, *now)) return from;
  const auto known = notes_since(*from->snapshot) ? std::optional(std::span<const Slot>(touched)) : std::nullopt;
  auto next = guarded([&] { return advance_text_state(*from, now, known, 0, stop); });
  if (!next) forget_notes(now->sequence);
  return next;
}

// The state to begin with: what was stored, if it is of this numbering and can be read, or all made anew.
Result<TextStatePointer> TextKeeper::first_state(const std::shared_ptr<const Snapshot>& now,
                                                 const std::stop_token& stop) {
  const Loader load = std::exchange(loader_, nullptr);
  const std::shared_ptr<const Snapshot> stored = std::exchange(stored_, nullptr);
  if (load && stored->generation == now->generation) {
    auto loaded = load(stored);
    if (loaded) return loaded;
    const std::lock_guard lock(mutex_);
    load_error_.emplace(std::move(loaded).error());
  }
  {
    const std::lock_guard lock(mutex_);
    in_use_ = true;  // from here on writes are noted; of those before, some may come after `now`
    unknown_through_ = std::max(unknown_through_, noted_through_);
  }
  return make_text_state(now, 0, stop);
}

std::vector<Slot> TextKeeper::take_touched(const Snapshot& now) {
  std::vector<Slot> slots;
  const std::lock_guard lock(mutex_);
  const auto later = std::ranges::find_if(touched_, [&](const auto& one) { return one.first > now.sequence; });
  slots.reserve(static_cast<std::size_t>(later - touched_.begin()));
  for (auto one = touched_.begin(); one != later; ++one) slots.push_back(one->second);
  touched_.erase(touched_.begin(), later);
  return slots;
}

// Whether every write after `from` is noted. If not, the next state is made by a look at all rows.
bool TextKeeper::notes_since(const Snapshot& from) const {
  const std::lock_guard lock(mutex_);
  return from.sequence >= unknown_through_;
}

void TextKeeper::forget_notes(Sequence through) noexcept {
  const std::lock_guard lock(mutex_);
  unknown_through_ = std::max(unknown_through_, through);
}

void TextKeeper::publish(TextStatePointer state) {
  bool work = state->index->parts() > 4;
  {
    const std::lock_guard lock(mutex_);
    state_rows_ = state->snapshot->rows;
    state_.swap(state);  // the old one is released after the lock
    work = work || lacks_neighbours();
  }
  if (work) wake();
}

void TextKeeper::note(const Snapshot& next, std::span<const Slot> touched) noexcept {
  bool far_behind = false;
  {
    const std::lock_guard lock(mutex_);
    noted_through_ = next.sequence;
    if (!in_use_) return;
    try {
      for (const Slot slot : touched) touched_.emplace_back(next.sequence, slot);
    } catch (const std::bad_alloc&) {
      unknown_through_ = next.sequence;
    }
    noted_rows_ = next.rows;
    const std::size_t rows = noted_rows_ - std::min(noted_rows_, state_rows_);
    far_behind = rows + touched_.size() >= kFarBehind;
  }
  if (far_behind) wake();
}

void TextKeeper::renumbered() noexcept {
  if (in_use()) wake();
}

// Without a thread, queries do its work.
void TextKeeper::wake() noexcept {
  const std::lock_guard lock(mutex_);
  wanted_ = true;
  work_.notify_one();
  try {
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::exception&) {
    wanted_ = false;
  }
}

void TextKeeper::stop() noexcept {
  std::jthread ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(thread_);
  }
  ended.request_stop();  // and joins
}

void TextKeeper::run(const std::stop_token& stop) {
  lower_thread_priority();
  while (wait_for_work(stop)) {
    catch_up(stop);
    add_neighbours(stop);
  }
}

// Returns false when the thread is to end.
bool TextKeeper::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  resting_ = true;
  rested_.notify_all();
  if (!work_.wait(lock, stop, [this] { return wanted_; }) || stop.stop_requested()) return false;
  resting_ = wanted_ = false;
  return true;
}

// What fails here, the next query tries again, and reports.
void TextKeeper::catch_up(const std::stop_token& stop) {
  static_cast<void>(guarded([&]() -> Status {
    auto state = at(source_(), stop);
    return state ? Status() : std::move(state).error();
  }));
  bool merged = true;
  while (merged && !stop.stop_requested()) {
    const auto attempt = guarded([&]() -> Result<bool> { return merge_once(stop); });
    merged = attempt && *attempt;
  }
}

// Beside queries and writers; what was removed meanwhile is carried over.
bool TextKeeper::merge_once(const std::stop_token& stop) {
  const TextStatePointer before = newest();
  if (before == nullptr) return false;
  auto merge = before->index->next_merge();
  if (!merge || !merge->run(stop)) return false;
  const std::lock_guard advancing(advance_mutex_);
  const TextStatePointer now = newest();
  auto merged = now->index->adopt(*merge);
  if (!merged) return false;
  auto next = std::make_shared<TextState>(*now);
  next->index = *std::move(merged);
  const std::lock_guard lock(mutex_);
  TextStatePointer published = std::move(next);
  state_.swap(published);
  return true;
}

void TextKeeper::want_neighbours() noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(neighbours_wanted_, true)) return;
  }
  wake();
}

Status TextKeeper::wait_until_settled(std::stop_token stop) {
  wake();
  std::unique_lock lock(mutex_);
  const auto done = [this] { return resting_ && !wanted_; };
  if (!rested_.wait(lock, stop, done)) return Error(ErrorCode::cancelled, "cancelled while waiting for the words");
  if (lacks_neighbours() && neighbour_failure_) return *neighbour_failure_;
  return {};
}

// Under mutex_.
bool TextKeeper::lacks_neighbours() const noexcept {
  if (!neighbours_wanted_ || state_ == nullptr) return false;
  const std::size_t rows = state_->snapshot->rows;
  return state_->neighbours == nullptr ? rows > 0 : !state_->neighbours->complete(rows);
}

// What fails here is tried again after the next write, and by whoever waits.
void TextKeeper::add_neighbours(const std::stop_token& stop) {
  const auto may_go_on = [&] {
    const std::lock_guard lock(mutex_);
    return lacks_neighbours() && !wanted_ && !stop.stop_requested();
  };
  while (may_go_on()) {
    auto added = guarded([&]() -> Status { return add_neighbour_slice(stop); });
    const std::lock_guard lock(mutex_);
    neighbour_failure_ = added ? std::nullopt : std::optional(std::move(added).error());
    if (neighbour_failure_) return;
  }
}

Status TextKeeper::add_neighbour_slice(const std::stop_token& stop) {
  const TextStatePointer before = newest();
  auto lists = extend_neighbour_lists(*before, stop);
  if (!lists) return std::move(lists).error();
  const std::lock_guard advancing(advance_mutex_);
  const TextStatePointer now = newest();
  if (now->snapshot->generation != before->snapshot->generation) return {};
  auto next = std::make_shared<TextState>(*now);
  next->neighbours = *std::move(lists);
  TextStatePointer published = std::move(next);
  const std::lock_guard lock(mutex_);
  state_.swap(published);
  return {};
}

}  // namespace scaup::inline v0
