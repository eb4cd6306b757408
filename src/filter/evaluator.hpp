#pragma once
// FilterEvaluator: whether a filter holds for a document. The reference for every faster way to answer.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "filter/regex.hpp"
#include "scaup/document.hpp"
#include "scaup/filter.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A filter made ready for many documents: checked, regular expressions compiled, lists of values sorted.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class FilterEvaluator {
 public:
  /// Errors: those of `Filter::validate`.
  [[nodiscard]] static Result<FilterEvaluator> prepare(const Filter& filter);

  /// Whether the filter holds for a document with this text and metadata. `text` is looked at only if
  /// `needs_text()`. Throws nothing but std::bad_alloc, which a regular expression may.
  [[nodiscard]] bool matches(std::string_view text, const Metadata& metadata) const;

  /// Whether any condition is about the text.
  [[nodiscard]] bool needs_text() const noexcept { return needs_text_; }

 private:
  struct Builder;

  // One node of the filter. Key and operands point into the nodes of `filter_`, which never move.
  struct Step {
    FilterOperator operation = FilterOperator::everything;
    std::string_view key = {};
    std::vector<const Value*> operands = {};  // of `in` and `not_in`: ascending
    std::vector<Step> children = {};
    std::optional<Regex> regex = {};
  };

  static bool holds(const Step& step, std::string_view text, const Metadata& metadata);
  static bool has_part(const Step& step, std::string_view text);
  static bool field_holds(const Step& step, const Value* value);

  Filter filter_;
  Step root_;
  bool needs_text_ = false;
};

}  // namespace scaup::inline v0
