#pragma once
// Cuts ranges of a text at separators, the coarsest first, until the pieces are small enough, and packs them.

#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "text/chunkers/piece_packer.hpp"
#include "text/chunkers/unit_counter.hpp"

namespace scaup::inline v0 {

/// Works on one text. Time: one search of a range for each separator; none of them twice for the same bytes.
/// Lifetime: all arguments are borrowed. Single-threaded: one thread at a time, even for const members.
class RecursiveSplitter {
 public:
  /// Chunks are appended to `chunks`. The options have been checked.
  RecursiveSplitter(std::string_view text, const RecursiveChunkerOptions& options, const UnitCounter& counter,
                    std::vector<ByteRange>& chunks);

  /// Chunks `range`. Inside the ranges of `whole` (ascending, apart from each other) no cut is made unless one is too
  /// large by itself. Returns early, with chunks missing, when `stop` asks.
  void split(ByteRange range, std::span<const ByteRange> whole, const std::stop_token& stop);
  /// The same in steps, for callers that know better places to cut: ranges in ascending order, packed together. The
  /// end of a range has quality `end_level`, 0 the best; keep it at most kCallerLevels. A range that is too large is
  /// cut at separators, all of them worse places.
  void add(ByteRange range, std::size_t end_level, const std::stop_token& stop);
  /// Makes chunks of what was added; the next range begins without overlap.
  void finish() { packer_.finish(); }

  [[nodiscard]] bool fits(ByteRange range) const noexcept { return counter_.count(range) <= options_.size; }

  static constexpr std::size_t kCallerLevels = 64;

 private:
  void split_level(ByteRange range, std::size_t level, std::size_t end_level);
  [[nodiscard]] bool split_at(ByteRange range, std::size_t level, std::size_t end_level);
  void split_anywhere(ByteRange range, std::size_t end_level);
  void split_units(ByteRange range, std::size_t end_level);
  [[nodiscard]] std::size_t next_cut(ByteRange range, std::string_view separator) const noexcept;
  [[nodiscard]] const ByteRange* whole_around(std::size_t position) const noexcept;
  // How good a place to cut the end of a separator is.
  [[nodiscard]] static constexpr std::size_t quality_of(std::size_t separator) noexcept {
    return kCallerLevels + 1 + separator;
  }

  const std::string_view text_;
  const RecursiveChunkerOptions& options_;
  const UnitCounter& counter_;
  PiecePacker packer_;
  std::vector<ByteRange> whole_;  // of the range at hand; those that fit into a chunk
  std::stop_token stop_;
};

}  // namespace scaup::inline v0
