#pragma once
// Members of JSON objects from model files: present, absent, or of the wrong kind.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/in_quotes.hpp"
#include "json/json_reader.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// JSON text of a model file: an object, or `corruption` with `file` in front.
[[nodiscard]] Result<JsonValue> parse_json_file(std::string_view text, std::string_view file,
                                                const JsonLimits& limits = {});

/// The member, or null where it is absent or JSON null.
[[nodiscard]] const JsonValue* find_value(const JsonValue& object, std::string_view key) noexcept;

/// The string member `key`. Errors: `corruption` if it is missing or no string.
[[nodiscard]] Result<std::string> string_member(const JsonValue& object, std::string_view key);
/// The boolean member `key`, or `fallback` where it is missing or null. Errors: `corruption` for another kind.
[[nodiscard]] Result<bool> boolean_member(const JsonValue& object, std::string_view key, bool fallback);
/// The member `key`, an integer of at least 0. Errors: `corruption` if it is missing or something else.
[[nodiscard]] Result<std::uint64_t> unsigned_member(const JsonValue& object, std::string_view key);

}  // namespace scaup::inline v0
