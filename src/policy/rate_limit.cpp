// with_rate_limit.

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "policy/token_estimate.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

// Asks the limiter, then makes the call.
template <typename Call>
auto limited(RateLimiter& limiter, std::size_t tokens, const std::stop_token& stop, const Call& call)
    -> decltype(call()) {
  if (Status may = limiter.acquire(tokens, stop); !may) return std::move(may).error();
  return call();
}

class LimitedEmbedder final : public Embedder {
 public:
  LimitedEmbedder(std::shared_ptr<const Embedder> embedder, std::shared_ptr<RateLimiter> limiter)
      : embedder_(std::move(embedder)), tokenizer_(embedder_->tokenizer()), limiter_(std::move(limiter)) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    return guarded([&] {
      const std::size_t tokens = count_tokens(tokenizer_.get(), texts);
      return limited(*limiter_, tokens, stop, [&] { return embedder_->embed(texts, kind, stop); });
    });
  }
  const EmbedderIdentity& identity() const noexcept override { return embedder_->identity(); }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return tokenizer_; }

 private:
  std::shared_ptr<const Embedder> embedder_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::shared_ptr<RateLimiter> limiter_;
};

class LimitedReranker final : public Reranker {
 public:
  LimitedReranker(std::shared_ptr<const Reranker> reranker, std::shared_ptr<RateLimiter> limiter)
      : reranker_(std::move(reranker)), limiter_(std::move(limiter)) {}

  // The model reads the question with each text.
  Result<std::vector<RerankScore>> rerank(std::string_view question, std::span<const std::string_view> texts,
                                          std::stop_token stop) const override {
    return guarded([&] {
      const std::size_t tokens = count_tokens(nullptr, texts) + texts.size() * estimated_tokens(question);
      return limited(*limiter_, tokens, stop, [&] { return reranker_->rerank(question, texts, stop); });
    });
  }
  const RerankerIdentity& identity() const noexcept override { return reranker_->identity(); }

 private:
  std::shared_ptr<const Reranker> reranker_;
  std::shared_ptr<RateLimiter> limiter_;
};

class LimitedChatModel final : public ChatModel {
 public:
  LimitedChatModel(std::shared_ptr<const ChatModel> model, std::shared_ptr<RateLimiter> limiter)
      : model_(std::move(model)), limiter_(std::move(limiter)) {}

  Result<ChatReply> chat(std::span<const ChatMessage> messages, const ChatOptions& options,
                         std::stop_token stop) const override {
    return guarded([&] {
      return limited(*limiter_, tokens_of(messages), stop, [&] { return model_->chat(messages, options, stop); });
    });
  }
  Result<ChatReply> stream(std::span<const ChatMessage> messages, const ChatSink& sink, const ChatOptions& options,
                           std::stop_token stop) const override {
    return guarded([&] {
      return limited(*limiter_, tokens_of(messages), stop,
                     [&] { return model_->stream(messages, sink, options, stop); });
    });
  }
  const ChatIdentity& identity() const noexcept override { return model_->identity(); }

 private:
  static std::size_t tokens_of(std::span<const ChatMessage> messages) noexcept {
    std::size_t tokens = 0;
    for (const ChatMessage& message : messages) tokens += estimated_tokens(message.text);
    return tokens;
  }

  std::shared_ptr<const ChatModel> model_;
  std::shared_ptr<RateLimiter> limiter_;
};

template <typename Decorated, typename Interface>
Result<std::shared_ptr<const Interface>> with_limiter(std::shared_ptr<const Interface> inner,
                                                      std::shared_ptr<RateLimiter> limiter) {
  return guarded([&]() -> Result<std::shared_ptr<const Interface>> {
    Status valid = check_not_null(inner, "with_rate_limit: what to decorate");
    if (valid) valid = check_not_null(limiter, "with_rate_limit: the limiter");
    if (!valid) return std::move(valid).error();
    return std::make_shared<const Decorated>(std::move(inner), std::move(limiter));
  });
}

}  // namespace

Result<std::shared_ptr<const Embedder>> with_rate_limit(std::shared_ptr<const Embedder> embedder,
                                                        std::shared_ptr<RateLimiter> limiter) {
  return with_limiter<LimitedEmbedder>(std::move(embedder), std::move(limiter));
}

Result<std::shared_ptr<const Reranker>> with_rate_limit(std::shared_ptr<const Reranker> reranker,
                                                        std::shared_ptr<RateLimiter> limiter) {
  return with_limiter<LimitedReranker>(std::move(reranker), std::move(limiter));
}

Result<std::shared_ptr<const ChatModel>> with_rate_limit(std::shared_ptr<const ChatModel> model,
                                                         std::shared_ptr<RateLimiter> limiter) {
  return with_limiter<LimitedChatModel>(std::move(model), std::move(limiter));
}

}  // namespace scaup::inline v0
