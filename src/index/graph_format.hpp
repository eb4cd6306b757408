#pragma once
// The head of a graph's bytes, shared by writer and reader; the layout is described in graph_codec.hpp.

#include <cstddef>
#include <cstdint>

namespace scaup::inline v0 {

inline constexpr std::uint8_t kGraphFormat = 1;
inline constexpr std::size_t kGraphHeadBytes = 32;

struct GraphHead {
  std::uint8_t metric = 0;
  std::uint16_t links = 0;
  std::uint32_t dimension = 0;
  std::uint32_t ef_construction = 0;
  std::uint32_t end = 0;      // slots
  std::uint32_t rows = 0;     // of these, in the graph
  std::uint32_t records = 0;  // lists on the upper levels
  std::uint32_t entry = 0;    // a slot; 0 where there is no row
  std::uint32_t dropped = 0;

  // How many bytes follow the head. At most 2^32 * (1 + 2^18 + 2^18), so it does not overflow.
  [[nodiscard]] std::uint64_t body_bytes() const noexcept {
    const std::uint64_t list = std::uint64_t{links} * sizeof(std::uint32_t);
    return std::uint64_t{end} + std::uint64_t{rows} * 2 * list + std::uint64_t{records} * list;
  }
};

}  // namespace scaup::inline v0
