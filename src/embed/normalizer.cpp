#include "embed/normalizer.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {
namespace {

using Chars = std::vector<NormalChar>;

void clean_text(Chars& text) {
  std::erase_if(text, [](const NormalChar& c) {
    if (c.value == U'\t' || c.value == U'\n' || c.value == U'\r') return false;
    return c.value == 0 || c.value == 0xFFFD || is_control(c.value);
  });
  for (NormalChar& c : text) {
    if (is_white_space(c.value)) c.value = U' ';
  }
}

void space_ideographs(Chars& text, Chars& spare) {
  if (std::ranges::none_of(text, [](const NormalChar& c) { return is_ideograph(c.value); })) return;
  spare.clear();
  for (const NormalChar& c : text) {
    if (!is_ideograph(c.value)) {
      spare.push_back(c);
      continue;
    }
    spare.insert(spare.end(), {NormalChar{U' ', c.begin, c.begin}, c, NormalChar{U' ', c.end, c.end}});
  }
  text.swap(spare);
}

// Canonical ordering: marks between two starters by combining class, equal ones as they came.
void order_marks(Chars& text) {
  const auto is_starter = [](const NormalChar& c) { return combining_class(c.value) == 0; };
  for (auto at = text.begin(); at != text.end();) {
    const auto first = std::find_if_not(at, text.end(), is_starter);
    const auto last = std::find_if(first, text.end(), is_starter);
    std::stable_sort(first, last, [](const NormalChar& a, const NormalChar& b) {
      return combining_class(a.value) < combining_class(b.value);
    });
    at = last;
  }
}

void decompose_all(Chars& text, Chars& spare, Decomposition form) {
  spare.clear();
  for (const NormalChar& c : text) {
    const CodePoints parts = decompose(c.value, form);
    for (std::size_t i = 0; i < parts.size; ++i) spare.push_back({parts.values[i], c.begin, c.end});
  }
  text.swap(spare);
  order_marks(text);
}

// Canonical composition (Unicode 15, section 3.11, D117): a character joins the last starter unless one
// of the same or a higher class stands between them.
void compose_all(Chars& text, Chars& spare) {
  spare.clear();
  std::size_t starter = Chars().max_size();
  std::uint8_t last_class = 0;
  for (const NormalChar& c : text) {
    const std::uint8_t own_class = combining_class(c.value);
    const bool has_starter = starter < spare.size();
    const bool adjacent = has_starter && starter + 1 == spare.size();
    if (has_starter && (adjacent || last_class < own_class)) {
      if (const auto composite = compose(spare[starter].value, c.value)) {
        NormalChar& joined = spare[starter];
        joined = {*composite, std::min(joined.begin, c.begin), std::max(joined.end, c.end)};
        continue;
      }
    }
    if (own_class == 0) starter = spare.size();
    last_class = own_class;
    spare.push_back(c);
  }
  text.swap(spare);
}

// Bytes of a mark that is left out go to the character before it, so that a range ends behind both.
template <typename Predicate>
void strip(Chars& text, Predicate leave_out) {
  auto kept = text.begin();
  for (const NormalChar& c : text) {
    if (!leave_out(c.value)) {
      *kept++ = c;
    } else if (kept != text.begin() && (kept - 1)->end == c.begin) {
      (kept - 1)->end = c.end;
    }
  }
  text.erase(kept, text.end());
}

void lowercase(Chars& text, Chars& spare) {
  spare.clear();
  for (const NormalChar& c : text) {
    const CodePoints parts = to_lower(c.value);
    for (std::size_t i = 0; i < parts.size; ++i) spare.push_back({parts.values[i], c.begin, c.end});
  }
  text.swap(spare);
}

void apply(NormalStep step, Chars& text, Chars& spare) {
  switch (step) {
    case NormalStep::clean_text: return clean_text(text);
    case NormalStep::space_ideographs: return space_ideographs(text, spare);
    case NormalStep::nfd: return decompose_all(text, spare, Decomposition::canonical);
    case NormalStep::nfkd: return decompose_all(text, spare, Decomposition::compatibility);
    case NormalStep::nfc: decompose_all(text, spare, Decomposition::canonical); return compose_all(text, spare);
    case NormalStep::nfkc: decompose_all(text, spare, Decomposition::compatibility); return compose_all(text, spare);
    case NormalStep::strip_nonspacing_marks: return strip(text, is_nonspacing_mark);
    case NormalStep::strip_marks: return strip(text, is_mark);
    case NormalStep::lowercase: return lowercase(text, spare);
  }
}

}  // namespace

bool is_ideograph(char32_t value) noexcept {
  return (value >= 0x4E00 && value <= 0x9FFF) || (value >= 0x3400 && value <= 0x4DBF) ||
         (value >= 0x20000 && value <= 0x2A6DF) || (value >= 0x2A700 && value <= 0x2B73F) ||
         (value >= 0x2B740 && value <= 0x2B81F) || (value >= 0x2B920 && value <= 0x2CEAF) ||
         (value >= 0xF900 && value <= 0xFAFF) || (value >= 0x2F800 && value <= 0x2FA1F);
}

Normalizer::Normalizer(std::vector<NormalStep> steps)
    : steps_(std::move(steps)),
      isolates_ideographs_(std::ranges::find(steps_, NormalStep::space_ideographs) != steps_.end()) {}

void Normalizer::run(std::string_view text, std::uint32_t begin, std::uint32_t end, std::vector<NormalChar>& out,
                     std::vector<NormalChar>& spare) const {
  out.clear();
  const std::string_view piece = text.substr(0, end);
  for (std::uint32_t at = begin; at < end;) {
    const CodePoint point = decode_utf8(piece, at);
    const auto next = static_cast<std::uint32_t>(at + point.size);
    out.push_back({point.value, at, next});
    at = next;
  }
  for (const NormalStep step : steps_) apply(step, out, spare);
}

}  // namespace scaup::inline v0
