// The check of components, in blocks that the compiler turns into vector code.

#include "simd/vector_check.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kBlock = 64;

// NaN and infinity have all bits of the exponent set, thus, without the sign, more than the largest float.
// The comparison is of signed integers, because that is what every vector instruction set has.
constexpr bool is_not_finite(float component) noexcept {
  constexpr std::int32_t kLargestFinite = 0x7F7FFFFF;
  return (std::bit_cast<std::int32_t>(component) & 0x7FFFFFFF) > kLargestFinite;
}

// A loop of fixed length without a branch: the compiler makes vector code of it.
bool block_is_finite(const float* block) noexcept {
  std::uint32_t found = 0;
  for (std::size_t i = 0; i < kBlock; ++i) found |= static_cast<std::uint32_t>(is_not_finite(block[i]));
  return found == 0;
}

std::string_view name_of(float not_finite) noexcept {
  if (std::isnan(not_finite)) return "NaN";
  return not_finite > 0 ? "infinity" : "-infinity";
}

}  // namespace

std::optional<std::size_t> first_not_finite(std::span<const float> vector) noexcept {
  std::size_t i = 0;
  while (i + kBlock <= vector.size() && block_is_finite(vector.data() + i)) i += kBlock;
  for (; i < vector.size(); ++i) {
    if (is_not_finite(vector[i])) return i;
  }
  return std::nullopt;
}

Status check_finite(std::span<const float> vector) {
  const std::optional<std::size_t> index = first_not_finite(vector);
  if (!index) return {};
  return Error(ErrorCode::invalid_argument, "component " + std::to_string(*index) + " is " +
                                                std::string(name_of(vector[*index])) +
                                                ", every component must be finite");
}

}  // namespace scaup::inline v0
