// quality_rankings FOLDER: the rankings of every mode on one test collection in BEIR's layout, measured. One line of
// JSON for each, keyword search first:
//   {"system":"keyword","documents":5183,"queries":300,"measures":{"nDCG@10":{"mean":..,"low":..,"high":..,
//    "gain":..,"gain_low":..,"gain_high":..,"p":..},..}}
// `gain` is the difference to keyword search, with the interval of the paired bootstrap. Queries are exact, so that
// the figures are the same on every machine.

#include <algorithm>
#include <cstdio>
#include <exception>

#include "collections.hpp"

namespace {

using namespace scaup;
using namespace scaup::bench;

constexpr std::size_t kDepth = 100;

struct System {
  const char* name;
  QueryMode mode = QueryMode::hybrid;
  HybridOptions hybrid = {};
};

// The summed score of words and centred vectors, without the terms that can be left out.
HybridOptions centred() {
  return {.title_weight = 0, .neighbour_weight = 0};
}

HybridOptions with_titles() {
  HybridOptions options = centred();
  options.title_weight = HybridOptions().title_weight;
  return options;
}

// The summed score comes in steps: each adds one term to the one before, and the last of them is the default.
std::vector<System> systems() {
  return {{"keyword", QueryMode::keyword},
          {"dense", QueryMode::dense},
          {.name = "reciprocal_rank", .hybrid = {.fusion = Fusion::reciprocal_rank}},
          {.name = "relative_score", .hybrid = {.fusion = Fusion::relative_score}},
          {.name = "distribution_based", .hybrid = {.fusion = Fusion::distribution_based}},
          {.name = "centred", .hybrid = centred()},
          {.name = "titles", .hybrid = with_titles()},
          {.name = "hybrid", .hybrid = {}},
          {.name = "adaptive", .hybrid = {.adaptive = true}}};
}

/// A test collection, its queries with their vectors, and the documents in a collection in memory.
class Subject {
 public:
  explicit Subject(const std::filesystem::path& folder)
      : test_(take(load_beir(folder))),
        embedder_(take(make_static_embedder())),
        collection_(take(database_.create_collection("test", {.embedder = embedder_}))) {
    const Embeddings embeddings = embed_documents(*embedder_, test_.documents);
    for (std::size_t i = 0; i < test_.documents.size(); ++i) set_embedding(test_.documents[i], embeddings, i);
    take(collection_.add(test_.documents));
    prepare();
    std::erase_if(test_.queries, [&](const EvaluationQuery& query) { return !is_judged(query.id); });
    for (const EvaluationQuery& query : test_.queries) texts_.push_back(query.text);
    vectors_ = embed_queries(*embedder_, texts_);
  }

  [[nodiscard]] std::size_t documents() const { return test_.documents.size(); }
  [[nodiscard]] const Judgements& judgements() const { return test_.judgements; }

  [[nodiscard]] Run run(const System& system) const {
    std::vector<QueryRequest> requests;
    for (std::size_t i = 0; i < texts_.size(); ++i) requests.push_back(request(system, i));
    const std::vector<QueryResult> results = take(collection_.query_batch(requests));
    Run run;
    for (std::size_t i = 0; i < results.size(); ++i) {
      auto& list = run[test_.queries[i].id];
      for (const Match& match : results[i]) list.push_back({match.document.id, match.score});
    }
    return run;
  }

 private:
  [[nodiscard]] bool is_judged(const std::string& query) const {
    const auto found = test_.judgements.find(query);
    if (found == test_.judgements.end()) return false;
    return std::ranges::any_of(found->second, [](const auto& judgement) { return judgement.second > 0; });
  }

  // A first query makes the index of words; what is built beside queries is waited for.
  void prepare() const {
    take(collection_.query("words", {.k = 1, .mode = QueryMode::hybrid}));
    if (const Status done = collection_.wait_until_indexed(); !done) throw std::runtime_error(done.error().message());
  }

  [[nodiscard]] QueryRequest request(const System& system, std::size_t i) const {
    QueryRequest request{.text = texts_[i],
                         .options = {.k = kDepth, .mode = system.mode, .hybrid = system.hybrid, .exact = true}};
    if (system.mode != QueryMode::keyword) request.vector = vectors_[i];
    if (!request.vector.empty() && system.mode == QueryMode::dense) request.text.clear();
    return request;
  }

  TestCollection test_;
  std::shared_ptr<const Embedder> embedder_;
  Database database_ = Database::in_memory();
  Collection collection_;
  std::vector<std::string> texts_;
  std::vector<std::vector<float>> vectors_;
};

void print(const MeasureReport& measure, const MeasureReport& base) {
  const PairedComparison gain = take(compare_paired(base.per_query, measure.per_query));
  std::printf(
      "\"%s\":{\"mean\":%.6f,\"low\":%.6f,\"high\":%.6f,\"gain\":%.6f,\"gain_low\":%.6f,\"gain_high\":%.6f,\"p\":%.4f}",
      to_string(measure.what).c_str(), measure.mean, measure.interval.low, measure.interval.high, gain.difference,
      gain.interval.low, gain.interval.high, gain.p_value);
}

void measure_all(const Subject& subject) {
  const EvaluateOptions options{.measures = {{Measure::ndcg, 10}, {Measure::recall, 100}, {Measure::mrr, 10}}};
  EvaluationReport keyword;
  for (const System& system : systems()) {
    const EvaluationReport report = take(evaluate(subject.run(system), subject.judgements(), options));
    if (keyword.queries.empty()) keyword = report;
    std::printf("{\"system\":\"%s\",\"documents\":%zu,\"queries\":%zu,\"measures\":{", system.name, subject.documents(),
                report.queries.size());
    for (std::size_t i = 0; i < report.measures.size(); ++i) {
      if (i > 0) std::printf(",");
      print(report.measures[i], keyword.measures[i]);
    }
    std::printf("}}\n");
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: quality_rankings FOLDER\n", stderr);
    return 2;
  }
  try {
    measure_all(Subject(arguments[1]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_rankings: %s\n", error.what());
    return 1;
  }
}
