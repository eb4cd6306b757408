#pragma once
// A fixed set of strings with numbers: looked up whole, or by the longest one that begins a text.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scaup::inline v0 {

/// A token that begins a text: its number and its length in bytes.
struct TokenMatch {
  std::uint32_t id = 0;
  std::uint32_t size = 0;
};

/// An open-addressing hash table over strings that lie in one block of memory; no lookup allocates.
/// Invariants: at least half of the slots are empty; strings are distinct and not empty.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class TokenTable {
 public:
  /// Room for `count` strings.
  explicit TokenTable(std::size_t count = 0);

  /// Adds `token`, of 1 to 65,535 bytes; false if it is there already. At most `count` calls.
  bool insert(std::string_view token, std::uint32_t id);

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view token) const noexcept;
  /// The longest string of the table that `text`, which is not empty, begins with.
  [[nodiscard]] std::optional<TokenMatch> longest_prefix(std::string_view text) const noexcept;
  /// Whether a string of the table begins with this byte.
  [[nodiscard]] bool has_first(char byte) const noexcept { return longest_[static_cast<unsigned char>(byte)] != 0; }
  [[nodiscard]] bool empty() const noexcept { return arena_.empty(); }

 private:
  // size 0: the slot is empty
  struct Slot {
    std::uint32_t tag = 0;  // the upper half of the hash, compared before the bytes are
    std::uint32_t id = 0;
    std::uint32_t begin = 0;  // in arena_
    std::uint32_t size = 0;
  };

  [[nodiscard]] const Slot& slot_of(std::string_view token, std::uint64_t hash) const noexcept;

  std::vector<Slot> slots_;  // a power of two
  std::string arena_;
  std::array<std::uint16_t, 256> longest_ = {};  // by first byte, the size of the longest string
};

}  // namespace scaup::inline v0
