#pragma once
// What a model is told: the template filled in, with the passages fenced as data.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rag/passages.hpp"
#include "scaup/rag.hpp"

namespace scaup::inline v0 {

/// Errors: `invalid_argument` where a placeholder is missing or comes twice.
[[nodiscard]] Status check_template(const PromptTemplate& prompt);

/// The conversation: the system's rules, the history, and the question with the passages, which are numbered from 1 in
/// the order given. Text in passages that looks like their fence is made harmless.
[[nodiscard]] std::vector<ChatMessage> make_messages(const PromptTemplate& prompt, std::span<const ChatMessage> history,
                                                     std::span<const Passage> passages, std::string_view question);

/// Whether an answer repeats what the model was told instead of answering.
[[nodiscard]] bool repeats_prompt(std::string_view answer, const PromptTemplate& prompt);

/// Whether a question can hardly be understood without the one before it: it begins with a word that goes on, or has
/// one that points back. By English words.
[[nodiscard]] bool leans_on_history(std::string_view question);

/// Asks for the last question of a conversation so that it can be understood alone.
[[nodiscard]] std::vector<ChatMessage> rewrite_messages(std::span<const ChatMessage> history,
                                                        std::string_view question);

/// Asks for other ways to ask a question, one a line.
[[nodiscard]] std::vector<ChatMessage> other_questions_messages(std::string_view question, std::size_t count);

/// The lines of an answer to that, without numbers, dashes and empty ones; at most `count`.
[[nodiscard]] std::vector<std::string> read_other_questions(std::string_view answer, std::size_t count);

}  // namespace scaup::inline v0
