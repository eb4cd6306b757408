#pragma once
// How many units (bytes, code points, tokens) a range of a text has, in constant time after one pass over it.

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "base/byte_range.hpp"
#include "scaup/chunker.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Counts the units of ranges of one text. All positions are UTF-8 boundaries in it.
/// Lifetime: the text is borrowed. Thread-compatible: const members concurrently.
class UnitCounter {
 public:
  UnitCounter() = default;
  UnitCounter(const UnitCounter&) = delete;
  UnitCounter& operator=(const UnitCounter&) = delete;
  virtual ~UnitCounter() = default;

  /// The units that lie in `range`, wholly or in part: it never shrinks when the range grows.
  [[nodiscard]] virtual std::size_t count(ByteRange range) const noexcept = 0;
  /// The largest end for which `[begin, end)` has at most `units`, but at least one code point; for tokens,
  /// the beginning of a token or the end of the text. `begin` is below the size of the text.
  [[nodiscard]] virtual std::size_t advance(std::size_t begin, std::size_t units) const noexcept = 0;
};

/// The counter for `options.unit`; `text` is UTF-8. Errors: those of the tokenizer; `internal` if its tokens
/// are out of order, out of the text or inside a code point.
[[nodiscard]] Result<std::unique_ptr<const UnitCounter>> make_unit_counter(std::string_view text,
                                                                           const RecursiveChunkerOptions& options);

}  // namespace scaup::inline v0
