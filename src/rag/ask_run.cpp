// The stages of one question but the answer itself: cache, question, retrieval, context, citations.

#include <algorithm>
#include <bit>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "embed/embed_checked.hpp"
#include "rag/prompt.hpp"
#include "rag/rag_state.hpp"
#include "scaup/chunker.hpp"

namespace scaup::inline v0 {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Runs a stage and adds the time it took.
template <typename Stage>
Status timed(std::chrono::nanoseconds& total, const Stage& stage) {
  const auto begin = SteadyClock::now();
  Status done = stage();
  total += SteadyClock::now() - begin;
  return done;
}

void append_number(std::string& bytes, double number) {
  append_field(bytes, std::to_string(std::bit_cast<std::uint64_t>(number)));
}

WindowRetrieverOptions window_of(Expansion expansion) {
  if (expansion == Expansion::window) return {};
  return {.begin_key = std::string(kParentBeginKey), .end_key = std::string(kParentEndKey)};
}

}  // namespace

AskRun::AskRun(const RagPipeline::State& state, std::string_view question, const AskOptions& options,
               const ChatSink* sink, const std::stop_token& stop)
    : state_(state),
      options_(options),
      sink_(sink),
      stop_(stop),
      sources_(state.options.sources, stop),
      original_question_(question) {
  answer_.question = original_question_;
}

Result<Answer> AskRun::run() {
  const auto begin = SteadyClock::now();
  const auto cached = look_in_cache();
  if (!cached) return cached.error();
  if (*cached != nullptr) return from_cache(**cached);
  AnswerTimings& timings = answer_.timings;
  Status done = timed(timings.rewrite, [&] { return rewrite(); });
  if (done) done = timed(timings.retrieve, [&] { return retrieve(); });
  if (done) done = timed(timings.context, [&] { return build_context(); });
  if (done && passages_.empty()) {
    answer_.text = kNoAnswer;
    answer_.plan += " > nothing found";
    done = deliver(answer_.text);
  } else if (done && state_.options.chat == nullptr) {
    done = timed(timings.generate, [&] { return extract(); });
  } else if (done) {
    done = timed(timings.generate, [&] { return generate(); });
    if (done) done = timed(timings.verify, [&] { return verify(); });
  }
  if (!done) return std::move(done).error();
  // A user's model may give what it has by then, which is no answer and must not be kept as one.
  if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "ask: cancelled through the stop token");
  timings.total = SteadyClock::now() - begin;
  keep_in_cache(answer_);
  return std::move(answer_);
}

// Answers that go on with a conversation depend on it, and are not cached.
Result<std::shared_ptr<const Answer>> AskRun::look_in_cache() {
  if (state_.options.cache == nullptr || !options_.history.empty()) return std::shared_ptr<const Answer>();
  const auto info = state_.chunks.info(stop_);
  if (!info) return info.error();
  if (Status embedded = embed_question(); !embedded) return std::move(embedded).error();
  cache_key_ =
      AnswerKey{.question = original_question_, .vector = asked_.vector, .context = context_hash(info->revision)};
  return state_.options.cache->find(*cache_key_);
}

// All that an answer depends on but the question. What never changes in a pipeline, as its collections, retriever,
// model and prompt, is in the salt: none of them has a name that no other could have.
std::uint64_t AskRun::context_hash(std::uint64_t revision) const {
  std::string bytes;
  append_field(bytes, std::to_string(state_.cache_salt));
  append_field(bytes, std::to_string(revision));
  for (const std::size_t number :
       {options_.k, options_.max_context_tokens, options_.max_sentences, static_cast<std::size_t>(options_.level),
        options_.other_questions, static_cast<std::size_t>(options_.expansion), options_.chat.max_tokens.value_or(0),
        options_.chat.stop_sequences.size()}) {
    append_field(bytes, std::to_string(number));
  }
  append_field(bytes, options_.filter.to_json());
  append_number(bytes, options_.mmr ? options_.mmr->lambda : -1);
  append_number(bytes, options_.mmr ? static_cast<double>(options_.mmr->candidates) : -1);
  append_number(bytes, options_.mmr ? static_cast<double>(options_.mmr->relevance) : -1);
  append_number(bytes, options_.rerank ? static_cast<double>(options_.rerank->candidates) : -1);
  append_number(bytes, options_.min_support);
  append_number(bytes, options_.chat.temperature.value_or(-1));
  append_field(bytes, options_.chat.json_schema);
  for (const std::string& text : options_.chat.stop_sequences) append_field(bytes, text);
  append_field(bytes, std::to_string(options_.chat.seed.value_or(-1)));
  return hash64(bytes);
}

Result<Answer> AskRun::from_cache(const Answer& cached) const {
  Answer answer = cached;
  answer.from_cache = true;
  answer.usage = {};
  answer.timings = {};
  if (Status delivered = deliver(answer.text); !delivered) return std::move(delivered).error();
  return answer;
}

void AskRun::keep_in_cache(const Answer& answer) const {
  if (!cache_key_ || answer.finish != FinishReason::stop) return;
  state_.options.cache->keep(*cache_key_, std::make_shared<const Answer>(answer));
}

