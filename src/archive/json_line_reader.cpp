// One line of JSON as a document: what is not understood is an error, never dropped.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/json_lines.hpp"
#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "json/json_reader.hpp"

namespace scaup::inline v0 {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Error wrong_kind(std::string_view what, std::string_view wanted, const JsonValue& value) {
  return invalid(std::string(what) + ": " + std::string(value.kind()) + ", not " + std::string(wanted));
}

// Calls `read` for each member, once a key. `read` returns a Status.
template <typename Read>
Status for_each_member(const JsonObject& object, const Read& read) {
  std::set<std::string_view> seen;
  for (const auto& [key, value] : object) {
    if (!seen.insert(key).second) return invalid("member " + in_quotes(key) + " is there twice");
    if (Status status = read(std::string_view(key), value); !status) return status;
  }
  return {};
}

Status read_string(std::string_view name, const JsonValue& value, std::string& out) {
  const auto* text = value.get_if<std::string>();
  if (text == nullptr) return wrong_kind(name, "a string", value);
  out = *text;
  return {};
}

Status read_size(std::string_view name, const JsonValue& value, std::size_t& out) {
  const auto* number = value.get_if<std::int64_t>();
  if (number == nullptr || *number < 0) return wrong_kind(name, "an integer of at least 0", value);
  out = static_cast<std::size_t>(*number);
  return {};
}

Status check_integer_range(const JsonValue& value) {
  if (value.rounded_integer) return invalid("an integer beyond 64 bits; write it as a real number or a string");
  return {};
}

template <typename T>
Result<Value> list_of(const JsonArray& array) {
  std::vector<T> list;
  list.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    const T* const element = array[i].get_if<T>();
    if (element == nullptr) {
      return invalid("element " + std::to_string(i) + " is of kind " + std::string(array[i].kind()) +
                     ", but the first is of kind " + std::string(array.front().kind()));
    }
    if (Status status = check_integer_range(array[i]); !status) return status.error();
    list.push_back(*element);
  }
  return Value(std::move(list));
}

Result<Value> list_value(const JsonArray& array) {
  if (array.empty() || array.front().get_if<std::string>() != nullptr) return list_of<std::string>(array);
  if (array.front().get_if<std::int64_t>() != nullptr) return list_of<std::int64_t>(array);
  if (array.front().get_if<double>() != nullptr) return list_of<double>(array);
  if (array.front().get_if<bool>() != nullptr) return list_of<bool>(array);
  return invalid("a list of kind " + std::string(array.front().kind()));
}

// The only objects among values: empty lists that say what they are lists of.
Result<Value> typed_empty_list(const JsonObject& object) {
  const bool one = object.size() == 1;
  const JsonArray* const list = one ? object.front().second.get_if<JsonArray>() : nullptr;
  if (list != nullptr && list->empty()) {
    const std::string& name = object.front().first;
    if (name == "integers") return Value(Value::IntegerList());
    if (name == "reals") return Value(Value::RealList());
    if (name == "booleans") return Value(Value::BooleanList());
  }
  return invalid("nested objects are not kept; put their members side by side");
}

Result<Value> read_value(const JsonValue& value) {
  if (Status status = check_integer_range(value); !status) return status.error();
  if (const auto* text = value.get_if<std::string>()) return Value(*text);
  if (const auto* integer = value.get_if<std::int64_t>()) return Value(*integer);
  if (const auto* real = value.get_if<double>()) return Value(*real);
  if (const auto* truth = value.get_if<bool>()) return Value(*truth);
  if (const auto* array = value.get_if<JsonArray>()) return list_value(*array);
  if (const auto* object = value.get_if<JsonObject>()) return typed_empty_list(*object);
  return invalid("null; leave the key out instead");
}

Status read_metadata(const JsonValue& value, Metadata& out) {
  const auto* object = value.get_if<JsonObject>();
  if (object == nullptr) return wrong_kind("metadata", "an object", value);
  Status status = for_each_member(*object, [&](std::string_view key, const JsonValue& member) -> Status {
    Result<Value> read = read_value(member);
    if (!read) {
      Error error = std::move(read).error();
      error.add_context("key " + in_quotes(key));
      return error;
    }
    out.emplace_hint(out.end(), std::string(key), *std::move(read));
    return {};
  });
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context("metadata");
  return error;
}

