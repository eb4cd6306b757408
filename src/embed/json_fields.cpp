#include "embed/json_fields.hpp"

#include <utility>

namespace scaup::inline v0 {
namespace {

Error wrong_kind(std::string_view key, std::string_view expected, const JsonValue* value) {
  std::string message = in_quotes(key);
  message.append(": expected ").append(expected).append(", found ");
  message.append(value == nullptr ? "nothing" : value->kind());
  return {ErrorCode::corruption, std::move(message)};
}

}  // namespace

Result<JsonValue> parse_json_file(std::string_view text, std::string_view file, const JsonLimits& limits) {
  auto value = parse_json(text, limits);
  if (!value) return Error(ErrorCode::corruption, std::string(file) + ": " + value.error().message());
  if (value->get_if<JsonObject>() == nullptr) {
    return Error(ErrorCode::corruption,
                 std::string(file) + ": expected a JSON object, found " + std::string(value->kind()));
  }
  return value;
}

const JsonValue* find_value(const JsonValue& object, std::string_view key) noexcept {
  const JsonValue* value = object.find(key);
  return value == nullptr || value->get_if<std::nullptr_t>() != nullptr ? nullptr : value;
}

Result<std::string> string_member(const JsonValue& object, std::string_view key) {
  const JsonValue* value = find_value(object, key);
  const auto* text = value == nullptr ? nullptr : value->get_if<std::string>();
  if (text == nullptr) return wrong_kind(key, "a string", value);
  return *text;
}

Result<bool> boolean_member(const JsonValue& object, std::string_view key, bool fallback) {
  const JsonValue* value = find_value(object, key);
  if (value == nullptr) return fallback;
  const auto* truth = value->get_if<bool>();
  if (truth == nullptr) return wrong_kind(key, "a boolean", value);
  return *truth;
}

Result<std::uint64_t> unsigned_member(const JsonValue& object, std::string_view key) {
  const JsonValue* value = find_value(object, key);
  const auto* number = value == nullptr ? nullptr : value->get_if<std::int64_t>();
  if (number == nullptr || *number < 0) return wrong_kind(key, "an integer of at least 0", value);
  return static_cast<std::uint64_t>(*number);
}

}  // namespace scaup::inline v0
