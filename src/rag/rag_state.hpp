#pragma once
// What a RagPipeline holds, and the answer to one question under way.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "rag/citations.hpp"
#include "rag/extractive.hpp"
#include "rag/markers.hpp"
#include "rag/passages.hpp"
#include "rag/support.hpp"
#include "scaup/rag.hpp"
#include "text/analysis/analyzer.hpp"

namespace scaup::inline v0 {

/// Never changes: any number of questions at once.
struct RagPipeline::State {
  Collection chunks;
  RagOptions options = {};
  std::shared_ptr<const Analyzer> analyzer = {};
  std::shared_ptr<const Embedder> embedder = {};  ///< null where the chunks have none
  std::uint64_t cache_salt = 0;                   ///< of no other pipeline; see AnswerKey::context
};

/// One question, stage by stage; each stage needs those before it. Single-threaded: one thread at a time.
class AskRun {
 public:
  /// Borrows everything. `sink` may be null.
  AskRun(const RagPipeline::State& state, std::string_view question, const AskOptions& options, const ChatSink* sink,
         const std::stop_token& stop);

  [[nodiscard]] Result<Answer> run();

 private:
  [[nodiscard]] Result<std::shared_ptr<const Answer>> look_in_cache();
  [[nodiscard]] std::uint64_t context_hash(std::uint64_t revision) const;
  [[nodiscard]] Result<Answer> from_cache(const Answer& cached) const;
  [[nodiscard]] Status rewrite();
  [[nodiscard]] Result<std::vector<SubQuery>> other_questions();
  [[nodiscard]] Result<std::shared_ptr<const Retriever>> retriever();
  [[nodiscard]] Status retrieve();
  [[nodiscard]] Status build_context();
  [[nodiscard]] Status embed_question();
  [[nodiscard]] Status extract();
  [[nodiscard]] Status generate();
  [[nodiscard]] Status check_reply(const ChatReply& reply) const;
  [[nodiscard]] Status verify();
  void check_claim(const Claim& claim, const MarkedSentence& marked, const PassageSentences& sentences,
                   SupportingSpans& spans);
  [[nodiscard]] Result<Embeddings> embed_claims(const std::vector<std::string>& texts) const;
  [[nodiscard]] Status cite(const std::vector<CitedPlace>& places);
  [[nodiscard]] Status deliver(std::string_view text) const;
  void keep_in_cache(const Answer& answer) const;

  const RagPipeline::State& state_;
  const AskOptions& options_;
  const ChatSink* sink_;
  std::stop_token stop_;
  AnalyzerScratch scratch_;
  SourceTexts sources_;
  std::vector<Passage> passages_;
  AskedQuestion asked_;
  std::string original_question_;
  std::optional<AnswerKey> cache_key_;
  Answer answer_;
};

/// Errors: `invalid_argument`, which names the option.
[[nodiscard]] Status check_ask(const RagPipeline::State& state, std::string_view question, const AskOptions& options);

}  // namespace scaup::inline v0
