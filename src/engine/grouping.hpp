#pragma once
// Groups of rows: documents with the same value under one metadata key.

#include <string_view>

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
    const Metadata& metadata = snapshot_.record(slot).metadata();
    return metadata.find(key_) != metadata.end();
  }
  /// Of a slot that has the key. The value belongs to the record, which the snapshot keeps.
  [[nodiscard]] const Value& value_of(Slot slot) const override {
    return snapshot_.record(slot).metadata().find(key_)->second;
  }
  [[nodiscard]] bool same(const Value& a, const Value& b) const noexcept override { return identical_values(a, b); }
  [[nodiscard]] std::size_t hash(const Value& value) const noexcept override { return identity_hash(value); }

 private:
  const Snapshot& snapshot_;
  std::string_view key_;
};

}  // namespace scaup::inline v0
