#pragma once
// Scalars and flow lists of YAML.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// A scalar: what it is, and its text.
struct YamlScalar {
  std::optional<Value> value = {};  ///< nothing for null
  std::string text = {};            ///< without quotes and escapes
};

/// `text` without a comment at its end, nor white space around.
[[nodiscard]] std::string_view without_comment(std::string_view text) noexcept;

/// Reads text without a comment. Text that is no well-formed scalar is a string of itself.
[[nodiscard]] YamlScalar read_scalar(std::string_view text);

/// The scalars of `[a, "b, c", 3]`; nothing if it is no such list.
[[nodiscard]] std::optional<std::vector<YamlScalar>> read_flow_list(std::string_view text);

/// A list of the type that all have; of strings, each as it is written, where they differ.
[[nodiscard]] Value to_list(const std::vector<YamlScalar>& scalars);

}  // namespace scaup::inline v0
