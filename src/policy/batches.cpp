// with_batches.

#include <algorithm>

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "base/parallel.hpp"
#include "base/utf8.hpp"
#include "embed/embed_checked.hpp"
#include "policy/batch_plan.hpp"
#include "policy/token_estimate.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxConcurrentCalls = 64;

std::string place_of(const TextRange& range) {
  if (range.size() == 1) return "text " + std::to_string(range.begin);
  return "texts " + std::to_string(range.begin) + " to " + std::to_string(range.end - 1);
}

// One call of `embed` that is cut into several. Calls on different ranges may run at once.
class BatchedCall {
 public:
  BatchedCall(const Embedder& embedder, std::span<const std::string_view> texts, TextKind kind,
              const std::stop_token& stop)
      : embedder_(embedder), texts_(texts), kind_(kind), stop_(stop) {
    rows_.dimension = embedder.identity().dimension;
    rows_.values.resize(texts.size() * rows_.dimension);
  }

  Status embed(const TextRange& range) {
    auto rows = embed_checked(embedder_, texts_.subspan(range.begin, range.size()), kind_, stop_);
    if (rows) {
      store(range, *rows);
      return {};
    }
    if (range.size() > 1 && rows.error().code() == ErrorCode::invalid_argument) return embed_halves(range);
    Error error = std::move(rows).error();
    error.add_context(place_of(range));
    return error;
  }

  Embeddings take() && { return std::move(rows_); }

 private:
  // The first half that is refused again has a text that is to blame.
  Status embed_halves(const TextRange& range) {
    const std::size_t middle = range.begin + range.size() / 2;
    Status first = embed({.begin = range.begin, .end = middle});
    return first ? embed({.begin = middle, .end = range.end}) : first;
  }

  void store(const TextRange& range, const Embeddings& rows) {
    const auto place = rows_.values.begin() + static_cast<std::ptrdiff_t>(range.begin * rows_.dimension);
    std::ranges::copy(rows.values, place);
  }

  const Embedder& embedder_;
  std::span<const std::string_view> texts_;
  TextKind kind_;
  const std::stop_token& stop_;
  Embeddings rows_;
};

class BatchedEmbedder final : public Embedder {
 public:
  BatchedEmbedder(std::shared_ptr<const Embedder> embedder, const BatchOptions& options)
      : embedder_(std::move(embedder)), tokenizer_(embedder_->tokenizer()), options_(options) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    return guarded([&]() -> Result<Embeddings> {
      if (Status valid = check_texts(texts); !valid) return std::move(valid).error();
      const std::vector<TextRange> ranges = plan_batches(costs_of(texts), options_);
      BatchedCall call(*embedder_, texts, kind, stop);
      const auto task = [&](std::size_t which) { return call.embed(ranges[which]); };
      Status done = parallel_for(ranges.size(), thread_count(options_.max_concurrent_calls, ranges.size()), task);
      if (!done) return std::move(done).error();
      return std::move(call).take();
    });
  }
  const EmbedderIdentity& identity() const noexcept override { return embedder_->identity(); }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return tokenizer_; }

 private:
  // Before anything is sent: a provider would refuse the whole request, and the halves of it would be paid for.
  static Status check_texts(std::span<const std::string_view> texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (const auto place = find_invalid_utf8(texts[i])) {
        return Error(ErrorCode::invalid_argument,
                     place_of({.begin = i, .end = i + 1}) + " is not UTF-8 at offset " + std::to_string(*place));
      }
    }
    return {};
  }

  [[nodiscard]] std::vector<TextCost> costs_of(std::span<const std::string_view> texts) const {
    std::vector<TextCost> costs(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
      costs[i].bytes = texts[i].size();
      if (options_.max_tokens != 0) costs[i].tokens = count_tokens(tokenizer_.get(), texts[i]);
    }
    return costs;
  }

  std::shared_ptr<const Embedder> embedder_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  BatchOptions options_;
};

}  // namespace

Result<std::shared_ptr<const Embedder>> with_batches(std::shared_ptr<const Embedder> embedder,
                                                     const BatchOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    if (Status valid = check_not_null(embedder, "with_batches: the embedder"); !valid) return std::move(valid).error();
    const std::size_t calls = options.max_concurrent_calls;
    if (calls < 1 || calls > kMaxConcurrentCalls) {
      return Error(ErrorCode::invalid_argument, "with_batches: max_concurrent_calls is " + std::to_string(calls) +
                                                    ", allowed are 1 to " + std::to_string(kMaxConcurrentCalls));
    }
    return std::make_shared<const BatchedEmbedder>(std::move(embedder), options);
  });
}

}  // namespace scaup::inline v0
