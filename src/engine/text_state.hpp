#pragma once
// The words of one snapshot: its BM25 index, and the mean of its vectors, which the hybrid score needs beside it.

#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "engine/neighbour_lists.hpp"
#include "engine/table.hpp"
#include "engine/vector_mean.hpp"
#include "text/analysis/analyzer.hpp"
#include "text/postings/text_index.hpp"

namespace scaup::inline v0 {

/// Immutable; a later state shares most of an earlier one.
struct TextState {
  std::shared_ptr<const Snapshot> snapshot = {};
  std::shared_ptr<const Analyzer> analyzer = {};
  TextIndex::Pointer index = {};
  VectorMean mean = {};
  /// Of the same numbering; null, and short of some rows, until they are made.
  NeighbourLists::Pointer neighbours = {};
};
using TextStatePointer = std::shared_ptr<const TextState>;

/// The title of a document: the metadata string under `key`, and the headings of the section that a chunk is from.
[[nodiscard]] std::string title_of(const DocumentView& document, const std::string& key);

/// The words of all documents of a snapshot.
/// Errors: `corruption` where stored documents are damaged, `cancelled`, `out_of_memory`.
/// Cost: an analysis of every text, on up to `threads` threads.
[[nodiscard]] Result<TextStatePointer> make_text_state(std::shared_ptr<const Snapshot> snapshot, std::size_t threads,
                                                       const std::stop_token& stop);

/// The state of `to`, a later snapshot with the same numbering of slots. `touched` are, in any order, slots of `from`'s
/// snapshot that writes between the two removed or changed, or more; absent: not known, and every row is looked at.
/// Errors and cost: as above, for the documents that differ.
[[nodiscard]] Result<TextStatePointer> advance_text_state(const TextState& from, std::shared_ptr<const Snapshot> to,
                                                          std::optional<std::span<const Slot>> touched,
                                                          std::size_t threads, const std::stop_token& stop);

}  // namespace scaup::inline v0
