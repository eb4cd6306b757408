#pragma once
// A compiled regular expression. The only place that knows RE2.

#include <cstddef>
#include <memory>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The regular expressions of one filter share 256 MiB; one alone takes at most 8 MiB, RE2's own default.
[[nodiscard]] constexpr std::size_t regex_memory(std::size_t regexes) noexcept {
  constexpr std::size_t kOne = std::size_t{8} << 20U;
  constexpr std::size_t kAll = std::size_t{256} << 20U;
  return regexes * kOne <= kAll ? kOne : kAll / regexes;
}

/// RE2 syntax on UTF-8, case-sensitive unless the expression says otherwise. Time linear in the text.
/// Movable. Thread-compatible: const members concurrently.
class Regex {
 public:
  /// `memory` bounds the program and the states kept while matching, in bytes.
  /// Errors: `invalid_argument` with RE2's reason.
  [[nodiscard]] static Result<Regex> compile(std::string_view expression, std::size_t memory);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  struct Compiled;
  explicit Regex(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace scaup::inline v0
