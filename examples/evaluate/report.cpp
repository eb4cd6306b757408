#include "report.hpp"

#include <cstdio>

namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6f", value);
  return text;
}

void print_outcome(const Outcome& outcome) {
  std::printf("\n%-14s %8s   95 %% interval\n", outcome.name.c_str(), "mean");
  for (const auto& measure : outcome.report.measures) {
    std::printf("  %-12s %8.4f   %.4f to %.4f\n", to_string(measure.what).c_str(), measure.mean, measure.interval.low, measure.interval.high);
  }
  const auto queries = static_cast<double>(outcome.report.queries.size());
  std::printf("  %.2f ms a query; %zu queries found nothing\n", outcome.seconds * 1000 / queries, outcome.report.unanswered);
}

// Each further retriever against the first, by the first measure.
void print_comparison(const Outcome& first, const Outcome& other) {
  const auto& ours = first.report.measures[0];
  const auto compared = scaup::compare_paired(ours.per_query, other.report.measures[0].per_query).value();
  std::printf("\n%s less %s, %s: %+.4f (%.4f to %.4f), p = %.4f, better on %zu queries, worse on %zu\n", other.name.c_str(), first.name.c_str(),
              to_string(ours.what).c_str(), compared.difference, compared.interval.low, compared.interval.high, compared.p_value, compared.second_better,
              compared.first_better);
}

std::string measure_json(const scaup::MeasureReport& measure) {
  return "\"" + to_string(measure.what) + "\": {\"mean\": " + number(measure.mean) + ", \"low\": " + number(measure.interval.low) +
         ", \"high\": " + number(measure.interval.high) + "}";
}

}  // namespace

std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) out += c < ' ' || c > '~' || std::string_view("\"\\<>&'").find(c) != std::string_view::npos ? '_' : c;
  return out;
}

void print_table(const Evaluation& evaluation) {
  const auto& first = evaluation.outcomes.front();
  std::printf("%s: %zu documents, %zu judged queries\n", plain(evaluation.collection).c_str(), evaluation.documents, first.report.queries.size());
  for (const auto& outcome : evaluation.outcomes) print_outcome(outcome);
  for (std::size_t i = 1; i < evaluation.outcomes.size(); ++i) print_comparison(first, evaluation.outcomes[i]);
}

std::string to_json(const Evaluation& evaluation) {
  std::string out = "{\n  \"collection\": \"" + plain(evaluation.collection) + "\",\n  \"documents\": " + std::to_string(evaluation.documents) +
                    ",\n  \"queries\": " + std::to_string(evaluation.outcomes.front().report.queries.size()) + ",\n  \"retrievers\": {";
  for (std::size_t i = 0; i < evaluation.outcomes.size(); ++i) {
    const auto& outcome = evaluation.outcomes[i];
    out += (i == 0 ? "\n    \"" : ",\n    \"") + outcome.name + "\": {";
    for (std::size_t m = 0; m < outcome.report.measures.size(); ++m) out += (m == 0 ? "\n      " : ",\n      ") + measure_json(outcome.report.measures[m]);
    out += "\n    }";
  }
  return out + "\n  }\n}\n";
}
