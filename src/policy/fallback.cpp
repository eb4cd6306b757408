// with_fallback.

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "scaup/policies.hpp"

namespace scaup::inline v0 {
namespace {

// Whether another provider may do better with the same call.
bool is_providers_trouble(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::unavailable:
    case ErrorCode::rate_limited:
    case ErrorCode::quota_exhausted:
    case ErrorCode::unauthorized:
    case ErrorCode::not_found:
    case ErrorCode::bad_reply: return true;
    default: return false;
  }
}

Error both_failed(const Error& first, Error second) {
  second.add_context("the first provider failed (" + first.message() + "), and so did the second");
  return second;
}

// The first call, and the second one where that may help and `may_repeat()` allows it.
template <typename First, typename Second, typename MayRepeat>
auto first_or_second(const First& first, const Second& second, const MayRepeat& may_repeat) -> decltype(first()) {
  auto result = first();
  if (result || !is_providers_trouble(result.error().code()) || !may_repeat()) return result;
  auto other = second();
  if (other) return other;
  return both_failed(result.error(), std::move(other).error());
}

template <typename First, typename Second>
auto first_or_second(const First& first, const Second& second) -> decltype(first()) {
  return first_or_second(first, second, [] { return true; });
}

class FallbackEmbedder final : public Embedder {
 public:
  FallbackEmbedder(std::shared_ptr<const Embedder> first, std::shared_ptr<const Embedder> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    return guarded([&] {
      return first_or_second([&] { return first_->embed(texts, kind, stop); },
                             [&] { return second_->embed(texts, kind, stop); });
    });
  }
  const EmbedderIdentity& identity() const noexcept override { return first_->identity(); }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return first_->tokenizer(); }

 private:
  std::shared_ptr<const Embedder> first_, second_;
};

class FallbackReranker final : public Reranker {
 public:
  FallbackReranker(std::shared_ptr<const Reranker> first, std::shared_ptr<const Reranker> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  Result<std::vector<RerankScore>> rerank(std::string_view question, std::span<const std::string_view> texts,
                                          std::stop_token stop) const override {
    return guarded([&] {
      return first_or_second([&] { return first_->rerank(question, texts, stop); },
                             [&] { return second_->rerank(question, texts, stop); });
    });
  }
  const RerankerIdentity& identity() const noexcept override { return first_->identity(); }

 private:
  std::shared_ptr<const Reranker> first_, second_;
};

class FallbackChatModel final : public ChatModel {
 public:
  FallbackChatModel(std::shared_ptr<const ChatModel> first, std::shared_ptr<const ChatModel> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  Result<ChatReply> chat(std::span<const ChatMessage> messages, const ChatOptions& options,
                         std::stop_token stop) const override {
    return guarded([&] {
      return first_or_second([&] { return first_->chat(messages, options, stop); },
                             [&] { return second_->chat(messages, options, stop); });
    });
  }
  Result<ChatReply> stream(std::span<const ChatMessage> messages, const ChatSink& sink, const ChatOptions& options,
                           std::stop_token stop) const override {
    bool delivered = false;
    const ChatSink noting = [&](std::string_view piece) {
      delivered = true;
      return sink(piece);
    };
    return guarded([&] {
      return first_or_second([&] { return first_->stream(messages, noting, options, stop); },
                             [&] { return second_->stream(messages, sink, options, stop); },
                             [&] { return !delivered; });
    });
  }
  const ChatIdentity& identity() const noexcept override { return first_->identity(); }

 private:
  std::shared_ptr<const ChatModel> first_, second_;
};

template <typename Interface>
Status check_both(const std::shared_ptr<const Interface>& first, const std::shared_ptr<const Interface>& second) {
  Status valid = check_not_null(first, "with_fallback: the first provider");
  return valid ? check_not_null(second, "with_fallback: the second provider") : valid;
}

Status check_comparable(const EmbedderIdentity& first, const EmbedderIdentity& second) {
  EmbedderIdentity same_provider = second;
  same_provider.provider = first.provider;
  if (first == same_provider) return {};
  return Error(ErrorCode::embedder_mismatch, "with_fallback: vectors of " + to_string(first) + " and of " +
                                                 to_string(second) + " cannot be compared; give the same model");
}

template <typename Decorated, typename Interface>
Result<std::shared_ptr<const Interface>> either(std::shared_ptr<const Interface> first,
                                                std::shared_ptr<const Interface> second) {
  return guarded([&]() -> Result<std::shared_ptr<const Interface>> {
    if (Status valid = check_both(first, second); !valid) return std::move(valid).error();
    return std::make_shared<const Decorated>(std::move(first), std::move(second));
  });
}

}  // namespace

Result<std::shared_ptr<const Embedder>> with_fallback(std::shared_ptr<const Embedder> first,
                                                      std::shared_ptr<const Embedder> second) {
  if (first != nullptr && second != nullptr) {
    auto comparable = guarded([&] { return check_comparable(first->identity(), second->identity()); });
    if (!comparable) return std::move(comparable).error();
  }
  return either<FallbackEmbedder>(std::move(first), std::move(second));
}

Result<std::shared_ptr<const Reranker>> with_fallback(std::shared_ptr<const Reranker> first,
                                                      std::shared_ptr<const Reranker> second) {
  return either<FallbackReranker>(std::move(first), std::move(second));
}

Result<std::shared_ptr<const ChatModel>> with_fallback(std::shared_ptr<const ChatModel> first,
                                                       std::shared_ptr<const ChatModel> second) {
  return either<FallbackChatModel>(std::move(first), std::move(second));
}

}  // namespace scaup::inline v0
