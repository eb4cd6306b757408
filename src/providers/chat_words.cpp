// Words of the providers in ours.

#include "providers/chat_words.hpp"

namespace scaup::inline v0 {
namespace {

FinishReason finish_of(std::string_view word) noexcept {
  if (word == "stop") return FinishReason::stop;
  if (word == "length" || word == "model_length") return FinishReason::length;
  return word == "content_filter" ? FinishReason::content_filter : FinishReason::other;
}

}  // namespace

std::string content_text(const JsonNode& message) {
  const JsonNode* const content = message.find("content");
  if (content == nullptr) return {};
  if (content->kind == JsonKind::string) return std::string(content->text);
  std::string text;
  for (const JsonNode& part : content->children) text += part.find_text("text");
  return text;
}

void set_finish(ChatReply& reply, std::string_view word) {
  reply.finish_word = word.empty() ? "stop" : word;
  reply.finish = finish_of(reply.finish_word);
}

TokenUsage openai_usage(const JsonNode& root) noexcept {
  const JsonNode* const usage = root.find("usage");
  if (usage == nullptr) return {};
  return {.input_tokens = usage->find_unsigned("prompt_tokens").value_or(0),
          .output_tokens = usage->find_unsigned("completion_tokens").value_or(0)};
}

TokenUsage ollama_usage(const JsonNode& root) noexcept {
  return {.input_tokens = root.find_unsigned("prompt_eval_count").value_or(0),
          .output_tokens = root.find_unsigned("eval_count").value_or(0)};
}

}  // namespace scaup::inline v0
