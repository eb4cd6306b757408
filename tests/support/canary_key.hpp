#pragma once
// The API key of all tests that need one. key_canary.py reads it here and looks for it in what those tests print, so
// it stands nowhere else.

#include <string_view>

namespace scaup::test {

inline constexpr std::string_view kCanaryKey = "sk-canary-5e1f7a";

}  // namespace scaup::test
