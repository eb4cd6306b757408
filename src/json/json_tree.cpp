// Looking into a tree; json_reader.cpp makes it.

#include "json/json_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "json/number_list.hpp"

namespace scaup::inline v0 {

std::string_view to_string(JsonKind kind) noexcept {
  static constexpr std::array<std::string_view, 7> kNames = {"null",  "boolean", "number", "string",
                                                             "array", "object",  "array"};
  return kNames[static_cast<std::size_t>(kind)];
}

const JsonNode* JsonNode::find(std::string_view wanted) const noexcept {
  if (kind != JsonKind::object) return nullptr;
  const auto member = std::ranges::find(children, wanted, &JsonNode::key);
  return member == children.end() || member->kind == JsonKind::null ? nullptr : &*member;
}

std::string_view JsonNode::find_text(std::string_view wanted) const noexcept {
  const JsonNode* const member = find(wanted);
  return member != nullptr && member->kind == JsonKind::string ? member->text : std::string_view();
}

std::optional<std::uint64_t> JsonNode::find_unsigned(std::string_view wanted) const noexcept {
  const JsonNode* const member = find(wanted);
  if (member == nullptr || member->kind != JsonKind::number) return std::nullopt;
  const char* const end = member->text.data() + member->text.size();
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(member->text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> JsonNode::as_double() const noexcept {
  return kind == JsonKind::number ? read_double(text) : std::nullopt;
}

}  // namespace scaup::inline v0
