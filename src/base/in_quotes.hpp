#pragma once
// Names and values from outside as error messages show them: quoted, short, printable.

#include <string>
#include <string_view>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// `text` in double quotes, for a message: at most 80 bytes of it, with "..." where more follow; quotes,
/// backslashes, control bytes and bytes that are not UTF-8 as escapes. The result is UTF-8 on one line. Exported for
/// scaup::net.
[[nodiscard]] SCAUP_API std::string in_quotes(std::string_view text);

/// The two hexadecimal digits of a byte.
[[nodiscard]] SCAUP_API std::string hex_digits(char byte);

}  // namespace scaup::inline v0
