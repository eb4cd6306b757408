#pragma once
// JSON text from values: escaping and numbers that read back exactly.

#include <cstdint>
#include <string>
#include <string_view>

namespace scaup::inline v0 {

/// Appends `text`, which must be UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);
void append_json(std::string& out, std::int64_t number);
/// The shortest form that reads back to the same double, always with a point or an exponent. `number` must be finite.
void append_json(std::string& out, double number);
void append_json(std::string& out, bool truth);

}  // namespace scaup::inline v0
