// Whole replies.

#include "providers/chat_reply.hpp"

#include "providers/chat_words.hpp"

namespace scaup::inline v0 {
namespace {

Error reply_error(std::string_view what) {
  return {ErrorCode::bad_reply, std::string(what)};
}

Result<ChatReply> read_openai(const JsonNode& root) {
  const JsonNode* const choices = root.find("choices");
  if (choices == nullptr || choices->kind != JsonKind::array || choices->children.empty()) {
    return reply_error("no member \"choices\"");
  }
  const JsonNode& choice = choices->children.front();
  const JsonNode* const message = choice.find("message");
  if (message == nullptr) return reply_error("a choice without message");
  ChatReply reply = {.text = content_text(*message), .model = std::string(root.find_text("model"))};
  set_finish(reply, choice.find_text("finish_reason"));
  if (const auto refusal = message->find_text("refusal"); reply.text.empty() && !refusal.empty()) {
    reply.text = refusal;
    reply.finish = FinishReason::content_filter;
  }
  reply.usage = openai_usage(root);
  return reply;
}

Result<ChatReply> read_ollama(const JsonNode& root) {
  const JsonNode* const message = root.find("message");
  if (message == nullptr) return reply_error("no member \"message\"");
  ChatReply reply = {.text = content_text(*message), .model = std::string(root.find_text("model"))};
  set_finish(reply, root.find_text("done_reason"));
  reply.usage = ollama_usage(root);
  return reply;
}

}  // namespace

Result<ChatReply> read_chat_reply(ChatProtocol protocol, const JsonNode& root) {
  return protocol == ChatProtocol::ollama ? read_ollama(root) : read_openai(root);
}

}  // namespace scaup::inline v0
