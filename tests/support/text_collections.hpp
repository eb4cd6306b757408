#pragma once
// The retrieval collections of SCAUP_SHARED_DATA (BEIR's layout), for tests and benches that need real text.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_reader.hpp"

namespace scaup::test {

struct TextRecord {
  std::string id = {};
  std::string title = {};
  std::string text = {};
};

struct TextCollection {
  std::vector<TextRecord> documents = {};
  std::vector<TextRecord> queries = {};
  std::map<std::string, std::map<std::string, double>> judgements = {};  // query, document, gain
};

/// The folder of the collections; nothing where the variable is not set.
inline std::optional<std::filesystem::path> shared_collections() {
  const char* const folder = std::getenv("SCAUP_SHARED_DATA");
  if (folder == nullptr) return std::nullopt;
  return std::filesystem::path(folder) / "collections";
}

inline std::vector<TextRecord> read_records(const std::filesystem::path& path) {
  std::vector<TextRecord> records;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const JsonValue value = parse_json(line).value();
    const auto field = [&](std::string_view name) {
      const JsonValue* const found = value.find(name);
      return found == nullptr ? std::string() : *found->get_if<std::string>();
    };
    records.push_back({field("_id"), field("title"), field("text")});
  }
  return records;
}

inline TextCollection read_collection(const std::filesystem::path& folder) {
  TextCollection collection{read_records(folder / "corpus.jsonl"), read_records(folder / "queries.jsonl"), {}};
  std::ifstream file(folder / "qrels" / "test.tsv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string query;
    std::string document;
    double gain = 0;
    fields >> query >> document >> gain;
    if (gain > 0) collection.judgements[query][document] = gain;
  }
  return collection;
}

}  // namespace scaup::test
