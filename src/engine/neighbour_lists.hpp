#pragma once
// NeighbourLists: for each document the few nearest to it by their words, for the smoothing of hybrid scores.
//
// Near is a high inner product of BM25 vectors, whose component for a term t of a document is idf(t) * saturation, of
// which the heaviest of one document are asked for in the index. Its score there is the similarity; the smoothing
// divides by the sum over a list, so the length of a document's own vector does not matter.
//
// Lists of removed documents stay, and lists may name such: whoever uses them looks only for documents that there are.
// A list is as good as the state it was made of: a later document is in no earlier list, until all are made anew, which
// happens when the rows have doubled.

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "rank/hybrid_recipe.hpp"
#include "scaup/result.hpp"
#include "text/postings/text_query.hpp"

namespace scaup::inline v0 {

struct TextState;

/// Immutable; later lists share most of earlier ones. 40 bytes a row.
class NeighbourLists {
 public:
  using Pointer = std::shared_ptr<const NeighbourLists>;
  static constexpr std::size_t kNeighbours = 5;
  /// Rows whose lists are made together.
  static constexpr std::size_t kSlice = 256;
  using Links = std::array<NeighbourLink, kNeighbours>;  ///< nearest first; a similarity of 0 means that there is none
  using Slice = std::array<Links, kSlice>;

  /// The neighbours of a document; nothing where it has no list.
  [[nodiscard]] std::span<const NeighbourLink> of(Slot slot) const noexcept {
    if (slot / kSlice >= slices_.size()) return {};
    return (*slices_[slot / kSlice])[slot % kSlice];
  }

  /// Rows [begin, end), all of one slice.
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };
  /// What to make next of a state with so many rows; begin = end where nothing is left to do.
  [[nodiscard]] Range next_range(std::size_t rows) const noexcept;
  /// Whether nothing is left to do for so many rows.
  [[nodiscard]] bool complete(std::size_t rows) const noexcept {
    const Range next = next_range(rows);
    return next.begin == next.end;
  }
  /// These lists with those of a range, which `next_range` gave for so many rows.
  [[nodiscard]] Pointer with(const Range& range, std::size_t rows, std::span<const Links> links) const;

 private:
  std::vector<std::shared_ptr<const Slice>> slices_;
  std::size_t end_ = 0;        // rows below were done in this pass
  std::size_t pass_rows_ = 0;  // when the pass began
};

/// The lists of a state with the next range; the same pointer where nothing is left to do.
///
/// Errors: `corruption`, `cancelled`, `out_of_memory`.
/// Cost: for each of up to 256 documents an analysis of its text and a search for 20 terms.
[[nodiscard]] Result<NeighbourLists::Pointer> extend_neighbour_lists(const TextState& state,
                                                                     const std::stop_token& stop);

}  // namespace scaup::inline v0
