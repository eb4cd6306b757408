#pragma once
// A write under way: prepared on a snapshot, logged, committed. Each step belongs to the one writer of the store.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/table.hpp"
#include "engine/write_log.hpp"
#include "filter/filter_index.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

class IdTable;

/// Finds the documents that a change touches.
class Lookup {
 public:
  virtual ~Lookup() = default;
  /// The slot of a document of the newest snapshot.
  [[nodiscard]] virtual std::optional<Slot> find(std::string_view id) const = 0;
};

/// Single-threaded: one thread at a time, even for const members.
class Change {
 public:
  explicit Change(std::stop_token stop) : stop_(std::move(stop)) {}
  virtual ~Change() = default;
  Change(const Change&) = delete;
  Change& operator=(const Change&) = delete;

  /// The documents it touches.
  virtual void for_each_id(const std::function<void(std::string_view)>& visit) const = 0;
  /// Does all that can fail, and leaves `next` null where there is nothing to do. `current` is the newest snapshot;
  /// `last` is the state that other changes, not committed yet and of other documents, will have made of it.
  [[nodiscard]] virtual Status prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) = 0;
  /// Writes the rows that `prepare` made room for, and that nobody reads before `commit`. Beside the log, on another
  /// thread, where they are many.
  virtual void fill_rows() noexcept {}
  [[nodiscard]] virtual std::size_t rows_to_fill() const noexcept { return 0; }
  /// Documents that are new.
  [[nodiscard]] virtual std::size_t added() const noexcept { return 0; }
  /// Changes ids and rows, for the holder of the id mutex; `current` as in `prepare`. Cannot fail.
  virtual void commit(IdTable& ids, const Snapshot& current) noexcept = 0;
  /// The slots of `current` whose documents it removes or changes; before `commit`.
  [[nodiscard]] virtual std::span<const Slot> touched() const noexcept = 0;
  /// Changes the index; may run out of memory in the middle.
  virtual void index(FilterIndex& filter_index, const Snapshot& current) const = 0;

  LogEntry entry = {};                        ///< where there is a log
  Status result = {};                         ///< of the whole
  bool done = false;                          ///< for the queue
  std::shared_ptr<Snapshot> next = {};        ///< what `prepare` made
  std::vector<Record::Pointer> retired = {};  ///< what `commit` took out of use

 protected:
  [[nodiscard]] Status not_cancelled() const;
  /// For `commit`: the row of a slot ends with `next`, and its document is retired.
  void take_out(Slot slot, const Snapshot& current) noexcept;

 private:
  std::stop_token stop_;
};

/// What an AddChange does, borrowed. An id that is removed and among the records is replaced.
struct Addition {
  std::span<const StoreRecord> records = {};
  WriteMode mode = WriteMode::add;
  std::span<const std::string> removed = {};
};

/// Adds or replaces documents, and removes others in the same step.
class AddChange final : public Change {
 public:
  AddChange(const Addition& addition, std::uint64_t schema_version, std::stop_token stop)
      : Change(std::move(stop)), addition_(addition), schema_version_(schema_version) {}

  void for_each_id(const std::function<void(std::string_view)>& visit) const override;
  Status prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) override;
  void fill_rows() noexcept override;
  [[nodiscard]] std::size_t rows_to_fill() const noexcept override { return rows_.size(); }
  [[nodiscard]] std::size_t added() const noexcept override { return counts_.added; }
  void commit(IdTable& ids, const Snapshot& current) noexcept override;
  [[nodiscard]] std::span<const Slot> touched() const noexcept override { return leaving_; }
  void index(FilterIndex& filter_index, const Snapshot& current) const override;
  [[nodiscard]] WriteCounts counts() const noexcept { return counts_; }

 private:
  // A new row for a document, prepared in a slot that no snapshot counts yet.
  struct Row {
    const Record* record = nullptr;
    Slot slot = 0;
    std::optional<Slot> replaces = {};
  };

  [[nodiscard]] Status add_row(const StoreRecord& given, const Lookup& lookup, const Snapshot& current);

  void remove_others(const Lookup& lookup, const Snapshot& current);
  // The slots of documents that go and are not replaced.
  [[nodiscard]] std::span<const Slot> removed() const noexcept {
    return std::span<const Slot>(leaving_).subspan(counts_.replaced);
  }

  const Addition addition_;
  const std::uint64_t schema_version_;
  std::vector<Record::Pointer> owned_;  // the records of rows_, until they are committed
  std::vector<Row> rows_;
  std::vector<Slot> leaving_;  // of documents that are replaced, then of those that are removed
  WriteCounts counts_;
};

/// Gives documents new versions with other metadata. Borrows the updates.
class UpdateChange final : public Change {
 public:
  UpdateChange(std::span<const MetadataUpdate> updates, std::stop_token stop)
      : Change(std::move(stop)), updates_(updates) {}

  void for_each_id(const std::function<void(std::string_view)>& visit) const override;
  Status prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) override;
  void commit(IdTable& ids, const Snapshot& current) noexcept override;
  [[nodiscard]] std::span<const Slot> touched() const noexcept override { return slots_; }
  void index(FilterIndex& filter_index, const Snapshot& current) const override;

 private:
  struct Version {
    Slot slot = 0;
    Record::Pointer record = {};
  };

  const std::span<const MetadataUpdate> updates_;
  std::vector<Version> versions_;
  std::vector<Slot> slots_;  // of versions_
};

/// Removes the documents with these ids, as far as there are any. Borrows the ids.
class RemoveChange final : public Change {
 public:
  RemoveChange(std::span<const std::string> ids, std::stop_token stop) : Change(std::move(stop)), ids_(ids) {}

  void for_each_id(const std::function<void(std::string_view)>& visit) const override;
  Status prepare(const Lookup& lookup, const Snapshot& current, const Snapshot& last) override;
  void commit(IdTable& ids, const Snapshot& current) noexcept override;
  [[nodiscard]] std::span<const Slot> touched() const noexcept override { return slots_; }
  void index(FilterIndex& filter_index, const Snapshot& current) const override;
  [[nodiscard]] std::size_t removed() const noexcept { return slots_.size(); }

 private:
  const std::span<const std::string> ids_;
  std::vector<Slot> slots_;
};

}  // namespace scaup::inline v0
