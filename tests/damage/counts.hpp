#pragma once
// How many cases a test runs: few by default, all where an environment variable says so.

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace scaup::test {

/// The number in an environment variable, or `by_default`.
inline std::size_t count_from(const char* variable, std::size_t by_default) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? by_default : std::strtoull(text, nullptr, 10);
}

/// One line on the terminal, for runs that take minutes.
inline void print_line(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace scaup::test
