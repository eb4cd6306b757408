#pragma once
// Packs the pieces of a text, one after another, into chunks of at most a given size that may overlap.

#include <cstddef>
#include <vector>

#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

/// A part of a text that is not cut further, without white space at its ends, and never empty.
struct Piece {
  ByteRange range = {};
  std::size_t level = 0;  ///< how good a place to cut its end is; 0 is the best
};

struct PackLimits {
  std::size_t size = 0;     ///< largest chunk, in units
  std::size_t overlap = 0;  ///< most units repeated from the chunk before; below `size`
};

/// Invariants:
/// 1. Pieces come in ascending order and do not overlap; every piece gets into a chunk.
/// 2. A chunk reaches from the beginning of its first piece to the end of its last one, and has at most `size` units
///    unless it is one piece that is larger by itself.
/// 3. A chunk begins after the beginning, and ends after the end, of the chunk before.
/// Where a chunk is full, it ends at the best place that leaves it at least half full, the last among equals.
///
/// Lifetime: counter and chunks are borrowed. Single-threaded: one thread at a time, even for const members.
class PiecePacker {
 public:
  PiecePacker(const UnitCounter& counter, PackLimits limits, std::vector<ByteRange>& chunks)
      : counter_(counter), limits_(limits), chunks_(chunks) {}

  void add(const Piece& piece);
  /// Makes chunks of the pieces that are left. The next piece begins without overlap.
  void finish();

 private:
  [[nodiscard]] std::size_t count(std::size_t begin, std::size_t end) const noexcept {
    return counter_.count({begin, end});
  }
  void emit();
  void drop_overlap_before(const Piece& piece);
  [[nodiscard]] std::size_t best_cut() const noexcept;
  [[nodiscard]] std::size_t overlap_begin(std::size_t cut) const noexcept;

  const UnitCounter& counter_;
  const PackLimits limits_;
  std::vector<ByteRange>& chunks_;
  std::vector<Piece> window_;  // the chunk being packed: first its overlap, then what is new
  std::size_t new_begin_ = 0;  // the first new piece in the window
};

}  // namespace scaup::inline v0
