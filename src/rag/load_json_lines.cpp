// JSON Lines: one document an object.

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/in_quotes.hpp"
#include "json/json_reader.hpp"
#include "json/json_writer.hpp"
#include "rag/loaders.hpp"
#include "rag/record_mapper.hpp"

namespace scaup::inline v0 {
namespace {

void append(std::string& out, const JsonValue& value);

void append(std::string& out, std::nullptr_t) {
  out += "null";
}
void append(std::string& out, const std::string& text) {
  append_json_string(out, text);
}
void append(std::string& out, const JsonArray& array) {
  out += '[';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (i > 0) out += ", ";
    append(out, array[i]);
  }
  out += ']';
}
void append(std::string& out, const JsonObject& object) {
  out += '{';
  for (std::size_t i = 0; i < object.size(); ++i) {
    if (i > 0) out += ", ";
    append_json_string(out, object[i].first);
    out += ": ";
    append(out, object[i].second);
  }
  out += '}';
}
template <typename Scalar>
void append(std::string& out, Scalar scalar) {
  append_json(out, scalar);
}

// As deep as the reader allows, 64.
void append(std::string& out, const JsonValue& value) {
  std::visit([&](const auto& content) { append(out, content); }, value.data);
}

// Anywhere in it: what is kept as JSON text must have the digits of the file too.
bool has_rounded_integer(const JsonValue& value) {
  if (const auto* array = value.get_if<JsonArray>()) return std::ranges::any_of(*array, has_rounded_integer);
  if (const auto* object = value.get_if<JsonObject>()) {
    return std::ranges::any_of(*object, has_rounded_integer,
                               [](const auto& member) -> const JsonValue& { return member.second; });
  }
  return value.rounded_integer;
}

// Nothing if not all elements are of this type.
template <typename T>
std::optional<Value> list_of(const JsonArray& array) {
  std::vector<T> list;
  for (const JsonValue& element : array) {
    const T* const content = element.get_if<T>();
    if (content == nullptr) return std::nullopt;
    list.push_back(*content);
  }
  return Value(std::move(list));
}

std::optional<Value> read_list(const JsonArray& array) {
  if (auto list = list_of<std::string>(array)) return list;
  if (auto list = list_of<std::int64_t>(array)) return list;
  if (auto list = list_of<double>(array)) return list;
  return list_of<bool>(array);
}

// Nothing for null. What metadata cannot hold is its JSON text.
std::optional<Value> to_value(const JsonValue& value) {
  if (value.get_if<std::nullptr_t>() != nullptr) return std::nullopt;
  if (const auto* text = value.get_if<std::string>()) return Value(*text);
  if (const auto* integer = value.get_if<std::int64_t>()) return Value(*integer);
  if (const auto* real = value.get_if<double>()) return Value(*real);
  if (const auto* truth = value.get_if<bool>()) return Value(*truth);
  if (const auto* array = value.get_if<JsonArray>()) {
    if (auto list = read_list(*array)) return list;
  }
  std::string json;
  append(json, value);
  return Value(std::move(json));
}

Result<Record> read_line(std::string_view line, std::size_t number) {
  const std::string place = "line " + std::to_string(number);
  const auto json = parse_json(line, {.max_bytes = line.size()});
  if (!json) {
    Error error = json.error();
    error.add_context(place);
    return error;
  }
  const auto* const object = json->get_if<JsonObject>();
  if (object == nullptr) {
    return Error(ErrorCode::invalid_argument, place + ": " + std::string(json->kind()) + ", not an object");
  }
  Record record = {.line = number};
  for (const auto& [name, value] : *object) {
    if (has_rounded_integer(value)) {
      return Error(ErrorCode::invalid_argument,
                   place + ": field " + in_quotes(name) + ": an integer beyond 64 bits; write it as a string");
    }
    record.fields.emplace_back(name, to_value(value));
  }
  return record;
}

}  // namespace

Result<std::vector<Document>> load_json_lines(const SourceText& source, const LoadOptions& options,
                                              const std::stop_token& stop) {
  RecordMapper mapper(options, source.id);
  const std::string_view text = source.text;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled through the stop token");
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const std::size_t begin = std::exchange(at, end + 1);
    ++number;
    if (is_blank(line)) continue;
    auto record = read_line(line, number);
    if (!record) return std::move(record).error();
    record->begin = source.begin + begin;
    if (Status status = mapper.add(*record); !status) return std::move(status).error();
  }
  return std::move(mapper).finish();
}

}  // namespace scaup::inline v0
