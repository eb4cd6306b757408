#pragma once
// What the program says: a table for people, JSON for programs, and a chart.

#include <scaup/scaup.hpp>
#include <string>
#include <vector>

/// One evaluated retriever.
struct Outcome {
  std::string name = {};
  scaup::EvaluationReport report = {};
  double seconds = 0;  // for all queries
};

struct Evaluation {
  std::string collection = {};  // the name of the folder
  std::size_t documents = 0;
  std::vector<Outcome> outcomes = {};
};

void print_table(const Evaluation& evaluation);
std::string to_json(const Evaluation& evaluation);
std::string to_svg(const Evaluation& evaluation);

/// `text` with characters that JSON or XML give a meaning to, and bytes that are not ASCII, replaced by '_'.
std::string plain(const std::string& text);
