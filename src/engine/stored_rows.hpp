#pragma once
// The rows and documents of a checkpoint, as bytes that lie in a file and are checked before they are first used.
//
// Invariants
// 1. Ids, codes and factors were checked when the checkpoint was opened; texts, metadata and floats are checked on
// first
//    touch, unless everything was checked at once.
// 2. Damage found on a touch is noted, and what is read there is empty or not to be believed: whoever reads asks
//    `damage()` before the answer leaves the engine.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "index/row_segment.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
class StoredRows : public RowGuard {
 public:
  /// Rows are those of the slots from 0 to this.
  [[nodiscard]] virtual std::size_t rows() const noexcept = 0;
  [[nodiscard]] virtual std::string_view id(Slot slot) const noexcept = 0;
  [[nodiscard]] virtual std::string_view text(Slot slot) const noexcept = 0;
  [[nodiscard]] virtual Metadata metadata(Slot slot) const = 0;
  [[nodiscard]] virtual std::optional<Origin> origin(Slot slot) const = 0;
  /// What was found damaged first, if anything was.
  [[nodiscard]] virtual std::optional<Error> damage() const = 0;
};

}  // namespace scaup::inline v0
