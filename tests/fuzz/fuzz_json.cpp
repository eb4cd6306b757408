// parse_json on any bytes: what it accepts is written by json_writer and read back the same, and JsonTree accepts it
// too.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "json/json_reader.hpp"
#include "json/json_tree.hpp"
#include "json/json_writer.hpp"

using scaup::JsonArray;
using scaup::JsonObject;
using scaup::JsonValue;
using scaup::fuzz::require;

namespace {

void write(std::string& out, const JsonValue& value);

void write_array(std::string& out, const JsonArray& array) {
  out += '[';
  for (const JsonValue& element : array) {
    if (out.back() != '[') out += ',';
    write(out, element);
  }
  out += ']';
}

void write_object(std::string& out, const JsonObject& object) {
  out += '{';
  for (const auto& [key, value] : object) {
    require(!scaup::find_invalid_utf8(key));
    if (out.back() != '{') out += ',';
    scaup::append_json_string(out, key);
    out += ':';
    write(out, value);
  }
  out += '}';
}

void write(std::string& out, const JsonValue& value) {
  if (const auto* array = value.get_if<JsonArray>()) return write_array(out, *array);
  if (const auto* object = value.get_if<JsonObject>()) return write_object(out, *object);
  if (const auto* text = value.get_if<std::string>()) return scaup::append_json_string(out, *text);
  if (const auto* integer = value.get_if<std::int64_t>()) return scaup::append_json(out, *integer);
  if (const auto* real = value.get_if<double>()) return scaup::append_json(out, *real);
  if (const auto* truth = value.get_if<bool>()) return scaup::append_json(out, *truth);
  out += "null";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const scaup::JsonLimits limits = {.max_bytes = 1 << 20, .max_depth = 64};
  const auto value = scaup::parse_json(text, limits);
  const auto tree = scaup::JsonTree::parse(std::string(text), {.max_bytes = 1 << 20, .max_depth = 128});
  if (!value) return 0;
  const bool is_tree = value->get_if<JsonArray>() != nullptr || value->get_if<JsonObject>() != nullptr;
  require(tree.has_value() == is_tree);
  require(!scaup::find_invalid_utf8(text));
  std::string written;
  write(written, *value);
  const auto again = scaup::parse_json(written, {.max_bytes = written.size() + 1, .max_depth = 64});
  require(again.has_value());
  std::string rewritten;
  write(rewritten, *again);
  require(rewritten == written);
  return 0;
}
