// A comma is due before a value unless the text ends with what opens or introduces one.

#include "json/json_builder.hpp"

#include "json/json_writer.hpp"

namespace scaup::inline v0 {

void JsonBuilder::separate() {
  if (!text_.empty() && text_.back() != '{' && text_.back() != '[' && text_.back() != ':') text_ += ',';
}

JsonBuilder& JsonBuilder::open(char bracket) {
  separate();
  text_ += bracket;
  return *this;
}

JsonBuilder& JsonBuilder::close(char bracket) {
  text_ += bracket;
  return *this;
}

JsonBuilder& JsonBuilder::key(std::string_view name) {
  separate();
  append_json_string(text_, name);
  text_ += ':';
  return *this;
}

JsonBuilder& JsonBuilder::string(std::string_view text) {
  separate();
  append_json_string(text_, text);
  return *this;
}

JsonBuilder& JsonBuilder::integer(std::int64_t value) {
  separate();
  append_json(text_, value);
  return *this;
}

JsonBuilder& JsonBuilder::number(double value) {
  separate();
  append_json(text_, value);
  return *this;
}

JsonBuilder& JsonBuilder::boolean(bool value) {
  separate();
  append_json(text_, value);
  return *this;
}

JsonBuilder& JsonBuilder::raw(std::string_view json) {
  separate();
  text_ += json;
  return *this;
}

}  // namespace scaup::inline v0
