// Questions to test collections, answered without a model: how fast, and whether the first citation is relevant.

#include <algorithm>
#include <map>
#include <scaup/scaup.hpp>
#include <set>

#include "figures.hpp"
#include "measuring.hpp"

namespace scaup::bench {
namespace {

// Judged relevant documents of each question.
std::map<std::string, std::set<std::string>> relevant_of(const TestCollection& test) {
  std::map<std::string, std::set<std::string>> relevant;
  for (const auto& [query, gains] : test.judgements) {
    for (const auto& [document, gain] : gains) {
      if (gain > 0) relevant[query].insert(document);
    }
  }
  return relevant;
}

struct Library {
  Database database = Database::in_memory();
  Ingestor ingestor;

  explicit Library(std::shared_ptr<const Embedder> embedder)
      : ingestor(Ingestor::open(database, "library", {.collection = {.embedder = std::move(embedder)}}).value()) {}
};

double megabytes(const std::vector<Document>& documents) {
  double bytes = 0;
  for (const Document& document : documents) bytes += static_cast<double>(document.text.size());
  return bytes * 1e-6;
}

struct Outcome {
  std::vector<double> milliseconds;
  double first_citations = 0;  // that are relevant
  double first_matches = 0;    // the same of the retriever
  double questions = 0;
};

Outcome ask_all(const RagPipeline& pipeline, const TestCollection& test) {
  const auto relevant = relevant_of(test);
  Outcome outcome;
  for (const EvaluationQuery& query : test.queries) {
    const auto judged = relevant.find(query.id);
    if (judged == relevant.end()) continue;
    Answer answer;
    outcome.milliseconds.push_back(seconds_of([&] { answer = pipeline.ask(query.text).value(); }) * 1e3);
    const auto is_relevant = [&](const std::string& id) { return judged->second.contains(id); };
    const bool cited = !answer.citations.empty() && is_relevant(answer.citations.front().source_id);
    const bool found = !answer.matches.empty() && is_relevant(answer.matches.front().document.origin->source_id);
    outcome.first_citations += cited ? 1 : 0;
    outcome.first_matches += found ? 1 : 0;
    outcome.questions += 1;
  }
  return outcome;
}

void measure_collection(const std::filesystem::path& folder, const std::shared_ptr<const Embedder>& embedder) {
  const std::string name = folder.filename().string();
  const TestCollection test = load_beir(folder, {.text = BeirText::title_and_body}).value();
  Library library(embedder);
  const double seconds = seconds_of([&] { library.ingestor.add(test.documents).value(); });
  report(name + "/ingest_documents_per_second", static_cast<double>(test.documents.size()) / seconds);
  report(name + "/ingest_mb_per_second", megabytes(test.documents) / seconds);
  const auto pipeline = RagPipeline::make(library.ingestor.chunks(), {.sources = library.ingestor.sources()}).value();
  pipeline.ask("first").value();  // begins to index words
  library.ingestor.chunks().wait_until_indexed().value();
  const Outcome outcome = ask_all(pipeline, test);
  report(name + "/ask_p50_ms", percentile(outcome.milliseconds, 0.5));
  report(name + "/ask_p99_ms", percentile(outcome.milliseconds, 0.99));
  report(name + "/extractive_citation_precision", outcome.first_citations / outcome.questions);
  report(name + "/success_at_1", outcome.first_matches / outcome.questions);
}

}  // namespace

void measure_answers(const std::filesystem::path& collections) {
  const auto embedder = make_static_embedder({.threads = 1}).value();
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(collections)) {
    if (std::filesystem::exists(entry.path() / "corpus.jsonl")) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  for (const auto& folder : folders) measure_collection(folder, embedder);
}

}  // namespace scaup::bench
