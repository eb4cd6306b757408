// How good are the answers? Evaluates retrievers on a test collection in BEIR's layout.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "report.hpp"
#include "systems.hpp"

namespace {

struct Arguments {
  std::string folder = {};
  std::vector<System> systems = {};
  std::string split = "test";
  std::string json = {};
  std::string svg = {};
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void print_help() {
  std::printf(
      "usage: evaluate FOLDER [--retriever NAME]... [--split NAME] [--json FILE] [--svg FILE]\n"
      "FOLDER has corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv (test). The first --retriever is compared with the others.\nretrievers\n");
  for (const System& system : all_systems()) std::printf("  %-10s %s\n", std::string(system.name).c_str(), std::string(system.what).c_str());
}

System find_system(const std::string& name) {
  const auto systems = all_systems();
  const auto found = std::ranges::find(systems, name, &System::name);
  if (found == systems.end()) throw UsageError("there is no retriever \"" + name + "\"");
  return *found;
}

void read_option(Arguments& arguments, const std::string& option, const std::string& value) {
  if (option == "--retriever") return arguments.systems.push_back(find_system(value));
  const std::pair<const char*, std::string*> options[] = {{"--split", &arguments.split}, {"--json", &arguments.json}, {"--svg", &arguments.svg}};
  for (const auto& [name, place] : options) {
    if (option == name) return void(*place = value);
  }
  throw UsageError("there is no option " + option);
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("--")) {
      if (++i == argc) throw UsageError(word + " needs a value");
      read_option(arguments, word, argv[i]);
    } else if (!std::exchange(arguments.folder, word).empty()) {
      throw UsageError("one folder, not two");
    }
  }
  if (arguments.folder.empty()) throw UsageError("a folder is missing");
  if (arguments.systems.empty()) arguments.systems.push_back(all_systems().front());
  return arguments;
}

Evaluation evaluate_all(const Arguments& arguments) {
  const auto test = scaup::load_beir(arguments.folder, {.split = arguments.split, .text = scaup::BeirText::title_and_body}).value();
  auto db = scaup::Database::in_memory();
  auto documents = db.create_collection("documents", {.embedder = scaup::make_static_embedder().value()}).value();
  documents.add(test.documents).value();
  // The first hybrid query has the neighbours indexed, which the figures of the others should not depend on.
  documents.query("first", {.mode = scaup::QueryMode::hybrid}).value();
  documents.wait_until_indexed().value();
  const auto name = std::filesystem::weakly_canonical(arguments.folder).filename().string();
  Evaluation evaluation{.collection = name, .documents = test.documents.size()};
  for (const System& system : arguments.systems) {
    const auto retriever = system.make(documents);
    const auto start = std::chrono::steady_clock::now();
    auto report = scaup::evaluate(*retriever, test.queries, test.judgements, {.threads = 1}).value();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    evaluation.outcomes.push_back({std::string(system.name), std::move(report), elapsed.count()});
  }
  return evaluation;
}

void write_file(const std::string& path, const std::string& text) {
  if (!(std::ofstream(path, std::ios::binary) << text << std::flush)) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc == 2 && std::string_view(argv[1]) == "--help") return print_help(), 0;
  const Arguments arguments = parse(argc, argv);
  const Evaluation evaluation = evaluate_all(arguments);
  print_table(evaluation);
  if (!arguments.json.empty()) write_file(arguments.json, to_json(evaluation));
  if (!arguments.svg.empty()) write_file(arguments.svg, to_svg(evaluation));
} catch (const UsageError& error) {
  return std::fprintf(stderr, "evaluate: %s; see evaluate --help\n", error.what()), 2;
} catch (const std::exception& error) {
  return std::fprintf(stderr, "evaluate: %s\n", error.what()), 1;
}
