#pragma once
// Members that whole replies and pieces of replies share.

#include <string>
#include <string_view>

#include "json/json_tree.hpp"
#include "scaup/chat.hpp"

namespace scaup::inline v0 {

/// The text in "content": a string, or a list of parts of which those with a "text" count.
[[nodiscard]] std::string content_text(const JsonNode& message);

/// Sets `finish` and `finish_word`; an empty word is "stop".
void set_finish(ChatReply& reply, std::string_view word);

[[nodiscard]] TokenUsage openai_usage(const JsonNode& root) noexcept;
[[nodiscard]] TokenUsage ollama_usage(const JsonNode& root) noexcept;

}  // namespace scaup::inline v0
