#pragma once
// How long the tests of this folder search: a few seconds by default, SCAUP_TEST_ROUNDS says otherwise.

#include <algorithm>
#include <cstdlib>

namespace scaup::test {

/// What SCAUP_TEST_ROUNDS says, 0 where it is not set. Its meaning is said where it is used; 20 is the full count.
[[nodiscard]] inline int test_rounds() {
  const char* const given = std::getenv("SCAUP_TEST_ROUNDS");
  return given == nullptr ? 0 : std::max(1, std::atoi(given));
}

}  // namespace scaup::test
