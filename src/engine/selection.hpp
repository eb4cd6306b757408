#pragma once
// What a filter selects in one snapshot: everything, or slots from the filter index, of which conditions on the
// text may still rule some out.

#include <optional>

#include "engine/table.hpp"
#include "filter/evaluator.hpp"
#include "filter/filter_index.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Selection {
 public:
  /// Everything.
  Selection() = default;
  /// The answer of the index; `evaluator` decides where it is not exact.
  Selection(FilterAnswer answer, FilterEvaluator evaluator) : answer_(std::move(answer)) {
    if (!answer_->exact) evaluator_.emplace(std::move(evaluator));
  }

  [[nodiscard]] bool everything() const noexcept { return !answer_.has_value(); }
  /// The slots selected, or where a look at the document is needed, some more; not for everything.
  [[nodiscard]] const SlotSet& slots() const noexcept { return answer_->slots; }
  /// Whether the documents of `slots()` must be looked at.
  [[nodiscard]] bool needs_document() const noexcept { return evaluator_.has_value(); }
  /// Whether the document of a slot among `slots()` is selected.
  [[nodiscard]] bool holds(const DocumentView& document) const {
    return !evaluator_ || evaluator_->matches(document.text(), document.metadata());
  }

 private:
  std::optional<FilterAnswer> answer_;
  std::optional<FilterEvaluator> evaluator_;
};

}  // namespace scaup::inline v0
