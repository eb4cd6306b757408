#pragma once
// JSON text into a plain tree. The only place that knows the JSON parser.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct JsonValue;
using JsonArray = std::vector<JsonValue>;
/// Members in the order of the text; a key may come twice.
using JsonObject = std::vector<std::pair<std::string, JsonValue>>;

/// One JSON value. An integer that fits int64 is an integer, every other number a double.
struct JsonValue {
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, JsonArray, JsonObject> data = nullptr;
  /// The text was an integer above int64, at most 2^64 - 1; `data` is the nearest double. Larger ones are errors.
  bool rounded_integer = false;

  template <typename T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&data);
  }
  /// The first member with this key; null if there is none or this is no object.
  [[nodiscard]] const JsonValue* find(std::string_view key) const noexcept;
  /// "null", "boolean", "integer", "number", "string", "array" or "object", for messages.
  [[nodiscard]] std::string_view kind() const noexcept;
};

struct JsonLimits {
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_depth = 64;
};

/// Reads one JSON text. Errors: `invalid_argument` for text that is not UTF-8, not JSON, too large or too deep.
[[nodiscard]] Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace scaup::inline v0
