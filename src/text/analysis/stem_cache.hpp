#pragma once
// StemCache: what became of words seen before, since stemming costs more than finding them here.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"

namespace scaup::inline v0 {

/// A hash table of words and their stems; an empty stem stands for a stop word. It is emptied when it is full: 32,768
/// words, at most 5 MB. Single-threaded: one thread at a time.
class StemCache {
 public:
  static constexpr std::size_t kLongestWord = 64;  ///< bytes; longer words are not kept

  void clear() noexcept {
    places_.assign(places_.size(), Place{});
    bytes_.clear();
    words_ = 0;
  }

  [[nodiscard]] std::optional<std::string_view> find(std::string_view word) const noexcept {
    if (places_.empty()) return std::nullopt;
    const std::uint64_t hash = hash64(word);
    for (std::size_t at = hash % kPlaces; places_[at].offset != 0; at = (at + 1) % kPlaces) {
      const Place& place = places_[at];
      if (place.tag != tag_of(hash) || place.word_size != word.size()) continue;
      const char* const bytes = bytes_.data() + place.offset - 1;
      if (std::memcmp(bytes, word.data(), word.size()) == 0)
        return std::string_view(bytes + word.size(), place.stem_size);
    }
    return std::nullopt;
  }

  /// Keeps a word that is not here; nothing if word or stem is too long. Returns no view: bytes may move.
  void insert(std::string_view word, std::string_view stem) {
    if (word.size() > kLongestWord || stem.size() > kLongestWord) return;
    if (places_.empty()) places_.resize(kPlaces);
    if (words_ == kPlaces / 2) clear();
    const std::uint64_t hash = hash64(word);
    std::size_t at = hash % kPlaces;
    while (places_[at].offset != 0) at = (at + 1) % kPlaces;
    const std::size_t offset = bytes_.size();
    bytes_.append(word).append(stem);
    places_[at] = {static_cast<std::uint32_t>(offset + 1), tag_of(hash), static_cast<std::uint8_t>(word.size()),
                   static_cast<std::uint8_t>(stem.size())};
    ++words_;
  }

 private:
  static constexpr std::size_t kPlaces = 65536;
  struct Place {
    std::uint32_t offset = 0;  // in bytes_, plus 1; 0: free
    std::uint16_t tag = 0;     // bits of the hash that the place does not tell
    std::uint8_t word_size = 0;
    std::uint8_t stem_size = 0;
  };

  static std::uint16_t tag_of(std::uint64_t hash) noexcept { return static_cast<std::uint16_t>(hash >> 48U); }

  std::vector<Place> places_;
  std::string bytes_;  // each word, and its stem behind it
  std::size_t words_ = 0;
};

}  // namespace scaup::inline v0
