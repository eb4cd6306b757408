#pragma once
// Skips over strings and comments of source code.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scaup::inline v0 {

/// Reads source code byte by byte and leaves out what is in strings and comments. Never reads a byte more than a
/// few times.
///
/// Single-threaded: one thread at a time, even for const members.
class CodeText {
 public:
  enum class Language : std::uint8_t { braces, indentation };

  CodeText(std::string_view text, Language language) : text_(text), language_(language) {}

  /// The next byte of code or line end, and moves past it; 0 for the bytes of a string or comment. Line ends
  /// inside strings and comments are line ends too. The text is not at its end.
  char next() noexcept;
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  /// Whether the position is inside a string or comment that goes on past a line end.
  [[nodiscard]] bool inside() const noexcept { return at_ < skip_end_; }

 private:
  void open_quote(std::size_t at) noexcept;
  [[nodiscard]] std::size_t end_of_string(std::size_t at, char quote) const noexcept;
  [[nodiscard]] std::size_t end_of_raw_string(std::size_t at) const noexcept;
  [[nodiscard]] std::size_t end_after(std::string_view mark, std::size_t at) const noexcept;
  [[nodiscard]] bool is_quote(std::size_t at) const noexcept;
  [[nodiscard]] bool begins_comment(std::size_t at) const noexcept;

  const std::string_view text_;
  const Language language_;
  std::size_t at_ = 0;
  std::size_t skip_end_ = 0;  // bytes before it belong to a string or comment
};

}  // namespace scaup::inline v0
