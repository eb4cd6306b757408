#pragma once
// The normalisers of a tokenizer.json, as steps over code points that remember which bytes of the source
// they came from. Defined by what the Hugging Face tokenizers library (0.23) does.

#include <cstdint>
#include <string_view>
#include <vector>

namespace scaup::inline v0 {

/// One code point of normalised text, and the bytes `[begin, end)` of the source that it stands for.
struct NormalChar {
  char32_t value = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

enum class NormalStep : std::uint8_t {
  clean_text,        ///< drops U+0000, U+FFFD and control characters, makes white space U+0020
  space_ideographs,  ///< a space before and after each CJK ideograph
  nfd,
  nfc,
  nfkd,
  nfkc,
  strip_nonspacing_marks,  ///< BertNormalizer's accents: general category Mn
  strip_marks,             ///< StripAccents: general category M*
  lowercase,
};

/// A sequence of steps. Invariant: no step looks beyond a white space character of ASCII, so a text may be
/// normalised piece by piece between such characters, and each ASCII character stands for itself or
/// for another one whatever stands beside it, as long as that is ASCII too.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Normalizer {
 public:
  explicit Normalizer(std::vector<NormalStep> steps);

  /// Whether ideographs are words of their own, so that a text may be cut beside them too.
  [[nodiscard]] bool isolates_ideographs() const noexcept { return isolates_ideographs_; }

  /// Normalises bytes `[begin, end)` of `text`, valid UTF-8, into `out`; `spare` is room to work in.
  void run(std::string_view text, std::uint32_t begin, std::uint32_t end, std::vector<NormalChar>& out,
           std::vector<NormalChar>& spare) const;

 private:
  std::vector<NormalStep> steps_;
  bool isolates_ideographs_;
};

/// The CJK ideographs as BERT defines them: eight blocks.
[[nodiscard]] bool is_ideograph(char32_t value) noexcept;

}  // namespace scaup::inline v0
