#pragma once
// TextKeeper: keeps the words of a collection for keyword search. There are none until the first query asks for them;
// from then on they follow the rows, and are stored with them.
//
// Invariants
// 1. A state belongs to one snapshot. A query that finds an older one brings it to its own snapshot first, so that what
//    was written before is found and all statistics are exact; a thread does the same for long stretches of writes, so
//    that queries seldom have much to do, and merges the parts of the index.
// 2. advance_mutex_ is held by whoever makes a state of another; nobody writes, and no reader of vectors waits, for it.
//    mutex_ is held for copies of a few words, and no other mutex is taken under it. Writers come with theirs held.
// 3. A state keeps its snapshot, and by that the documents that were replaced since: the thread is woken long before
//    these are many.
// 4. Neighbour lists are made by the thread alone, and only once a query has asked for them: a slice of rows at a time,
//    of the newest state and without a mutex, then put into what is the newest state by then, under advance_mutex_, if
//    slots have the same numbers there. A later state takes them over. Words come first: the thread looks after each
//    slice whether it was woken.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "engine/text_state.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class TextKeeper {
 public:
  using SnapshotSource = std::function<std::shared_ptr<const Snapshot>()>;
  /// Reads the words that were stored with a snapshot.
  using Loader = std::function<Result<TextStatePointer>(std::shared_ptr<const Snapshot>)>;

  /// `source` gives the newest snapshot; it is called until `stop` has returned.
  explicit TextKeeper(SnapshotSource source) : source_(std::move(source)) {}
  ~TextKeeper() { stop(); }
  TextKeeper(const TextKeeper&) = delete;
  TextKeeper& operator=(const TextKeeper&) = delete;

  /// Begins with stored words, read when they are first needed, where `first` is the snapshot that they belong to.
  /// Before anything else is called. Words that cannot be read are made anew.
  void start_with(std::shared_ptr<const Snapshot> first, Loader load);

  /// The state of `now`, or nothing where there is one of a later snapshot: then the caller takes that snapshot.
  /// Errors: `corruption`, `cancelled`, `out_of_memory`.
  [[nodiscard]] Result<TextStatePointer> at(const std::shared_ptr<const Snapshot>& now, const std::stop_token& stop);
  /// The same for a checkpoint, whatever state there is meanwhile: made of `from`, a state of an earlier snapshot or
  /// null. Errors: also `unavailable` where `from` is null and a later state has come.
  [[nodiscard]] Result<TextStatePointer> of_snapshot(const TextStatePointer& from,
                                                     const std::shared_ptr<const Snapshot>& now,
                                                     const std::stop_token& stop);
  /// From now on there are neighbour lists, made in the background.
  void want_neighbours() noexcept;
  /// Waits until the thread has nothing left to do: parts merged, and the lists made that were asked for.
  /// Errors: `cancelled`; what kept the lists from being made.
  [[nodiscard]] Status wait_until_settled(std::stop_token stop);
  /// The newest state there is; null where there is none.
  [[nodiscard]] TextStatePointer newest() const;
  /// Why stored words were not taken; success if they were, if there were none, or if they were not read yet.
  [[nodiscard]] Status load_result() const;
  /// Whether words are kept, be it in a file that was not read yet.
  [[nodiscard]] bool in_use() const;

  /// A write is about to be published: it makes `next`, and removes or changes these slots.
  void note(const Snapshot& next, std::span<const Slot> touched) noexcept;
  /// Slots were numbered anew, and that is published: all words are made again, before a query has to.
  void renumbered() noexcept;
  /// Ends the thread. Afterwards nothing changes any more.
  void stop() noexcept;

 private:
  // What was noted up to a snapshot, out of the list of notes.
  [[nodiscard]] std::vector<Slot> take_touched(const Snapshot& now);
  [[nodiscard]] bool notes_since(const Snapshot& from) const;
  void forget_notes(Sequence through) noexcept;
  [[nodiscard]] Result<TextStatePointer> first_state(const std::shared_ptr<const Snapshot>& now,
                                                     const std::stop_token& stop);
  [[nodiscard]] Result<TextStatePointer> next_state(const std::shared_ptr<const Snapshot>& now,
                                                    const std::stop_token& stop);
  void publish(TextStatePointer state);
  void wake() noexcept;
  void run(const std::stop_token& stop);
  [[nodiscard]] bool wait_for_work(const std::stop_token& stop);
  void catch_up(const std::stop_token& stop);
  [[nodiscard]] bool merge_once(const std::stop_token& stop);
  [[nodiscard]] bool lacks_neighbours() const noexcept;
  void add_neighbours(const std::stop_token& stop);
  [[nodiscard]] Status add_neighbour_slice(const std::stop_token& stop);

  const SnapshotSource source_;
  std::mutex advance_mutex_;
  // Under advance_mutex_.
  Loader loader_;
  std::shared_ptr<const Snapshot> stored_;  // what loader_ reads belongs to it

  mutable std::mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable_any rested_;
  TextStatePointer state_;  // under mutex_, as all below
  std::optional<Error> load_error_;
  bool in_use_ = false;                             // writes are noted
  std::vector<std::pair<Sequence, Slot>> touched_;  // since state_, in the order of writes
  Sequence noted_through_ = 0;                      // the write that was announced last, noted or not
  Sequence unknown_through_ = 0;                    // notes of some writes up to this one are missing
  std::size_t noted_rows_ = 0;                      // rows of the snapshot that was noted last
  std::size_t state_rows_ = 0;                      // rows of the state's, or of the stored one
  bool wanted_ = false;
  bool resting_ = true;  // the thread waits for work, or there is none
  bool neighbours_wanted_ = false;
  std::optional<Error> neighbour_failure_;  // of the last attempt
  std::jthread thread_;                     // started under mutex_; last, so that it ends first
};

}  // namespace scaup::inline v0
