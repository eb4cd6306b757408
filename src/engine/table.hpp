#pragma once
// The rows of a store and the records beside them, in segments that never move; and Snapshot, one
// state of them that a reader holds while it works.

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/aligned_memory.hpp"
#include "engine/document_view.hpp"
#include "engine/record.hpp"
#include "engine/retired.hpp"
#include "index/exact_search.hpp"
#include "index/row_segment.hpp"
#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

/// Rows and, slot by slot, the newest version of each document.
struct Segment {
  Segment(std::size_t count, std::size_t dimension, HugePages pages)
      : rows(count, dimension, pages), record_memory(count * sizeof(*records)) {}
  Segment(std::size_t count, std::size_t dimension, const BorrowedRows& borrowed)
      : rows(count, dimension, borrowed), record_memory(count * sizeof(*records)) {}

  RowSegment rows;
  AlignedMemory record_memory;  // zeros, so null pointers; where there are no rows yet it is not touched
  /// Not owned, see LocalStore; null: the stored version.
  std::atomic<const Record*>* records = reinterpret_cast<std::atomic<const Record*>*>(record_memory.data());
};

/// The list of segments. A table is immutable but for the segments' own atomics; growing makes a new table
/// that shares the segments of the old one.
class Table {
 public:
  /// `stored` has the documents of the first slots, or is null.
  Table(std::size_t dimension, std::vector<std::shared_ptr<Segment>> segments,
        std::shared_ptr<const StoredRows> stored = nullptr)
      : dimension_(dimension),
        shift_(std::countr_zero(rows_per_segment(dimension))),
        stored_(std::move(stored)),
        segments_(std::move(segments)) {
    views_.reserve(segments_.size());
    for (const auto& segment : segments_) views_.push_back(&segment->rows);
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }
  [[nodiscard]] std::size_t rows_in_segment() const noexcept { return std::size_t{1} << shift_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return segments_.size() << shift_; }

  [[nodiscard]] Segment& segment_of(Slot slot) const noexcept { return *segments_[slot >> shift_]; }
  [[nodiscard]] std::size_t index_of(Slot slot) const noexcept { return slot & (rows_in_segment() - 1); }
  [[nodiscard]] std::span<const RowSegment* const> row_segments() const noexcept { return views_; }

  /// Says that the slots from `first` to `last`, all below the capacity, are about to be written.
  void will_write(std::size_t first, std::size_t last) const noexcept {
    while (first < last) {
      const std::size_t end = std::min(last, ((first >> shift_) + 1) << shift_);
      const auto slot = static_cast<Slot>(first);
      segment_of(slot).rows.will_write(index_of(slot), index_of(slot) + (end - first));
      first = end;
    }
  }

  /// Where the newest version of the document in `slot` is noted.
  [[nodiscard]] const std::atomic<const Record*>* place_of_record(Slot slot) const noexcept {
    return &segment_of(slot).records[index_of(slot)];
  }
  /// The newest version of the document in `slot`; null: it is stored.
  [[nodiscard]] const Record* newest(Slot slot) const noexcept {
    return place_of_record(slot)->load(std::memory_order_acquire);
  }
  /// The id of the document in `slot`, the same in all versions.
  [[nodiscard]] std::string_view id(Slot slot) const noexcept {
    const Record* const record = newest(slot);
    return record != nullptr ? record->id() : stored_->id(slot);
  }
  /// The documents that no record in memory has; null: there are none.
  [[nodiscard]] const std::shared_ptr<const StoredRows>& stored() const noexcept { return stored_; }

  /// A table of this dimension without segments.
  [[nodiscard]] static std::shared_ptr<const Table> empty(std::size_t dimension) {
    return std::make_shared<const Table>(dimension, std::vector<std::shared_ptr<Segment>>{});
  }

