#include "text/chunkers/recursive_splitter.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

// The largest common divisor of size and overlap that leaves a chunk at least 16 steps, or single units.
std::size_t overlap_step(const RecursiveChunkerOptions& options) noexcept {
  const std::size_t common = std::gcd(options.size, options.overlap);
  std::size_t step = std::max<std::size_t>(std::min(common, options.size / 16), 1);
  while (common % step != 0) --step;
  return step;
}

}  // namespace

RecursiveSplitter::RecursiveSplitter(std::string_view text, const RecursiveChunkerOptions& options,
                                     const UnitCounter& counter, std::vector<ByteRange>& chunks)
    : text_(text), options_(options), counter_(counter), packer_(counter, {options.size, options.overlap}, chunks) {}

void RecursiveSplitter::split(ByteRange range, std::span<const ByteRange> whole, const std::stop_token& stop) {
  stop_ = stop;
  whole_.clear();
  std::ranges::copy_if(whole, std::back_inserter(whole_), [&](ByteRange each) { return fits(trim(text_, each)); });
  split_level(range, 0, kCallerLevels);
  packer_.finish();
}

void RecursiveSplitter::add(ByteRange range, std::size_t end_level, const std::stop_token& stop) {
  stop_ = stop;
  split_level(range, 0, end_level);
}

// `level` is the first separator to try; `end_level` says how good a place the end of the range is.
void RecursiveSplitter::split_level(ByteRange range, std::size_t level, std::size_t end_level) {
  range = trim(text_, range);
  if (range.empty() || stop_.stop_requested()) return;
  if (fits(range)) return packer_.add({range, end_level});
  for (; level < options_.separators.size(); ++level) {
    if (split_at(range, level, end_level)) return;
  }
  split_anywhere(range, end_level);
}

// False if the separator gives no place to cut.
bool RecursiveSplitter::split_at(ByteRange range, std::size_t level, std::size_t end_level) {
  const std::string_view separator = options_.separators[level];
  std::size_t cut = next_cut(range, separator);
  if (cut == range.end) return false;
  for (; cut < range.end; cut = next_cut(range, separator)) {
    split_level({range.begin, cut}, level + 1, quality_of(level));
    range.begin = cut;
  }
  split_level(range, level + 1, end_level);
  return true;
}

// After the last separator: ranges that are to stay whole are pieces, and what is between them is cut into units.
void RecursiveSplitter::split_anywhere(ByteRange range, std::size_t end_level) {
  const std::size_t level = quality_of(options_.separators.size());
  auto whole = std::ranges::upper_bound(whole_, range.begin, {}, &ByteRange::end);
  for (; whole != whole_.end() && whole->begin < range.end; ++whole) {
    const std::size_t begin = std::max(whole->begin, range.begin);
    const std::size_t end = std::min(whole->end, range.end);
    split_units({range.begin, begin}, level);
    const ByteRange piece = trim(text_, {begin, end});
    if (!piece.empty()) packer_.add({piece, end == range.end ? end_level : level});
    range.begin = end;
  }
  split_units(range, end_level);
}

// With an overlap the pieces are small, so that as many units are repeated as were asked for: pieces of a common
// divisor of size and overlap give what single units would give, in fewer steps.
void RecursiveSplitter::split_units(ByteRange range, std::size_t end_level) {
  const std::size_t step = options_.overlap > 0 ? overlap_step(options_) : options_.size;
  while (range.begin < range.end && !stop_.stop_requested()) {
    const std::size_t end = std::min(counter_.advance(range.begin, step), range.end);
    const ByteRange piece = trim(text_, {range.begin, end});
    if (!piece.empty()) packer_.add({piece, end == range.end ? end_level : quality_of(options_.separators.size())});
    range.begin = end;
  }
}

// Where the first separator ends after which the range may be cut; the end of the range if there is none.
std::size_t RecursiveSplitter::next_cut(ByteRange range, std::string_view separator) const noexcept {
  const std::string_view text = text_.substr(0, range.end);  // or a search would run on to the end of the text
  std::size_t at = text.find(separator, range.begin);
  while (at != std::string_view::npos) {
    const std::size_t cut = at + separator.size();
    const ByteRange* whole = whole_around(cut);
    if (whole == nullptr) return cut;
    // The next separator that can end past the protected range.
    at = text.find(separator, std::max(cut, whole->end - std::min(whole->end, separator.size())));
  }
  return range.end;
}

// The range to be kept whole that `position` is strictly inside of, or null.
const ByteRange* RecursiveSplitter::whole_around(std::size_t position) const noexcept {
  const auto whole = std::ranges::upper_bound(whole_, position, {}, &ByteRange::end);
  return whole != whole_.end() && whole->begin < position ? &*whole : nullptr;
}

}  // namespace scaup::inline v0
