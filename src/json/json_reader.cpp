// The sole includer of simdjson.

#include "json/json_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

namespace dom = simdjson::dom;

Error json_error(std::string_view what) {
  return {ErrorCode::invalid_argument, "JSON: " + std::string(what)};
}

Error json_error(simdjson::error_code code) {
  if (code == simdjson::MEMALLOC) return out_of_memory_error();
  return json_error(simdjson::error_message(code));
}

JsonValue convert(dom::element element);

JsonValue convert_array(const dom::array& source) {
  JsonArray array;
  array.reserve(source.size());
  for (const dom::element element : source) array.push_back(convert(element));
  return {std::move(array)};
}

JsonValue convert_object(const dom::object& source) {
  JsonObject object;
  object.reserve(source.size());
  for (const auto& [key, element] : source) object.emplace_back(std::string(key), convert(element));
  return {std::move(object)};
}

// The type was just asked, so the getters below cannot fail; the depth was bounded by the parser.
JsonValue convert(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: return convert_array(element.get_array().value_unsafe());
    case dom::element_type::OBJECT: return convert_object(element.get_object().value_unsafe());
    case dom::element_type::STRING: return {std::string(element.get_string().value_unsafe())};
    case dom::element_type::INT64: return {element.get_int64().value_unsafe()};
    case dom::element_type::UINT64: return {static_cast<double>(element.get_uint64().value_unsafe()), true};
    case dom::element_type::DOUBLE: return {element.get_double().value_unsafe()};
    case dom::element_type::BOOL: return {element.get_bool().value_unsafe()};
    case dom::element_type::NULL_VALUE: break;
  }
  return {nullptr};
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const noexcept {
  const auto* object = get_if<JsonObject>();
  if (object == nullptr) return nullptr;
  const auto member =
      std::ranges::find(*object, key, [](const auto& entry) -> std::string_view { return entry.first; });
  return member == object->end() ? nullptr : &member->second;
}

std::string_view JsonValue::kind() const noexcept {
  static constexpr std::array<std::string_view, 7> kNames = {"null",   "boolean", "integer", "number",
                                                             "string", "array",   "object"};
  return kNames[data.index()];
}

Result<JsonValue> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return json_error(std::to_string(text.size()) + " bytes, more than the limit of " +
                      std::to_string(limits.max_bytes));
  }
  // Below 32 bytes of capacity simdjson refuses every text; the limit itself was checked above.
  dom::parser parser(std::max<std::size_t>(limits.max_bytes, 64));
  if (const auto error = parser.allocate(std::max<std::size_t>(text.size(), 1), limits.max_depth)) {
    return json_error(error);
  }
  dom::element root;
  if (const auto error = parser.parse(text.data(), text.size(), true).get(root)) {
    return json_error(error);
  }
  return convert(root);
}

}  // namespace scaup::inline v0
