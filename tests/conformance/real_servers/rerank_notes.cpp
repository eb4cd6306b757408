// rerank_notes BASE_URL MODEL QUESTION NOTE...: reranks notes with a server that answers POST /rerank in Jina's form,
// first spoken to as `vllm`, then as `jina`. Prints "INDEX SCORE" for each note, best first. Prints "CODE: MESSAGE" of
// the first thing that was wrong, and ends with 1.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scaup/scaup.hpp"

namespace {

using namespace scaup;

using Scores = std::vector<RerankScore>;

constexpr double kTolerance = 1e-5;  // a server may put texts together otherwise the next time
constexpr std::size_t kBest = 3;

struct Task {
  std::string base_url;
  std::string model;
  std::string question;
  std::vector<std::string_view> notes;
};

// Gives all notes in the order of the command line, each with its index as the id.
class AllNotes final : public Retriever {
 public:
  explicit AllNotes(std::span<const std::string_view> notes) : notes_(notes) {}

  Result<QueryResult> retrieve(std::string_view, const RetrieveOptions& options, std::stop_token) const override {
    QueryResult result;
    for (std::size_t i = 0; i < std::min(options.k, notes_.size()); ++i) {
      result.matches.push_back({.document = {.id = std::to_string(i), .text = std::string(notes_[i])}, .rank = i + 1});
    }
    return result;
  }

 private:
  std::span<const std::string_view> notes_;
};

Error wrong(std::string what) {
  return {ErrorCode::internal, std::move(what)};
}

std::vector<double> by_index(const Scores& scores) {
  std::vector<double> list(scores.size());
  for (const RerankScore& score : scores) list[score.index] = score.score;
  return list;
}

// One finite score for each note, the best first, and those of equal scores in the order of the notes.
Status check_list(const Scores& scores, std::size_t notes) {
  if (scores.size() != notes) return wrong(std::to_string(scores.size()) + " scores");
  std::vector<bool> seen(notes, false);
  for (const RerankScore& score : scores) {
    if (score.index >= notes || seen[score.index]) return wrong("index " + std::to_string(score.index));
    seen[score.index] = true;
    if (!std::isfinite(score.score)) return wrong("no finite score of note " + std::to_string(score.index));
  }
  const bool ordered = std::ranges::is_sorted(scores, [](const RerankScore& a, const RerankScore& b) {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });
  return ordered ? Status() : wrong("the scores are not in order");
}

Status check_same(const Scores& first, const Scores& second) {
  const std::vector<double> a = by_index(first);
  const std::vector<double> b = by_index(second);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > kTolerance) return wrong("note " + std::to_string(i) + " has two scores");
  }
  return {};
}

// The best few of all notes, through the retriever that a user would take.
Status check_best(const Task& task, std::shared_ptr<const Reranker> reranker, const Scores& scores) {
  const auto retriever = make_rerank_retriever(std::make_shared<AllNotes>(task.notes), std::move(reranker),
                                               {.candidates = task.notes.size()});
  const auto found = retriever->retrieve(task.question, {.k = kBest});
  if (!found) return found.error();
  if (found->size() != kBest) return wrong(std::to_string(found->size()) + " matches");
  const std::vector<double> expected = by_index(scores);
  for (std::size_t i = 0; i < kBest; ++i) {
    const Match& match = found->matches[i];
    const double own = expected[std::stoul(match.document.id)];
    // By value: of two notes with nearly the same score, either may come first.
    if (std::abs(match.score - own) > kTolerance || std::abs(match.score - scores[i].score) > kTolerance) {
      return wrong("note " + match.document.id + " is not number " + std::to_string(i + 1));
    }
  }
  return {};
}

Result<Scores> rerank_as(Provider provider, const Task& task) {
  const auto meter = make_usage_meter();
  if (!meter) return meter.error();
  const Endpoint endpoint = {.base_url = task.base_url, .observers = {*meter}};
  const auto reranker = make_remote_reranker(provider, {.model = task.model, .endpoint = endpoint});
  if (!reranker) return reranker.error();
  auto scores = (*reranker)->rerank(task.question, task.notes);
  if (!scores) return scores;
  if (auto status = check_list(*scores, task.notes.size()); !status) return status.error();
  const auto again = (*reranker)->rerank(task.question, task.notes);
  if (!again) return again;
  if (auto status = check_list(*again, task.notes.size()); !status) return status.error();
  if (auto status = check_same(*scores, *again); !status) return status.error();
  if (auto status = check_best(task, *reranker, *scores); !status) return status.error();
  if ((*meter)->usage().at(0).tokens.input_tokens == 0) return wrong("no tokens are counted");
  return scores;
}

Status run(const Task& task) {
  const auto scores = rerank_as(Provider::vllm, task);
  if (!scores) return scores.error();
  const auto others = rerank_as(Provider::jina, task);
  if (!others) return others.error();
  if (auto same = check_same(*scores, *others); !same) return same;
  for (const RerankScore& score : *scores) std::printf("%zu %.17g\n", score.index, score.score);
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  constexpr int kFirstNote = 4;
  if (count < kFirstNote + static_cast<int>(kBest)) {
    std::fputs("usage: rerank_notes BASE_URL MODEL QUESTION NOTE... (three notes at least)\n", stderr);
    return 2;
  }
  const Task task = {.base_url = arguments[1],
                     .model = arguments[2],
                     .question = arguments[3],
                     .notes = {arguments + kFirstNote, arguments + count}};
  const Status status = run(task);
  if (status) return 0;
  const Error& error = status.error();
  std::fprintf(stderr, "%s: %s\n", std::string(to_string(error.code())).c_str(), error.message().c_str());
  return 1;
}
