#pragma once
// One version of a document as a snapshot shows it, be it a record in memory or bytes of a checkpoint.

#include <optional>
#include <string_view>

#include "engine/record.hpp"
#include "engine/stored_rows.hpp"
#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// Borrows what the snapshot keeps. Metadata and origin of stored documents are decoded when first asked for; where
/// their bytes are damaged they are empty, and the stored rows know (`StoredRows::damage`).
/// Single-threaded: one thread at a time, even for const members.
class DocumentView {
 public:
  explicit DocumentView(const Record& record) noexcept : record_(&record) {}
  DocumentView(const StoredRows& stored, Slot slot) noexcept : stored_(&stored), slot_(slot) {}

  /// The record, which outlives this view, or null where metadata and origin live in the view.
  [[nodiscard]] const Record* record() const noexcept { return record_; }
  [[nodiscard]] std::string_view id() const noexcept { return record_ ? record_->id() : stored_->id(slot_); }
  [[nodiscard]] std::string_view text() const noexcept { return record_ ? record_->text() : stored_->text(slot_); }
  [[nodiscard]] const Metadata& metadata() const {
    if (record_ != nullptr) return record_->metadata();
    if (!metadata_) metadata_ = stored_->metadata(slot_);
    return *metadata_;
  }
  /// Or null.
  [[nodiscard]] const Origin* origin() const {
    if (record_ != nullptr) return record_->origin();
    if (!origin_) origin_ = stored_->origin(slot_);
    return *origin_ ? &**origin_ : nullptr;
  }

 private:
  const Record* record_ = nullptr;
  const StoredRows* stored_ = nullptr;
  Slot slot_ = 0;
  mutable std::optional<Metadata> metadata_;
  mutable std::optional<std::optional<Origin>> origin_;
};

}  // namespace scaup::inline v0