Status AskRun::deliver(std::string_view text) const {
  return sink_ == nullptr || text.empty() ? Status() : (*sink_)(text);
}

Status AskRun::rewrite() {
  const auto is_question = [](const ChatMessage& message) { return message.role == ChatRole::user; };
  const auto last = std::ranges::find_if(options_.history.rbegin(), options_.history.rend(), is_question);
  if (last == options_.history.rend()) return {};
  if (state_.options.chat == nullptr) {
    if (!leans_on_history(original_question_)) return {};
    answer_.question = last->text + " " + original_question_;
    answer_.plan = "with the question before > ";
    return {};
  }
  const auto messages = rewrite_messages(options_.history, original_question_);
  const auto reply = state_.options.chat->chat(messages, {.temperature = 0.0}, stop_);
  if (!reply) return reply.error();
  answer_.usage.input_tokens += reply->usage.input_tokens;
  answer_.usage.output_tokens += reply->usage.output_tokens;
  std::string question(trimmed(reply->text));
  if (!question.empty()) answer_.question = std::move(question);
  answer_.plan = "rewritten > ";
  return {};
}

Result<std::vector<SubQuery>> AskRun::other_questions() {
  const auto messages = other_questions_messages(answer_.question, options_.other_questions);
  const auto reply = state_.options.chat->chat(messages, {}, stop_);
  if (!reply) return reply.error();
  answer_.usage.input_tokens += reply->usage.input_tokens;
  answer_.usage.output_tokens += reply->usage.output_tokens;
  std::vector<SubQuery> queries;
  for (std::string& question : read_other_questions(reply->text, options_.other_questions)) {
    queries.push_back({.text = std::move(question)});
  }
  return queries;
}

// The retrievers that the options ask for, around the one of the pipeline.
Result<std::shared_ptr<const Retriever>> AskRun::retriever() {
  std::shared_ptr<const Retriever> retriever = state_.options.retriever;
  answer_.plan += "retrieve";
  if (options_.other_questions > 0) {
    auto queries = other_questions();
    if (!queries) return std::move(queries).error();
    answer_.plan += " with " + std::to_string(queries->size()) + " other questions";
    const auto expand = [queries = *std::move(queries)](std::string_view, std::stop_token) {
      return Result<std::vector<SubQuery>>(queries);
    };
    retriever = make_multi_query_retriever(std::move(retriever), {.expand = expand});
  }
  if (options_.rerank) {
    retriever = make_rerank_retriever(std::move(retriever), state_.options.reranker, *options_.rerank);
    answer_.plan += " > rerank " + std::to_string(options_.rerank->candidates);
  }
  if (options_.mmr) {
    retriever = make_mmr_retriever(std::move(retriever), *options_.mmr);
    answer_.plan += " > mmr " + std::to_string(options_.mmr->candidates);
  }
  if (options_.expansion != Expansion::none) {
    retriever = make_window_retriever(std::move(retriever), *state_.options.sources, window_of(options_.expansion));
    answer_.plan += options_.expansion == Expansion::window ? " > windows" : " > parents";
  }
  return retriever;
}

Status AskRun::retrieve() {
  const auto chosen = retriever();
  if (!chosen) return chosen.error();
  auto found = (*chosen)->retrieve(answer_.question, {.k = options_.k, .filter = options_.filter}, stop_);
  if (!found) return std::move(found).error();
  answer_.matches = std::move(found->matches);
  answer_.plan += " > " + std::to_string(answer_.matches.size()) + " matches";
  return {};
}

Status AskRun::build_context() {
  std::vector<std::string> ids;
  for (const Match& match : answer_.matches) {
    if (!match.document.origin || match.document.origin->source_id.empty()) continue;
    const std::string& id = match.document.origin->source_id;
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  if (Status loaded = sources_.load(ids); !loaded) return loaded;
  const auto tokenizer = state_.embedder == nullptr ? nullptr : state_.embedder->tokenizer();
  passages_ = make_passages(answer_.matches, sources_,
                            {.max_tokens = options_.max_context_tokens, .tokenizer = tokenizer.get()});
  answer_.plan += " > " + std::to_string(passages_.size()) + " passages";
  return {};
}

Status AskRun::embed_question() {
  if (state_.embedder == nullptr || !asked_.vector.empty()) return {};
  const std::string_view texts[] = {answer_.question};
  auto vectors = embed_checked(*state_.embedder, texts, TextKind::query, stop_);
  if (!vectors) return std::move(vectors).error();
  asked_.vector = std::move(vectors->values);
  return {};
}

Status AskRun::cite(const std::vector<CitedPlace>& places) {
  const CitationMaker maker(state_.chunks, sources_, options_.level, stop_);
  for (const CitedPlace& place : places) {
    auto citation = maker.make(place);
    if (!citation) return std::move(citation).error();
    answer_.citations.push_back(*std::move(citation));
  }
  return {};
}

}  // namespace scaup::inline v0
