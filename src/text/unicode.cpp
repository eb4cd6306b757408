// The sole includer of utf8proc.h.

#include "text/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

utf8proc_category_t category(char32_t value) noexcept {
  return utf8proc_category(static_cast<utf8proc_int32_t>(value));
}

utf8proc_option_t options(unsigned flags) noexcept {
  return static_cast<utf8proc_option_t>(flags);
}

// The letters that are alphabetic by Other_Alphabetic and no marks (PropList.txt).
bool is_enclosed_letter(char32_t value) noexcept {
  return (value >= 0x24B6 && value <= 0x24E9) || (value >= 0x1F130 && value <= 0x1F149) ||
         (value >= 0x1F150 && value <= 0x1F169) || (value >= 0x1F170 && value <= 0x1F189);
}

}  // namespace

bool is_punctuation(char32_t value) noexcept {
  const auto kind = category(value);
  return kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO;
}

bool is_control(char32_t value) noexcept {
  const auto kind = category(value);
  return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF || kind == UTF8PROC_CATEGORY_CO;
}

bool is_nonspacing_mark(char32_t value) noexcept {
  return category(value) == UTF8PROC_CATEGORY_MN;
}

bool is_mark(char32_t value) noexcept {
  const auto kind = category(value);
  return kind >= UTF8PROC_CATEGORY_MN && kind <= UTF8PROC_CATEGORY_ME;
}

bool is_word_character(char32_t value) noexcept {
  const auto kind = category(value);
  if (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_NL) return true;  // L*, M*, Nd, Nl
  return kind == UTF8PROC_CATEGORY_PC || value == 0x200C || value == 0x200D || is_enclosed_letter(value);
}

bool is_letter(char32_t value) noexcept {
  const auto kind = category(value);
  return (kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO) || kind == UTF8PROC_CATEGORY_NL ||
         is_enclosed_letter(value);
}

bool is_decimal_digit(char32_t value) noexcept {
  return category(value) == UTF8PROC_CATEGORY_ND;
}

bool is_format(char32_t value) noexcept {
  return category(value) == UTF8PROC_CATEGORY_CF;
}

bool is_connector(char32_t value) noexcept {
  return category(value) == UTF8PROC_CATEGORY_PC;
}

bool is_lowercase(char32_t value) noexcept {
  return category(value) == UTF8PROC_CATEGORY_LL;
}

std::uint8_t combining_class(char32_t value) noexcept {
  return static_cast<std::uint8_t>(utf8proc_get_property(static_cast<utf8proc_int32_t>(value))->combining_class);
}

CodePoints decompose(char32_t value, Decomposition form) noexcept {
  std::array<utf8proc_int32_t, CodePoints::kMax> buffer;
  const unsigned compatibility = form == Decomposition::compatibility ? unsigned{UTF8PROC_COMPAT} : 0U;
  int boundary_class = 0;
  const auto size = utf8proc_decompose_char(
      static_cast<utf8proc_int32_t>(value), buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
      options(UTF8PROC_DECOMPOSE | UTF8PROC_STABLE | compatibility), &boundary_class);
  CodePoints result;
  if (size < 1 || static_cast<std::size_t>(size) > buffer.size()) {  // no Unicode version has such a code point
    result.values[0] = value;
    result.size = 1;
    return result;
  }
  result.size = static_cast<std::size_t>(size);
  std::transform(buffer.begin(), buffer.begin() + size, result.values.begin(),
                 [](utf8proc_int32_t point) { return static_cast<char32_t>(point); });
  return result;
}

std::optional<char32_t> compose(char32_t first, char32_t second) noexcept {
  std::array<utf8proc_int32_t, 2> pair = {static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second)};
  if (utf8proc_normalize_utf32(pair.data(), 2, options(UTF8PROC_COMPOSE | UTF8PROC_STABLE)) != 1) return std::nullopt;
  return static_cast<char32_t>(pair[0]);
}

CodePoints to_lower(char32_t value) noexcept {
  CodePoints result;
  if (value == 0x130) {  // the one unconditional mapping to several code points in SpecialCasing.txt
    result.values[0] = U'i';
    result.values[1] = 0x307;
    result.size = 2;
    return result;
  }
  result.values[0] = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(value)));
  result.size = 1;
  return result;
}

void append_folded(std::string& out, std::string_view text, std::vector<std::int32_t>& scratch) {
  constexpr std::size_t kRoom = 4;  // code points for each byte, before the first attempt
  const auto flags =
      options(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  if (scratch.size() < text.size() * kRoom) scratch.resize(text.size() * kRoom);
  const auto decomposed = [&] {
    return utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                              static_cast<utf8proc_ssize_t>(text.size()), scratch.data(),
                              static_cast<utf8proc_ssize_t>(scratch.size()), flags);
  };
  utf8proc_ssize_t size = decomposed();
  if (size > static_cast<utf8proc_ssize_t>(scratch.size())) {
    scratch.resize(static_cast<std::size_t>(size));
    size = decomposed();
  }
  if (size <= 0) return;
  size = utf8proc_normalize_utf32(scratch.data(), size, flags);
  for (utf8proc_ssize_t i = 0; i < size; ++i) {
    append_utf8(out, static_cast<char32_t>(scratch[static_cast<std::size_t>(i)]));
  }
}

}  // namespace scaup::inline v0
