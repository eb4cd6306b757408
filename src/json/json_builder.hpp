#pragma once
// JSON text of objects and arrays, written front to back; it puts the commas.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// Writes one JSON value. The caller opens and closes in turn and gives each member of an object a key first.
/// Single-threaded: one thread at a time, even for const members.
class SCAUP_API JsonBuilder {
 public:
  JsonBuilder& open_object() { return open('{'); }
  JsonBuilder& close_object() { return close('}'); }
  JsonBuilder& open_array() { return open('['); }
  JsonBuilder& close_array() { return close(']'); }
  JsonBuilder& key(std::string_view name);

  /// `text` must be UTF-8.
  JsonBuilder& string(std::string_view text);
  JsonBuilder& integer(std::int64_t value);
  /// `value` must be finite.
  JsonBuilder& number(double value);
  JsonBuilder& boolean(bool value);
  /// `json` must be one JSON value.
  JsonBuilder& raw(std::string_view json);

  JsonBuilder& member(std::string_view name, std::string_view text) { return key(name).string(text); }

  /// The text so far.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  JsonBuilder& open(char bracket);
  JsonBuilder& close(char bracket);
  void separate();

  std::string text_;
};

}  // namespace scaup::inline v0
