// Text as it is, and what all loaders share.

#include <utility>

#include "json/json_writer.hpp"
#include "rag/loaders.hpp"

namespace scaup::inline v0 {
namespace {

void append(std::string& out, const std::string& text) {
  out += text;
}
void append(std::string& out, std::int64_t number) {
  append_json(out, number);
}
void append(std::string& out, double number) {
  append_json(out, number);
}
void append(std::string& out, bool truth) {
  append_json(out, truth);
}

template <typename T>
void append(std::string& out, const std::vector<T>& list) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += ", ";
    append(out, static_cast<const T&>(list[i]));
  }
}

}  // namespace

void set_text_begin(Metadata& metadata, std::size_t begin, std::size_t line) {
  if (begin == 0) {  // what a record says of itself under these names is not where it is
    metadata.erase(std::string(kTextBeginKey));
    metadata.erase(std::string(kTextLineKey));
    return;
  }
  metadata.insert_or_assign(std::string(kTextBeginKey), static_cast<std::int64_t>(begin));
  metadata.insert_or_assign(std::string(kTextLineKey), static_cast<std::int64_t>(line));
}

void set_if_absent(Metadata& metadata, std::string_view key, std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\f";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return;
  const std::size_t end = text.find_last_not_of(kSpaces) + 1;
  metadata.try_emplace(std::string(key), text.substr(begin, end - begin));
}

std::string text_of(const Value& value) {
  std::string text;
  std::visit([&](const auto& content) { append(text, content); }, value.storage());
  return text;
}

Document load_plain(SourceText source) {
  Document document = {.id = std::move(source.id), .text = std::move(source.text)};
  set_text_begin(document.metadata, source.begin, 1);
  return document;
}

}  // namespace scaup::inline v0
