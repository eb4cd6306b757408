#pragma once
// Embedders, rerankers and chat models that do what a test says, and count their calls.

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scaup/chat.hpp"
#include "scaup/embedder.hpp"
#include "scaup/reranker.hpp"

namespace scaup::test {

/// Dimension 2: the number in the text, and 1.
class FakeEmbedder final : public Embedder {
 public:
  using Texts = std::vector<std::string>;
  using Refusal = std::function<Status(const Texts&)>;

  explicit FakeEmbedder(Refusal refusal = {}, std::string provider = "fake")
      : refusal_(std::move(refusal)), identity_{.provider = std::move(provider), .model = "m", .dimension = 2} {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind /*kind*/,
                           std::stop_token stop) const override {
    const Texts list(texts.begin(), texts.end());
    {
      const std::lock_guard lock(mutex_);
      calls_.push_back(list);
    }
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "stopped");
    if (Status may = refusal_ ? refusal_(list) : Status(); !may) return std::move(may).error();
    Embeddings rows{.dimension = 2};
    for (const std::string& text : list) {
      rows.values.push_back(std::stof(text));
      rows.values.push_back(1);
    }
    return rows;
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

  void set_identity(EmbedderIdentity identity) { identity_ = std::move(identity); }
  [[nodiscard]] std::vector<Texts> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  Refusal refusal_;
  EmbedderIdentity identity_;
  mutable std::mutex mutex_;
  mutable std::vector<Texts> calls_;
};

/// Fails so many calls with an error, then succeeds.
class Failures {
 public:
  Failures(int count, Error error) : left_(count), error_(std::move(error)) {}
  Status operator()() {
    if (left_ == 0) return {};
    --left_;
    return error_;
  }

 private:
  int left_;
  Error error_;
};

class FakeChatModel final : public ChatModel {
 public:
  /// `pieces` are delivered before the status of `ending` is returned.
  FakeChatModel(std::vector<std::string> pieces, std::function<Status()> ending)
      : pieces_(std::move(pieces)), ending_(std::move(ending)) {}

  Result<ChatReply> chat(std::span<const ChatMessage> /*messages*/, const ChatOptions& /*options*/,
                         std::stop_token /*stop*/) const override {
    ++calls_;
    if (Status end = ending_(); !end) return std::move(end).error();
    ChatReply reply;
    for (const std::string& piece : pieces_) reply.text += piece;
    return reply;
  }
  Result<ChatReply> stream(std::span<const ChatMessage> /*messages*/, const ChatSink& sink,
                           const ChatOptions& /*options*/, std::stop_token /*stop*/) const override {
    ++calls_;
    ChatReply reply;
    for (const std::string& piece : pieces_) {
      if (Status taken = sink(piece); !taken) return std::move(taken).error();
      reply.text += piece;
    }
    if (Status end = ending_(); !end) return std::move(end).error();
    return reply;
  }
  const ChatIdentity& identity() const noexcept override { return identity_; }
  [[nodiscard]] int calls() const noexcept { return calls_; }

 private:
  std::vector<std::string> pieces_;
  std::function<Status()> ending_;
  ChatIdentity identity_{.provider = "fake", .model = "m"};
  mutable std::atomic<int> calls_ = 0;
};

class FakeReranker final : public Reranker {
 public:
  explicit FakeReranker(std::function<Status()> ending) : ending_(std::move(ending)) {}

  Result<std::vector<RerankScore>> rerank(std::string_view /*question*/, std::span<const std::string_view> texts,
                                          std::stop_token /*stop*/) const override {
    ++calls_;
    if (Status end = ending_(); !end) return std::move(end).error();
    std::vector<RerankScore> scores;
    for (std::size_t i = 0; i < texts.size(); ++i) scores.push_back({.index = i, .score = 1});
    return scores;
  }
  const RerankerIdentity& identity() const noexcept override { return identity_; }
  [[nodiscard]] int calls() const noexcept { return calls_; }

 private:
  std::function<Status()> ending_;
  RerankerIdentity identity_{.provider = "fake", .model = "m"};
  mutable std::atomic<int> calls_ = 0;
};

inline std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace scaup::test
