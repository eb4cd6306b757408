#pragma once
// A piece of a text, by its bytes.

#include <cstddef>

namespace scaup::inline v0 {

/// Bytes `[begin, end)` of a text.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] constexpr bool empty() const noexcept { return begin == end; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

}  // namespace scaup::inline v0
