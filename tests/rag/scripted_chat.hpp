#pragma once
// A chat model that says what a test wants, in pieces, and keeps what it was told.

#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scaup/chat.hpp"

namespace scaup::test {

class ScriptedChat final : public ChatModel {
 public:
  using Script = std::function<Result<ChatReply>(std::span<const ChatMessage>)>;

  explicit ScriptedChat(Script script, std::size_t piece = 3) : script_(std::move(script)), piece_(piece) {}

  static std::shared_ptr<ScriptedChat> saying(const std::string& text) {
    return std::make_shared<ScriptedChat>([text](auto) -> Result<ChatReply> {
      return ChatReply{.text = text, .usage = {10, 5}};
    });
  }

  Result<ChatReply> chat(std::span<const ChatMessage> messages, const ChatOptions& /*options*/,
                         std::stop_token stop) const override {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "stopped");
    {
      const std::lock_guard lock(mutex_);
      told_.emplace_back(messages.begin(), messages.end());
    }
    return script_(messages);
  }
  Result<ChatReply> stream(std::span<const ChatMessage> messages, const ChatSink& sink, const ChatOptions& options,
                           std::stop_token stop) const override {
    auto reply = chat(messages, options, stop);
    if (!reply) return reply;
    for (std::size_t i = 0; i < reply->text.size(); i += piece_) {
      if (Status taken = sink(std::string_view(reply->text).substr(i, piece_)); !taken) return std::move(taken).error();
    }
    if (breaks_off_) return Error(ErrorCode::unavailable, "the stream ended in the middle");
    return reply;
  }
  const ChatIdentity& identity() const noexcept override { return identity_; }

  void break_off() { breaks_off_ = true; }
  [[nodiscard]] std::vector<std::vector<ChatMessage>> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  Script script_;
  std::size_t piece_;
  bool breaks_off_ = false;
  ChatIdentity identity_{.provider = "scripted", .model = "m"};
  mutable std::mutex mutex_;
  mutable std::vector<std::vector<ChatMessage>> told_;
};

}  // namespace scaup::test
