#include "embed/token_table.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/hash.hpp"

namespace scaup::inline v0 {

TokenTable::TokenTable(std::size_t count) : slots_(std::bit_ceil(2 * count + 2)) {}

// The slot that holds `token`, or the empty one where it belongs; the table is never full.
const TokenTable::Slot& TokenTable::slot_of(std::string_view token, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.size == 0) return slot;
    if (slot.tag != tag || slot.size != token.size()) continue;
    if (std::memcmp(arena_.data() + slot.begin, token.data(), token.size()) == 0) return slot;
  }
}

bool TokenTable::insert(std::string_view token, std::uint32_t id) {
  const std::uint64_t hash = hash64(token);
  const Slot& found = slot_of(token, hash);
  if (found.size != 0) return false;
  Slot& slot = slots_[static_cast<std::size_t>(&found - slots_.data())];
  slot = {static_cast<std::uint32_t>(hash >> 32U), id, static_cast<std::uint32_t>(arena_.size()),
          static_cast<std::uint32_t>(token.size())};
  arena_ += token;
  std::uint16_t& longest = longest_[static_cast<unsigned char>(token.front())];
  longest = std::max(longest, static_cast<std::uint16_t>(token.size()));
  return true;
}

std::optional<std::uint32_t> TokenTable::find(std::string_view token) const noexcept {
  if (token.empty() || token.size() > longest_[static_cast<unsigned char>(token.front())]) return std::nullopt;
  const Slot& slot = slot_of(token, hash64(token));
  if (slot.size == 0) return std::nullopt;
  return slot.id;
}

std::optional<TokenMatch> TokenTable::longest_prefix(std::string_view text) const noexcept {
  const std::size_t longest = longest_[static_cast<unsigned char>(text.front())];
  for (std::size_t size = std::min(longest, text.size()); size > 0; --size) {
    const std::string_view head = text.substr(0, size);
    const Slot& slot = slot_of(head, hash64(head));
    if (slot.size != 0) return TokenMatch{slot.id, slot.size};
  }
  return std::nullopt;
}

}  // namespace scaup::inline v0
