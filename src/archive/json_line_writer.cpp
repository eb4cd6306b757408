// One document as a line of JSON.

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "archive/json_lines.hpp"
#include "base/document_check.hpp"
#include "json/json_writer.hpp"

namespace scaup::inline v0 {
namespace {

void append_value(std::string& out, std::string_view text) {
  append_json_string(out, text);
}

template <typename T>
requires std::same_as<T, std::int64_t> || std::same_as<T, double> || std::same_as<T, bool>
void append_value(std::string& out, T scalar) {
  append_json(out, scalar);
}

// How an empty list says what it is a list of. Without an object `[]` could not; strings, the commonest, are plain.
template <typename T>
std::string_view empty_list() {
  if constexpr (std::same_as<T, std::int64_t>) return R"({"integers":[]})";
  if constexpr (std::same_as<T, double>) return R"({"reals":[]})";
  if constexpr (std::same_as<T, bool>) return R"({"booleans":[]})";
  return "[]";
}

template <typename T>
void append_value(std::string& out, const std::vector<T>& list) {
  if (list.empty()) {
    out += empty_list<T>();
    return;
  }
  char separator = '[';
  for (const T& element : list) {
    out += separator;
    append_value(out, element);
    separator = ',';
  }
  out += ']';
}

void append_metadata(std::string& out, const Metadata& metadata) {
  out += R"(,"metadata":{)";
  bool first = true;
  for (const auto& [key, value] : metadata) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, key);
    out += ':';
    std::visit([&](const auto& held) { append_value(out, held); }, value.storage());
  }
  out += '}';
}

template <typename Number>
std::string_view format(std::array<char, 32>& buffer, Number number) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

// The shortest text of a float tells it from all other floats, but readers of JSON round to a double first and to a
// float after that. Of all floats 7.038531e-26 alone does not survive the detour (all 2^32 were tried); it is written
// as a double. And
// "-0" would be an integer, which has no sign at 0.
void append_float(std::string& out, float number) {
  std::array<char, 32> buffer;
  const std::string_view text = format(buffer, number);
  double read_back = 0;
  std::from_chars(text.data(), text.data() + text.size(), read_back);
  out += static_cast<float>(read_back) == number ? text : format(buffer, static_cast<double>(number));
  if (number == 0 && std::signbit(number)) out += ".0";
}

void append_embedding(std::string& out, std::span<const float> embedding) {
  out += R"(,"embedding":[)";
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    if (i > 0) out += ',';
    append_float(out, embedding[i]);
  }
  out += ']';
}

void append_number(std::string& out, std::string_view name, std::size_t number) {
  out += ",\"";
  out += name;
  out += "\":";
  out += std::to_string(number);
}

void append_origin(std::string& out, const Origin& origin) {
  out += R"(,"origin":{"source_id":)";
  append_json_string(out, origin.source_id);
  append_number(out, "begin", origin.begin);
  append_number(out, "end", origin.end);
  append_number(out, "chunk_index", origin.chunk_index);
  append_number(out, "first_line", origin.first_line);
  append_number(out, "last_line", origin.last_line);
  if (origin.page) append_number(out, "page", *origin.page);
  if (!origin.section.empty()) {
    out += R"(,"section":)";
    append_value(out, origin.section);
  }
  out += '}';
}

Status check_writable(const Document& document) {
  if (Status status = check_document(document); !status) return status;
  if (!document.embedding) return {};
  const std::vector<float>& embedding = *document.embedding;
  for (std::size_t i = 0; i < embedding.size(); ++i) {
    if (!std::isfinite(embedding[i])) {
      return Error(ErrorCode::invalid_argument, "embedding: component " + std::to_string(i) + " is not finite");
    }
  }
  return {};
}

}  // namespace

Status append_json_line(std::string& out, const Document& document) {
  if (Status status = check_writable(document); !status) return status;
  out += R"({"id":)";
  append_json_string(out, document.id);
  out += R"(,"text":)";
  append_json_string(out, document.text);
  if (!document.metadata.empty()) append_metadata(out, document.metadata);
  if (document.embedding) append_embedding(out, *document.embedding);
  if (document.origin) append_origin(out, *document.origin);
  out += "}\n";
  return {};
}

}  // namespace scaup::inline v0
