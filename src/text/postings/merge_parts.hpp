#pragma once
// Writes the documents of several parts as one segment.

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "text/postings/text_part.hpp"

namespace scaup::inline v0 {

struct MergeOptions {
  /// Of the index, for impacts; nothing: those of the merged documents themselves.
  std::optional<TextTotals> totals = {};
  /// Ascending slots to keep: `(*kept)[i]` becomes slot i. Nothing: all, with their slots.
  std::optional<std::span<const Slot>> kept = {};
};

/// Removed documents are left out. Empty where no document is left.
///
/// Errors: `corruption`, `cancelled`.
[[nodiscard]] Result<std::vector<std::byte>> merge_parts(std::span<const TextPart> parts, const MergeOptions& options,
                                                         const std::stop_token& stop);

}  // namespace scaup::inline v0
