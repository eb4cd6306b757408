#pragma once
// How a list of texts is cut into calls within a provider's limits.

#include <cstddef>
#include <span>
#include <vector>

#include "scaup/policies.hpp"

namespace scaup::inline v0 {

/// What one text adds to a call.
struct TextCost {
  std::size_t tokens = 0;
  std::size_t bytes = 0;
};

/// Texts `[begin, end)` of a list.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

/// Ranges that follow one another and cover all texts, each as long as the limits allow. A text that is over a limit
/// by itself gets a call of its own: the provider may count otherwise.
[[nodiscard]] std::vector<TextRange> plan_batches(std::span<const TextCost> texts, const BatchOptions& limits);

}  // namespace scaup::inline v0