// The double nearest to the text, then the float nearest to that; NaN where the member is no number of a float's range.
float read_float(const JsonValue& value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  constexpr double kBeyond = 0x1.ffffffp127;  // halfway to 2^128: what is below rounds to kMost, whose own text does so
  if (const auto* integer = value.get_if<std::int64_t>()) return static_cast<float>(*integer);
  const auto* real = value.get_if<double>();
  if (real == nullptr || std::abs(*real) >= kBeyond) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(std::clamp(*real, -kMost, kMost));
}

Status read_embedding(const JsonValue& value, std::optional<std::vector<float>>& out) {
  const auto* array = value.get_if<JsonArray>();
  if (array == nullptr) return wrong_kind("embedding", "an array of numbers", value);
  std::vector<float> embedding;
  embedding.reserve(array->size());
  for (const JsonValue& element : *array) {
    embedding.push_back(read_float(element));
    if (std::isnan(embedding.back())) {
      return invalid("embedding: component " + std::to_string(embedding.size() - 1) +
                     " is no number within the range of a 32-bit float");
    }
  }
  out = std::move(embedding);
  return {};
}

Status read_section(const JsonValue& value, std::vector<std::string>& out) {
  const auto* array = value.get_if<JsonArray>();
  if (array == nullptr) return wrong_kind("section", "an array of strings", value);
  for (const JsonValue& heading : *array) {
    if (Status status = read_string("section", heading, out.emplace_back()); !status) return status;
  }
  return {};
}

Status read_origin_member(std::string_view key, const JsonValue& value, Origin& out) {
  if (key == "source_id") return read_string(key, value, out.source_id);
  if (key == "begin") return read_size(key, value, out.begin);
  if (key == "end") return read_size(key, value, out.end);
  if (key == "chunk_index") return read_size(key, value, out.chunk_index);
  if (key == "first_line") return read_size(key, value, out.first_line);
  if (key == "last_line") return read_size(key, value, out.last_line);
  if (key == "page") return read_size(key, value, out.page.emplace());
  if (key == "section") return read_section(value, out.section);
  return invalid("unknown member " + in_quotes(key));
}

Status read_origin(const JsonValue& value, std::optional<Origin>& out) {
  const auto* object = value.get_if<JsonObject>();
  if (object == nullptr) return wrong_kind("origin", "an object", value);
  Origin origin;
  Status status = for_each_member(
      *object, [&](std::string_view key, const JsonValue& member) { return read_origin_member(key, member, origin); });
  if (!status) {
    Error error = std::move(status).error();
    error.add_context("origin");
    return error;
  }
  out = std::move(origin);
  return {};
}

Status read_member(std::string_view key, const JsonValue& value, Document& out) {
  if (key == "id") return read_string(key, value, out.id);
  if (key == "text") return read_string(key, value, out.text);
  if (key == "metadata") return read_metadata(value, out.metadata);
  if (key == "embedding") return read_embedding(value, out.embedding);
  if (key == "origin") return read_origin(value, out.origin);
  return invalid("unknown member " + in_quotes(key) + "; there are id, text, metadata, embedding and origin");
}

}  // namespace

Result<Document> parse_json_line(std::string_view line) {
  const Result<JsonValue> value = parse_json(line, {.max_bytes = line.size()});
  if (!value) return value.error();
  const auto* object = value->get_if<JsonObject>();
  if (object == nullptr) return wrong_kind("the line", "an object", *value);
  Document document;
  Status status = for_each_member(
      *object, [&](std::string_view key, const JsonValue& member) { return read_member(key, member, document); });
  if (!status) return status.error();
  if (value->find("id") == nullptr) return invalid("member \"id\" is missing");
  if (Status checked = check_document(document); !checked) return checked.error();
  return document;
}

}  // namespace scaup::inline v0
