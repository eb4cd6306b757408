#include "filter/value_identity.hpp"

#include <bit>
#include <cmath>
#include <string>
#include <variant>
#include <vector>

#include "base/hash.hpp"
#include "filter/value_compare.hpp"

namespace scaup::inline v0 {
namespace {

std::uint64_t hash_bits(std::uint64_t bits, std::uint64_t seed) noexcept {
  return hash64(std::as_bytes(std::span(&bits, 1)), seed);
}

// One overload for each type; `seed` is the hash of what comes before in a list.
struct Hasher {
  std::uint64_t seed = 0;

  std::uint64_t operator()(const std::string& text) const noexcept { return hash64(text, seed); }
  std::uint64_t operator()(std::int64_t number) const noexcept {
    return hash_bits(std::bit_cast<std::uint64_t>(number), seed);
  }
  // A real that is an integer must hash as that; the limits are -2^63 and 2^63, the latter being no int64.
  std::uint64_t operator()(double number) const noexcept {
    const bool is_integer = number >= -0x1p63 && number < 0x1p63 && std::trunc(number) == number;
    if (is_integer) return (*this)(static_cast<std::int64_t>(number));
    return hash_bits(std::bit_cast<std::uint64_t>(number), seed);
  }
  std::uint64_t operator()(bool truth) const noexcept { return hash_bits(truth ? 1 : 0, seed); }
  template <typename Element>
  std::uint64_t operator()(const std::vector<Element>& list) const noexcept {
    std::uint64_t hash = hash_bits(list.size(), seed);
    for (const Element& element : list) hash = Hasher{hash}(element);
    return hash;
  }
};

}  // namespace

bool identical_values(const Value& a, const Value& b) noexcept {
  return a.is_list() ? a == b : equal_values(a, b);
}

std::uint64_t identity_hash(const Value& value) noexcept {
  return std::visit(Hasher{}, value.storage());
}

}  // namespace scaup::inline v0
