#pragma once
// Groups of rows: documents with the same value under one metadata key.

#include <mutex>
#include <string_view>
#include <unordered_map>

#include "engine/table.hpp"
#include "filter/value_identity.hpp"
#include "index/row_judge.hpp"

namespace scaup::inline v0 {

/// Borrows the snapshot and the key.
/// Thread-safe: any member from any thread at any time.
class MetadataGroups final : public RowGroups {
 public:
  MetadataGroups(const Snapshot& snapshot, std::string_view key) noexcept : snapshot_(snapshot), key_(key) {}

  /// Whether the document of a visible slot has the key; one without belongs to no group.
  [[nodiscard]] bool has(Slot slot) const {
    const DocumentView document = snapshot_.document(slot);
    return document.metadata().contains(key_);
  }
  /// Of a slot that has the key. The value belongs to the record, which the snapshot keeps, or is kept here.
  [[nodiscard]] const Value& value_of(Slot slot) const override {
    const DocumentView document = snapshot_.document(slot);
    if (const Record* const record = document.record()) return record->metadata().find(key_)->second;
    const auto found = document.metadata().find(key_);
    const std::lock_guard lock(mutex_);
    return decoded_.try_emplace(slot, found == document.metadata().end() ? Value(false) : found->second).first->second;
  }
  [[nodiscard]] bool same(const Value& a, const Value& b) const noexcept override { return identical_values(a, b); }
  [[nodiscard]] std::size_t hash(const Value& value) const noexcept override { return identity_hash(value); }

 private:
  const Snapshot& snapshot_;
  std::string_view key_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<Slot, Value> decoded_;  // under mutex_; its values never move
};

}  // namespace scaup::inline v0
