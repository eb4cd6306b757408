// with_retry.

#include "base/boundary.hpp"
#include "policy/retry_schedule.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

class RetriedEmbedder final : public Embedder {
 public:
  RetriedEmbedder(std::shared_ptr<const Embedder> embedder, const RetryOptions& options)
      : embedder_(std::move(embedder)), schedule_(options) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    return guarded([&] { return schedule_.run([&] { return embedder_->embed(texts, kind, stop); }, stop); });
  }
  const EmbedderIdentity& identity() const noexcept override { return embedder_->identity(); }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return embedder_->tokenizer(); }

 private:
  std::shared_ptr<const Embedder> embedder_;
  RetrySchedule schedule_;
};

class RetriedReranker final : public Reranker {
 public:
  RetriedReranker(std::shared_ptr<const Reranker> reranker, const RetryOptions& options)
      : reranker_(std::move(reranker)), schedule_(options) {}

  Result<std::vector<RerankScore>> rerank(std::string_view question, std::span<const std::string_view> texts,
                                          std::stop_token stop) const override {
    return guarded([&] { return schedule_.run([&] { return reranker_->rerank(question, texts, stop); }, stop); });
  }
  const RerankerIdentity& identity() const noexcept override { return reranker_->identity(); }

 private:
  std::shared_ptr<const Reranker> reranker_;
  RetrySchedule schedule_;
};

class RetriedChatModel final : public ChatModel {
 public:
  RetriedChatModel(std::shared_ptr<const ChatModel> model, const RetryOptions& options)
      : model_(std::move(model)), schedule_(options) {}

  Result<ChatReply> chat(std::span<const ChatMessage> messages, const ChatOptions& options,
                         std::stop_token stop) const override {
    return guarded([&] { return schedule_.run([&] { return model_->chat(messages, options, stop); }, stop); });
  }
  Result<ChatReply> stream(std::span<const ChatMessage> messages, const ChatSink& sink, const ChatOptions& options,
                           std::stop_token stop) const override {
    bool delivered = false;
    const ChatSink noting = [&](std::string_view piece) {
      delivered = true;
      return sink(piece);
    };
    return guarded([&] {
      return schedule_.run([&] { return model_->stream(messages, noting, options, stop); }, [&] { return !delivered; },
                           stop);
    });
  }
  const ChatIdentity& identity() const noexcept override { return model_->identity(); }

 private:
  std::shared_ptr<const ChatModel> model_;
  RetrySchedule schedule_;
};

template <typename Decorated, typename Interface>
Result<std::shared_ptr<const Interface>> retried(std::shared_ptr<const Interface> inner, const RetryOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Interface>> {
    if (Status valid = check_not_null(inner, "with_retry: what to decorate"); !valid) return std::move(valid).error();
    if (Status valid = check_retry_options(options); !valid) return std::move(valid).error();
    return std::make_shared<const Decorated>(std::move(inner), options);
  });
}

}  // namespace

Result<std::shared_ptr<const Embedder>> with_retry(std::shared_ptr<const Embedder> embedder,
                                                   const RetryOptions& options) {
  return retried<RetriedEmbedder>(std::move(embedder), options);
}

Result<std::shared_ptr<const Reranker>> with_retry(std::shared_ptr<const Reranker> reranker,
                                                   const RetryOptions& options) {
  return retried<RetriedReranker>(std::move(reranker), options);
}

Result<std::shared_ptr<const ChatModel>> with_retry(std::shared_ptr<const ChatModel> model,
                                                    const RetryOptions& options) {
  return retried<RetriedChatModel>(std::move(model), options);
}

}  // namespace scaup::inline v0
