// RagPipeline: what is given is checked, and handed on to an AskRun.

#include <random>

#include "base/boundary.hpp"
#include "base/utf8.hpp"
#include "rag/prompt.hpp"
#include "rag/rag_state.hpp"

namespace scaup::inline v0 {
namespace {

Error out_of_range(std::string_view name, const std::string& value, std::string_view allowed) {
  return {ErrorCode::invalid_argument,
          "ask: " + std::string(name) + " is " + value + ", allowed are " + std::string(allowed)};
}

Status check_numbers(const AskOptions& options) {
  if (options.k < 1 || options.k > 1000) return out_of_range("k", std::to_string(options.k), "1 to 1000");
  if (options.max_sentences < 1 || options.max_sentences > 100) {
    return out_of_range("max_sentences", std::to_string(options.max_sentences), "1 to 100");
  }
  if (options.other_questions > 20) {
    return out_of_range("other_questions", std::to_string(options.other_questions), "0 to 20");
  }
  if (!(options.min_support >= 0 && options.min_support <= 1)) {
    return out_of_range("min_support", std::to_string(options.min_support), "0 to 1");
  }
  return {};
}

Status check_parts(const RagPipeline::State& state, const AskOptions& options) {
  if (options.other_questions > 0 && state.options.chat == nullptr) {
    return Error(ErrorCode::invalid_argument, "ask: other_questions needs a chat model, see RagOptions::chat");
  }
  if (options.expansion != Expansion::none && !state.options.sources) {
    return Error(ErrorCode::invalid_argument, "ask: expansion needs the sources, see RagOptions::sources");
  }
  return {};
}

// Random, since a user's cache may outlive the process.
std::uint64_t random_salt() {
  std::random_device random;
  return (static_cast<std::uint64_t>(random()) << 32U) ^ random();
}

// Runs the body of a public call on a handle that was not moved from.
template <typename Body>
Result<Answer> call(const std::shared_ptr<const RagPipeline::State>& state, const Body& body) {
  return guarded([&]() -> Result<Answer> {
    if (state == nullptr) return Error(ErrorCode::invalid_argument, "RagPipeline: the handle was moved from");
    return body();
  });
}

}  // namespace

Status check_ask(const RagPipeline::State& state, std::string_view question, const AskOptions& options) {
  if (question.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    return Error(ErrorCode::invalid_argument, "ask: the question is empty");
  }
  if (const auto place = find_invalid_utf8(question)) {
    return Error(ErrorCode::invalid_argument, "ask: the question is not UTF-8 at offset " + std::to_string(*place));
  }
  Status valid = check_numbers(options);
  return valid ? check_parts(state, options) : valid;
}

RagPipeline::RagPipeline(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Result<RagPipeline> RagPipeline::make(Collection chunks, RagOptions options) {
  return guarded([&]() -> Result<RagPipeline> {
    if (Status valid = check_template(options.prompt); !valid) return std::move(valid).error();
    const auto info = chunks.info();
    if (!info) return info.error();
    auto analyzer = find_analyzer(info->schema.analysis);
    if (!analyzer) return std::move(analyzer).error();
    auto embedder = chunks.embedder();
    if (embedder == nullptr && options.retriever == nullptr) {
      return Error(ErrorCode::invalid_argument,
                   "RagPipeline: the collection has no embedder, and no retriever is given; set one of them");
    }
    if (options.retriever == nullptr) options.retriever = make_hybrid_retriever(chunks);
    if (options.reranker == nullptr) {
      auto reranker = make_local_reranker({.analysis = info->schema.analysis});
      if (!reranker) return std::move(reranker).error();
      options.reranker = *std::move(reranker);
    }
    return RagPipeline(std::make_shared<const State>(
        State{std::move(chunks), std::move(options), *std::move(analyzer), std::move(embedder), random_salt()}));
  });
}

Result<Answer> RagPipeline::ask(std::string_view question, const AskOptions& options, std::stop_token stop) const {
  return call(state_, [&]() -> Result<Answer> {
    if (Status valid = check_ask(*state_, question, options); !valid) return std::move(valid).error();
    return AskRun(*state_, question, options, nullptr, stop).run();
  });
}

Result<Answer> RagPipeline::ask_streamed(std::string_view question, const ChatSink& sink, const AskOptions& options,
                                         std::stop_token stop) const {
  return call(state_, [&]() -> Result<Answer> {
    if (Status valid = check_ask(*state_, question, options); !valid) return std::move(valid).error();
    if (!sink) return Error(ErrorCode::invalid_argument, "ask_streamed: the sink is empty");
    return AskRun(*state_, question, options, &sink, stop).run();
  });
}

}  // namespace scaup::inline v0
