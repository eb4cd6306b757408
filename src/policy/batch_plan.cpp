#include "policy/batch_plan.hpp"

namespace scaup::inline v0 {
namespace {

// Written so that no sum overflows: `used` is within the limit.
bool fits(std::size_t limit, std::size_t used, std::size_t more) noexcept {
  return limit == 0 || more <= limit - used;
}

// One call that is being filled.
class OpenBatch {
 public:
  explicit OpenBatch(const BatchOptions& limits) : limits_(limits) {}

  [[nodiscard]] bool takes(const TextCost& text) const noexcept {
    return fits(limits_.max_texts, texts_, 1) && fits(limits_.max_tokens, tokens_, text.tokens) &&
           fits(limits_.max_bytes, bytes_, text.bytes);
  }
  void add(const TextCost& text) noexcept {
    ++texts_;
    tokens_ += text.tokens;
    bytes_ += text.bytes;
  }

 private:
  const BatchOptions& limits_;
  std::size_t texts_ = 0;
  std::size_t tokens_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

std::vector<TextRange> plan_batches(std::span<const TextCost> texts, const BatchOptions& limits) {
  std::vector<TextRange> ranges;
  std::size_t begin = 0;
  while (begin < texts.size()) {
    OpenBatch batch(limits);
    std::size_t end = begin;
    while (end < texts.size() && batch.takes(texts[end])) batch.add(texts[end++]);
    if (end == begin) ++end;  // too large by itself
    ranges.push_back({.begin = begin, .end = end});
    begin = end;
  }
  return ranges;
}

}  // namespace scaup::inline v0
