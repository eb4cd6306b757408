// Measures a run and writes {"run": {query: [document, ...]}, "values": {"nDCG@10": {query: value}}}.
//
//   measure_run < input.json      {"judgements": {query: {document: gain}}, "run": {query: [document, ...]}}
//   measure_run FOLDER            what the vector retriever finds in a BEIR folder, with the built-in model

#include <cstddef>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "json/json_reader.hpp"
#include "json/json_writer.hpp"
#include "scaup/scaup.hpp"

namespace {

using namespace scaup;

constexpr std::size_t kDeepest = 100;

std::vector<MeasureAt> all_measures() {
  std::vector<MeasureAt> measures;
  for (const Measure measure :
       {Measure::precision, Measure::recall, Measure::hit_rate, Measure::mrr, Measure::map, Measure::ndcg}) {
    for (const std::size_t k : {1U, 2U, 5U, 10U, 30U, 100U}) measures.push_back({measure, k});
  }
  return measures;
}

const JsonObject& object(const JsonValue* value) {
  return *value->get_if<JsonObject>();
}

Judgements read_judgements(const JsonValue& input) {
  Judgements judgements;
  for (const auto& [query, gains] : object(input.find("judgements"))) {
    auto& judged = judgements[query];
    for (const auto& [document, gain] : object(&gains)) judged[document] = *gain.get_if<std::int64_t>();
  }
  return judgements;
}

Run read_run(const JsonValue& input) {
  Run run;
  for (const auto& [query, ranking] : object(input.find("run"))) {
    for (const JsonValue& document : *ranking.get_if<JsonArray>()) {
      run[query].push_back({*document.get_if<std::string>(), 0});
    }
  }
  return run;
}

// The vector retriever's run over a test collection, and its judgements.
void run_collection(const std::string& folder, Run& run, Judgements& judgements) {
  const TestCollection collection = load_beir(folder, {.text = BeirText::title_and_body}).value();
  Database database = Database::in_memory();
  Collection documents = database.create_collection("documents", {.embedder = make_static_embedder().value()}).value();
  documents.add(collection.documents).value();
  run = make_run(*make_vector_retriever(documents), collection.queries, kDeepest).value();
  judgements = collection.judgements;
}

void append_key(std::string& out, bool first, const std::string& key) {
  if (!first) out += ", ";
  append_json_string(out, key);
  out += ": ";
}

std::string run_json(const Run& run) {
  std::string out = "{";
  for (const auto& [query, ranking] : run) {
    append_key(out, out.size() == 1, query);
    out += "[";
    for (std::size_t i = 0; i < ranking.size(); ++i) {
      if (i != 0) out += ", ";
      append_json_string(out, ranking[i].id);
    }
    out += "]";
  }
  return out + "}";
}

std::string values_json(const EvaluationReport& report) {
  std::string out = "{";
  for (const MeasureReport& measure : report.measures) {
    append_key(out, out.size() == 1, to_string(measure.what));
    out += "{";
    for (std::size_t i = 0; i < report.queries.size(); ++i) {
      append_key(out, i == 0, report.queries[i]);
      append_json(out, measure.per_query[i]);
    }
    out += "}";
  }
  return out + "}";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Run run;
    Judgements judgements;
    if (argc == 2) {
      run_collection(argv[1], run, judgements);
    } else {
      const JsonValue input = parse_json(std::string(std::istreambuf_iterator<char>(std::cin), {})).value();
      run = read_run(input);
      judgements = read_judgements(input);
    }
    const auto report = evaluate(run, judgements, {.measures = all_measures(), .bootstrap = {.draws = 100}}).value();
    std::cout << "{\"run\": " << run_json(run) << ", \"values\": " << values_json(report) << "}\n";
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "measure_run: %s\n", exception.what());
    return 1;
  }
}
