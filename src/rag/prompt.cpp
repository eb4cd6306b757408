#include "rag/prompt.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kPassages = "{passages}";
constexpr std::string_view kQuestion = "{question}";
constexpr std::string_view kFence = "passage";  // <passage number="1"> ... </passage>

bool begins_with_fence(std::string_view text) noexcept {
  return text.size() >= kFence.size() &&
         std::equal(kFence.begin(), kFence.end(), text.begin(), [](char a, char b) { return a == ascii_lower(b); });
}

// A '<' before the fence's word, with or without a slash, becomes "&lt;".
std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '<') {
      out += text[i];
      continue;
    }
    std::string_view rest = text.substr(i + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of("/ \t\r\n"), rest.size()));
    out += begins_with_fence(rest) ? "&lt;" : "<";
  }
  return out;
}

// The value of an attribute of the fence.
std::string attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"') {
      out += "&quot;";
    } else if (static_cast<unsigned char>(c) >= ' ') {
      out += c;
    }
  }
  return harmless(out);
}

std::string fenced(const Passage& passage, std::size_t number) {
  std::string out =
      "<passage number=\"" + std::to_string(number) + "\" source=\"" + attribute(passage.origin.source_id) + "\"";
  if (passage.origin.page) out += " page=\"" + std::to_string(*passage.origin.page) + "\"";
  if (!passage.origin.section.empty()) out += " section=\"" + attribute(passage.origin.section.back()) + "\"";
  return out + ">\n" + harmless(passage.text) + "\n</passage>";
}

std::size_t count_of(std::string_view text, std::string_view what) noexcept {
  std::size_t count = 0;
  for (auto place = text.find(what); place != std::string_view::npos; place = text.find(what, place + what.size())) {
    ++count;
  }
  return count;
}

// The text with both placeholders filled in; what is put in is not looked at again.
std::string filled(std::string_view text, std::string_view passages, std::string_view question) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with(kPassages)) {
      out += passages;
      i += kPassages.size();
    } else if (text.substr(i).starts_with(kQuestion)) {
      out += question;
      i += kQuestion.size();
    } else {
      out += text[i++];
    }
  }
  return out;
}

std::string transcript(std::span<const ChatMessage> history) {
  std::string out;
  for (const ChatMessage& message : history) {
    if (message.role == ChatRole::system) continue;
    out += (message.role == ChatRole::user ? "User: " : "Assistant: ") + message.text + "\n";
  }
  return out;
}

// Without "1. ", "2) ", "- " or a quote before the text.
std::string_view without_list_mark(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t-*\""), line.size()));
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  const bool has_mark = digits > 0 && digits < line.size() && (line[digits] == '.' || line[digits] == ')');
  const bool is_numbered = has_mark && is_blank(line.substr(digits + 1, 1));  // and not "3.5 litres of what?"
  if (is_numbered) line.remove_prefix(digits + 1);
  line.remove_prefix(std::min(line.find_first_not_of(" \t\""), line.size()));
  return line;
}

constexpr std::size_t kShortQuestion = 3;

// Runs of ASCII letters in lower case.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    const char letter = ascii_lower(c);
    if (letter >= 'a' && letter <= 'z') {
      words.back() += letter;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

}  // namespace

Status check_template(const PromptTemplate& prompt) {
  for (const std::string_view placeholder : {kPassages, kQuestion}) {
    const std::size_t count = count_of(prompt.user, placeholder);
    if (count == 1) continue;
    return Error(ErrorCode::invalid_argument, "prompt template: " + std::string(placeholder) + " comes " +
                                                  std::to_string(count) + " times in `user`, it must come once");
  }
  if (count_of(prompt.system, kPassages) == 0) return {};
  return Error(ErrorCode::invalid_argument,
               "prompt template: {passages} comes in `system`, where text from outside does not belong");
}

std::vector<ChatMessage> make_messages(const PromptTemplate& prompt, std::span<const ChatMessage> history,
                                       std::span<const Passage> passages, std::string_view question) {
  std::string context;
  for (std::size_t i = 0; i < passages.size(); ++i) {
    if (i > 0) context += "\n\n";
    context += fenced(passages[i], i + 1);
  }
  std::vector<ChatMessage> messages;
  if (!prompt.system.empty()) messages.push_back({.role = ChatRole::system, .text = prompt.system});
  messages.insert(messages.end(), history.begin(), history.end());
  messages.push_back({.role = ChatRole::user, .text = filled(prompt.user, context, question)});
  return messages;
}

bool repeats_prompt(std::string_view answer, const PromptTemplate& prompt) {
  constexpr std::size_t kLong = 80;  // no answer has so many bytes of the rules by chance
  if (answer.find("<passage number=") != std::string_view::npos) return true;
  const std::string_view rules = prompt.system;
  return rules.size() >= kLong && answer.find(rules.substr(0, kLong)) != std::string_view::npos;
}

bool leans_on_history(std::string_view question) {
  constexpr std::string_view kGoOn[] = {"and", "but", "then", "so", "or", "also", "why", "else"};
  constexpr std::string_view kPointBack[] = {"it",  "its",  "he",   "she",   "they",  "them",  "their", "his",  "her",
                                             "him", "this", "that", "these", "those", "there", "one",   "ones", "same"};
  const std::vector<std::string> words = words_of(question);
  if (words.empty()) return false;
  const auto points_back = [&](const std::string& word) {
    return std::ranges::find(kPointBack, word) != std::end(kPointBack);
  };
  const bool goes_on = std::ranges::find(kGoOn, words.front()) != std::end(kGoOn);
  return (goes_on && words.size() <= kShortQuestion) || words.front() == "and" ||
         std::ranges::any_of(words, points_back);
}

std::vector<ChatMessage> rewrite_messages(std::span<const ChatMessage> history, std::string_view question) {
  const std::string system =
      "Rewrite the last question of the conversation so that it can be understood without the conversation. Answer "
      "with "
      "the question alone.";
  const std::string user = "Conversation:\n" + transcript(history) + "\nLast question: " + std::string(question);
  return {{.role = ChatRole::system, .text = system}, {.role = ChatRole::user, .text = user}};
}

std::vector<ChatMessage> other_questions_messages(std::string_view question, std::size_t count) {
  const std::string system = "Write " + std::to_string(count) +
                             " other ways to ask the question, or its parts, for a search in documents. One a line, "
                             "nothing else.";
  return {{.role = ChatRole::system, .text = system}, {.role = ChatRole::user, .text = std::string(question)}};
}

std::vector<std::string> read_other_questions(std::string_view answer, std::size_t count) {
  std::vector<std::string> questions;
  while (!answer.empty() && questions.size() < count) {
    std::string_view line = answer.substr(0, answer.find('\n'));
    answer.remove_prefix(std::min(line.size() + 1, answer.size()));
    line = without_list_mark(line);
    while (!line.empty() && std::string_view(" \t\r\"").find(line.back()) != std::string_view::npos) {
      line.remove_suffix(1);
    }
    if (!line.empty()) questions.emplace_back(line);
  }
  return questions;
}

}  // namespace scaup::inline v0
