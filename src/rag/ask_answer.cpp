// The answer to a question: sentences chosen here, or the text of a model, checked against what it cites.

#include <algorithm>
#include <map>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "embed/embed_checked.hpp"
#include "rag/prompt.hpp"
#include "rag/rag_state.hpp"

namespace scaup::inline v0 {
namespace {

// Without the Markdown marks of a list, a quotation or a row of a table around it.
std::string_view without_marks(std::string_view line) noexcept {
  constexpr std::string_view kMarks = "-*+>|";
  while (line.size() > 1 && kMarks.find(line[0]) != std::string_view::npos && line[1] == ' ') line.remove_prefix(2);
  while (line.ends_with(" |")) line.remove_suffix(2);
  return line;
}

// A sentence on one line, without brackets that a reader would take for citations.
std::string quoted_line(std::string_view sentence) {
  MarkerFilter filter(0);
  std::string text = filter.feed(sentence);
  text += filter.finish();
  std::string line;
  for (const char c : text) {
    const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f';
    if (!is_space) line += c;
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return std::string(without_marks(trimmed(line)));
}

// Hands out the numbers of an extractive answer: one for each passage, or for each sentence where spans are cited.
class Numbering {
 public:
  explicit Numbering(CitationLevel level) : by_sentence_(level == CitationLevel::span) {}

  // The number of a sentence, and whether it is new.
  std::pair<std::size_t, bool> number_of(std::size_t sentence, std::size_t passage) {
    const auto [place, is_new] = numbers_.emplace(by_sentence_ ? sentence : passage, numbers_.size() + 1);
    return {place->second, is_new};
  }

 private:
  bool by_sentence_;
  std::map<std::size_t, std::size_t> numbers_;
};

}  // namespace

Status AskRun::extract() {
  if (Status embedded = embed_question(); !embedded) return embedded;
  asked_.terms = terms_of(answer_.question, *state_.analyzer, scratch_);
  PassageSentences sentences(passages_, *state_.analyzer, scratch_);
  if (Status embedded = sentences.embed(state_.embedder.get(), stop_); !embedded) return embedded;
  Numbering numbering(options_.level);
  std::vector<CitedPlace> places;
  for (const std::size_t i : choose_sentences(sentences, passages_, asked_, options_.max_sentences)) {
    const PassageSentence& one = sentences.all()[i];
    const std::string line = quoted_line(sentences.text(i));
    if (line.empty()) continue;  // it was brackets with numbers in them, and nothing else
    const auto [number, is_new] = numbering.number_of(i, one.passage);
    if (is_new) places.push_back({.number = number, .passage = &passages_[one.passage], .span = {one.begin, one.end}});
    if (!answer_.text.empty()) answer_.text += ' ';
    const std::size_t begin = answer_.text.size();
    answer_.text += line + " [" + std::to_string(number) + "]";
    answer_.sentences.push_back(
        {.begin = begin, .end = answer_.text.size(), .numbers = {number}, .support = 1, .supported = true});
  }
  answer_.plan += " > extractive";
  if (answer_.sentences.empty()) {
    answer_.text = kNoAnswer;
  } else {
    answer_.citation_accuracy = 1;
  }
  if (Status cited = cite(places); !cited) return cited;
  return deliver(answer_.text);
}

Status AskRun::generate() {
  passages_ = best_at_both_ends(std::move(passages_));
  const auto messages = make_messages(state_.options.prompt, options_.history, passages_, original_question_);
  MarkerFilter filter(passages_.size());
  const auto take = [&](std::string_view piece) {
    const std::string clean = filter.feed(piece);
    answer_.text += clean;
    return deliver(clean);
  };
  const ChatModel& model = *state_.options.chat;
  const auto reply = sink_ == nullptr ? model.chat(messages, options_.chat, stop_)
                                      : model.stream(messages, take, options_.chat, stop_);
  if (!reply) return reply.error();
  if (Status valid = check_reply(*reply); !valid) return valid;
  if (sink_ == nullptr) answer_.text = filter.feed(reply->text);
  const std::string rest = filter.finish();
  answer_.text += rest;
  // Of the pieces, too, which a user's model may cut anywhere.
  if (const auto place = find_invalid_utf8(answer_.text)) {
    return Error(ErrorCode::bad_reply, "chat model " + model.identity().provider + "/" + model.identity().model +
                                           " gave an answer that is not UTF-8 at offset " + std::to_string(*place));
  }
  answer_.unknown_markers = filter.unknown();
  answer_.finish = reply->finish;
  answer_.usage.input_tokens += reply->usage.input_tokens;
  answer_.usage.output_tokens += reply->usage.output_tokens;
  answer_.plan += " > " + model.identity().provider + "/" + model.identity().model;
  return sink_ == nullptr ? Status() : deliver(rest);
}

Status AskRun::check_reply(const ChatReply& reply) const {
  const ChatIdentity& who = state_.options.chat->identity();
  const std::string model = "chat model " + who.provider + "/" + who.model;
  if (is_blank(reply.text)) {
    return Error(ErrorCode::bad_reply, model + " gave an empty answer (it ended with: " +
                                           (reply.finish_word.empty() ? "no reason" : reply.finish_word) + ")");
  }
  if (repeats_prompt(reply.text, state_.options.prompt)) {
    return Error(ErrorCode::bad_reply, model + " repeated its prompt instead of answering; try another model");
  }
  return {};
}

Result<Embeddings> AskRun::embed_claims(const std::vector<std::string>& texts) const {
  if (state_.embedder == nullptr || texts.empty()) return Embeddings{};
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return embed_checked(*state_.embedder, views, TextKind::document, stop_);
}

Status AskRun::verify() {
  std::vector<MarkedSentence> marked = find_marked_sentences(answer_.text, passages_.size());
  std::erase_if(marked, [](const MarkedSentence& one) { return one.numbers.empty(); });
  if (marked.empty()) return {};
  std::vector<std::string> texts;
  for (const MarkedSentence& one : marked) texts.push_back(one.plain);
  const auto vectors = embed_claims(texts);
  if (!vectors) return vectors.error();
  PassageSentences sentences(passages_, *state_.analyzer, scratch_);
  if (Status embedded = sentences.embed(state_.embedder.get(), stop_); !embedded) return embedded;
  SupportingSpans spans;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    Claim claim{.text = marked[i].plain, .terms = terms_of(marked[i].plain, *state_.analyzer, scratch_)};
    if (i < vectors->rows()) claim.vector = vectors->row(i);
    check_claim(claim, marked[i], sentences, spans);
  }
  const auto supported = std::ranges::count(answer_.sentences, true, &CitedSentence::supported);
  answer_.citation_accuracy = static_cast<double>(supported) / static_cast<double>(marked.size());
  std::vector<CitedPlace> places;
  for (const auto& [number, span] : spans.all()) places.push_back({number, &passages_[number - 1], span});
  return cite(places);
}

// Notes how well the cited passages support a sentence, and which of their sentences do.
void AskRun::check_claim(const Claim& claim, const MarkedSentence& marked, const PassageSentences& sentences,
                         SupportingSpans& spans) {
  std::vector<std::size_t> cited;
  for (const std::size_t number : marked.numbers) {
    const std::size_t alone[] = {number - 1};
    cited.push_back(number - 1);
    const Support support = support_of(claim, alone, passages_, sentences);
    const ByteRange whole{0, passages_[number - 1].text.size()};
    spans.add(number, support.best_sentence ? ByteRange{sentences.all()[*support.best_sentence].begin,
                                                        sentences.all()[*support.best_sentence].end}
                                            : whole);
  }
  const Support support = support_of(claim, cited, passages_, sentences);
  answer_.sentences.push_back({.begin = marked.begin,
                               .end = marked.end,
                               .numbers = marked.numbers,
                               .support = support.value,
                               .supported = support.has_numbers && support.value >= options_.min_support});
}

}  // namespace scaup::inline v0
