// The sole includer of simdjson: the plain tree by its DOM, JsonTree by its on-demand interface.

#include "json/json_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/boundary.hpp"
#include "json/json_tree.hpp"
#include "json/number_list.hpp"

namespace scaup::inline v0 {
namespace {

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;

Error json_error(std::string_view what) {
  return {ErrorCode::invalid_argument, "JSON: " + std::string(what)};
}

Error json_error(simdjson::error_code code) {
  if (code == simdjson::MEMALLOC) return out_of_memory_error();
  return json_error(simdjson::error_message(code));
}

Error too_large(std::size_t bytes, std::size_t limit) {
  return json_error(std::to_string(bytes) + " bytes, more than the limit of " + std::to_string(limit));
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

// Walks the text once, front to back, as the on-demand interface wants it, and makes the nodes. An error ends the walk
// for good, since the place in the text is unknown after it.
class TreeBuilder {
 public:
  explicit TreeBuilder(const JsonTreeLimits& limits) : limits_(limits) {}

  simdjson::error_code build(ondemand::document& document, JsonNode& root) {
    if (const auto error = fill_root(document, root)) return error;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

 private:
  // Apart from `fill`, because only the document itself looks whether the text ends with the bracket that it begins
  // with.
  simdjson::error_code fill_root(ondemand::document& document, JsonNode& root) {
    ondemand::json_type type = {};
    if (const auto error = document.type().get(type)) return error;
    if (type == ondemand::json_type::array) return fill_array(document, root, 0);
    return type == ondemand::json_type::object ? fill_object(document, root, 0) : simdjson::INCORRECT_TYPE;
  }

  simdjson::error_code fill(ondemand::value& value, JsonNode& node, std::size_t depth) {
    if (depth == limits_.max_depth) return simdjson::DEPTH_ERROR;
    if (++nodes_ > limits_.max_nodes) return simdjson::CAPACITY;
    ondemand::json_type type = {};
    if (const auto error = value.type().get(type)) return error;
    switch (type) {
      case ondemand::json_type::array: return fill_array(value, node, depth);
      case ondemand::json_type::object: return fill_object(value, node, depth);
      case ondemand::json_type::string: return fill_string(value, node);
      case ondemand::json_type::number: return fill_number(value, node);
      case ondemand::json_type::boolean: node.kind = JsonKind::boolean; return value.get_bool().get(node.truth);
      case ondemand::json_type::null: break;
    }
    bool is_null = false;
    const auto error = value.is_null().get(is_null);
    return error == simdjson::SUCCESS && !is_null ? simdjson::N_ATOM_ERROR : error;
  }

  template <typename Source>
  simdjson::error_code fill_array(Source& source, JsonNode& node, std::size_t depth) {
    std::string_view open;
    if (const auto error = simdjson::simdjson_result<std::string_view>(source.raw_json_token()).get(open)) return error;
    const char first = open.data()[open.size()];  // the token ends where the next one begins; padding follows the last
    ondemand::array array;
    if (const auto error = source.get_array().get(array)) return error;
    if (first == '-' || (first >= '0' && first <= '9')) {
      node.kind = JsonKind::numbers;
      return array.raw_json().get(node.text);
    }
    node.kind = JsonKind::array;
    for (auto element : array) {
      ondemand::value child;
      if (const auto error = std::move(element).get(child)) return error;
      if (const auto error = fill(child, node.children.emplace_back(), depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <typename Source>
  simdjson::error_code fill_object(Source& source, JsonNode& node, std::size_t depth) {
    node.kind = JsonKind::object;
    ondemand::object object;
    if (const auto error = source.get_object().get(object)) return error;
    for (auto member : object) {
      ondemand::field field;
      if (const auto error = std::move(member).get(field)) return error;
      JsonNode& child = node.children.emplace_back();
      if (const auto error = field.unescaped_key().get(child.key)) return error;
      ondemand::value child_value = field.value();
      if (const auto error = fill(child_value, child, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  // Without escapes the text stands in the document as it is; simdjson has checked its UTF-8 and control characters.
  static simdjson::error_code fill_string(ondemand::value& value, JsonNode& node) {
    node.kind = JsonKind::string;
    const std::string_view token = value.raw_json_token();
    if (token.find('\\') != std::string_view::npos) return value.get_string().get(node.text);
    ondemand::raw_json_string consumed;
    if (const auto error = value.get_raw_json_string().get(consumed)) return error;
    node.text = token.substr(1, token.rfind('"') - 1);
    return simdjson::SUCCESS;
  }

  static simdjson::error_code fill_number(ondemand::value& value, JsonNode& node) {
    node.kind = JsonKind::number;
    const std::string_view token = value.raw_json_token();
    node.text = token.substr(0, token.find_first_of(" \t\r\n"));
    // Not by simdjson, whose on-demand interface refuses exponents of 19 digits, zeros in front included.
    return read_double(node.text) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
  }

  const JsonTreeLimits& limits_;
  std::size_t nodes_ = 0;
};

Error tree_error(simdjson::error_code code, const JsonTreeLimits& limits) {
  if (code == simdjson::CAPACITY) return json_error("more than " + std::to_string(limits.max_nodes) + " values");
  return json_error(code);
}

}  // namespace

struct JsonTree::Parts {
  std::string text;
  ondemand::parser parser;  // holds the strings that had escapes
  JsonNode root;
};

JsonTree::JsonTree(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
JsonTree::JsonTree(JsonTree&& other) noexcept = default;
JsonTree& JsonTree::operator=(JsonTree&& other) noexcept = default;
JsonTree::~JsonTree() = default;

const JsonNode& JsonTree::root() const noexcept {
  return parts_->root;
}

Result<JsonTree> JsonTree::parse(std::string text, const JsonTreeLimits& limits) {
  if (text.size() > limits.max_bytes) return too_large(text.size(), limits.max_bytes);
  auto parts = std::make_unique<Parts>();
  const std::size_t size = text.size();
  parts->text = std::move(text);
  parts->text.append(simdjson::SIMDJSON_PADDING, ' ');  // spaces, so that what stands behind the end never decides
  const simdjson::padded_string_view padded(parts->text.data(), size, parts->text.size());
  if (const auto error = parts->parser.allocate(std::max<std::size_t>(size, 64), limits.max_depth)) {
    return json_error(error);
  }
  ondemand::document document;
  if (const auto error = parts->parser.iterate(padded).get(document)) return json_error(error);
  if (const auto error = TreeBuilder(limits).build(document, parts->root)) return tree_error(error, limits);
  return JsonTree(std::move(parts));
}

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
  if (text.size() > limits.max_bytes) return too_large(text.size(), limits.max_bytes);
  if (text.empty()) return json_error(simdjson::EMPTY);  // simdjson would copy from its null pointer
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
