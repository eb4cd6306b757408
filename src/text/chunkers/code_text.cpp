#include "text/chunkers/code_text.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kLongestDelimiter = 16;  // of a raw string, by the C++ standard

constexpr bool is_word(char c) noexcept {
  return is_ascii_alphanumeric(c) || c == '_';
}

}  // namespace

char CodeText::next() noexcept {
  const std::size_t at = at_++;
  const char c = text_[at];
  if (at < skip_end_) return c == '\n' ? '\n' : '\0';
  if (begins_comment(at)) {
    const bool block = text_.substr(at).starts_with("/*");
    skip_end_ = block ? end_after("*/", at + 2) : std::min(text_.find('\n', at), text_.size());
    return '\0';
  }
  if (!is_quote(at)) return c;
  open_quote(at);
  return '\0';
}

void CodeText::open_quote(std::size_t at) noexcept {
  const char quote = text_[at];
  const std::string_view rest = text_.substr(at);
  if (language_ == Language::indentation) {
    const bool tripled = rest.starts_with("\"\"\"") || rest.starts_with("'''");
    skip_end_ = tripled ? end_after(rest.substr(0, 3), at + 3) : end_of_string(at, quote);
    return;
  }
  const bool raw = quote == '"' && at > 0 && (text_[at - 1] == 'R' || text_[at - 1] == '#');
  skip_end_ = raw ? end_of_raw_string(at) : end_of_string(at, quote);
}

// One past the closing quote. Only a backtick's string goes on past the line end.
std::size_t CodeText::end_of_string(std::size_t at, char quote) const noexcept {
  for (std::size_t i = at + 1; i < text_.size(); ++i) {
    if (text_[i] == quote) return i + 1;
    if (text_[i] == '\\') ++i;
    if (i < text_.size() && text_[i] == '\n' && quote != '`') return i;
  }
  return text_.size();
}

// R"x(...)x" of C++ and r#"..."# of Rust; any other is an ordinary string.
std::size_t CodeText::end_of_raw_string(std::size_t at) const noexcept {
  if (text_[at - 1] == 'R') {
    const std::size_t open = text_.substr(0, std::min(text_.size(), at + 2 + kLongestDelimiter)).find('(', at);
    if (open == std::string_view::npos) return end_of_string(at, '"');
    // Looked for by its last part, then compared: no memory is needed.
    const std::string_view delimiter = text_.substr(at + 1, open - at - 1);
    for (std::size_t close = text_.find(')', open); close != std::string_view::npos;
         close = text_.find(')', close + 1)) {
      const std::string_view rest = text_.substr(close + 1);
      if (rest.starts_with(delimiter) && rest.substr(delimiter.size()).starts_with('"'))
        return close + 2 + delimiter.size();
    }
    return text_.size();
  }
  std::size_t hashes = 0;
  while (hashes < std::min(at, kLongestDelimiter) && text_[at - 1 - hashes] == '#') ++hashes;
  if (hashes == at || text_[at - 1 - hashes] != 'r') return end_of_string(at, '"');
  return end_after("\"" + std::string(hashes, '#'), at + 1);
}

std::size_t CodeText::end_after(std::string_view mark, std::size_t at) const noexcept {
  const std::size_t found = text_.find(mark, at);
  return found == std::string_view::npos ? text_.size() : found + mark.size();
}

// With braces, an apostrophe after a letter or digit divides digits or is one of speech, and one after '<' or '&'
// begins a lifetime.
bool CodeText::is_quote(std::size_t at) const noexcept {
  if (text_[at] == '"') return true;
  if (language_ == Language::indentation) return text_[at] == '\'';
  if (text_[at] == '`') return true;
  if (text_[at] != '\'') return false;
  const char before = at > 0 ? text_[at - 1] : ' ';
  return !is_word(before) && before != '<' && before != '&';
}

bool CodeText::begins_comment(std::size_t at) const noexcept {
  if (language_ == Language::indentation) return text_[at] == '#';
  return text_[at] == '/' && at + 1 < text_.size() && (text_[at + 1] == '/' || text_[at + 1] == '*');
}

}  // namespace scaup::inline v0
