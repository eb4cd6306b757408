// Rows from a fixed seed.

#include "rows.hpp"

#include <array>
#include <random>

#include "bench_vectors.hpp"
#include "engine/operation_codec.hpp"
#include "storage/log_format.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kTextBytes = 500;
constexpr std::size_t kQueries = 2'000;  // drawn before the rows, so that they are not among them

std::string make_text(std::mt19937_64& random) {
  static constexpr std::array kWords = {"harbour", "of",    "stone",  "and",     "a",      "quiet",  "river",
                                        "that",    "turns", "before", "morning", "copper", "letter", "window"};
  std::string text;
  while (text.size() < kTextBytes) {
    text += kWords[random() % kWords.size()];
    text += ' ';
  }
  return text;
}

Document make_row(std::size_t number, const std::string& prefix, std::span<const float> vector) {
  std::mt19937_64 random(number);
  Document row;
  row.id = prefix + std::to_string(number);
  row.text = make_text(random);
  row.metadata = {{"source", "shelf-" + std::to_string(random() % 50)},
                  {"year", static_cast<int>(1950 + random() % 75)},
                  {"weight", static_cast<double>(random() % 1000) / 8.0},
                  {"public", random() % 2 == 0}};
  row.embedding = std::vector<float>(vector.begin(), vector.end());
  return row;
}

}  // namespace

std::vector<Document> make_rows(std::size_t count, const std::string& prefix) {
  ClusteredSource source(kDimension);
  static_cast<void>(source.draw(kQueries));
  const Vectors vectors = source.draw(count);
  std::vector<Document> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) rows.push_back(make_row(i, prefix, vectors.at(i)));
  return rows;
}

std::vector<std::vector<float>> make_queries(std::size_t count) {
  ClusteredSource source(kDimension);
  const Vectors vectors = source.draw(kQueries);
  std::vector<std::vector<float>> queries;
  for (std::size_t i = 0; i < count; ++i) {
    const auto vector = vectors.at(i % kQueries);
    queries.emplace_back(vector.begin(), vector.end());
  }
  return queries;
}

std::size_t log_bytes_of(std::span<const Document> documents) {
  std::vector<StoreRecord> records;
  records.reserve(documents.size());
  for (const Document& document : documents) records.push_back({&document, *document.embedding});
  const LogEntry entry = log_of_add(records, WriteMode::add);
  std::vector<std::byte> buffer;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < entry.part_count(); ++i) {
    bytes += kFrameHeaderBytes + static_cast<std::size_t>(aligned_to_frame(entry.part(i, buffer).size()));
  }
  return bytes;
}

CollectionOptions options_without_graph() {
  CollectionOptions options;
  options.index.graph = false;
  return options;
}

}  // namespace scaup::bench