  /// A table with room for `rows` rows: this one's segments and new ones behind them.
  [[nodiscard]] std::shared_ptr<const Table> grown(std::size_t rows) const {
    std::vector<std::shared_ptr<Segment>> segments = segments_;
    while ((segments.size() << shift_) < rows) {
      // A huge page is a large part of a small collection, and there may be thousands of those.
      const HugePages pages = segments.empty() ? HugePages::when_told : HugePages::at_once;
      segments.push_back(std::make_shared<Segment>(rows_in_segment(), dimension_, pages));
    }
    return std::make_shared<const Table>(dimension_, std::move(segments), stored_);
  }

 private:
  std::size_t dimension_;
  int shift_;
  std::shared_ptr<const StoredRows> stored_;
  std::vector<std::shared_ptr<Segment>> segments_;
  std::vector<const RowSegment*> views_;
};

/// One state of the store. Immutable; whoever holds it can read all it shows without a lock.
struct Snapshot {
  std::shared_ptr<const Table> table = {};  ///< null until the dimension is known
  StoreSchema schema = {};
  std::uint64_t schema_version = 1;
  std::uint64_t generation = 1;  ///< grows when slots are numbered anew
  Sequence sequence = 0;
  std::size_t rows = 0;            ///< slots published, dead ones included
  std::size_t documents = 0;       ///< visible ones
  std::size_t without_vector = 0;  ///< of these
  RetiredBatch retired = {};       ///< keeps alive what this snapshot shows

  /// The state that the next write begins with: the same contents, the next sequence number.
  [[nodiscard]] std::shared_ptr<Snapshot> successor() const {
    auto next = std::make_shared<Snapshot>();
    next->table = table;
    next->schema = schema;
    next->schema_version = schema_version;
    next->generation = generation;
    next->sequence = sequence + 1;
    next->rows = rows;
    next->documents = documents;
    next->without_vector = without_vector;
    return next;
  }

  [[nodiscard]] std::size_t dead_rows() const noexcept { return rows - documents; }
  [[nodiscard]] bool visible(Slot slot) const noexcept {
    return slot < rows && table->segment_of(slot).rows.visible(table->index_of(slot), sequence);
  }
  /// Ascending.
  [[nodiscard]] std::vector<Slot> visible_slots() const {
    std::vector<Slot> slots;
    slots.reserve(documents);
    for (std::size_t row = 0; row < rows; ++row) {
      if (visible(static_cast<Slot>(row))) slots.push_back(static_cast<Slot>(row));
    }
    return slots;
  }
  [[nodiscard]] bool has_vector(Slot slot) const noexcept {
    return table->segment_of(slot).rows.has_vector(table->index_of(slot));
  }
  /// The record of a visible slot, in the version that belongs to this snapshot; null: it is stored.
  [[nodiscard]] const Record* record(Slot slot) const noexcept {
    return Record::version(table->newest(slot), sequence);
  }
  /// The same, wherever it is.
  [[nodiscard]] DocumentView document(Slot slot) const noexcept {
    const Record* const record = this->record(slot);
    return record != nullptr ? DocumentView(*record) : DocumentView(*table->stored(), slot);
  }
  /// The id of a slot that was visible in this snapshot or an older one.
  [[nodiscard]] std::string_view id(Slot slot) const noexcept { return table->id(slot); }
  /// An error where reading from this snapshot met damaged bytes of a checkpoint: what was read is not to be believed.
  [[nodiscard]] Status intact() const {
    if (table == nullptr || table->stored() == nullptr) return {};
    auto damage = table->stored()->damage();
    return damage ? Status(*std::move(damage)) : Status();
  }
  /// The row of a slot: `dimension` floats.
  [[nodiscard]] std::span<const float> vector(Slot slot) const noexcept {
    return {table->segment_of(slot).rows.row(table->index_of(slot)), table->dimension()};
  }
  [[nodiscard]] RowsView rows_view() const noexcept {
    if (table == nullptr) return {};
    return {table->row_segments(), rows, table->rows_in_segment(), table->dimension(), sequence};
  }
};

}  // namespace scaup::inline v0
