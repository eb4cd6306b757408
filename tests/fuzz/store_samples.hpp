#pragma once
// A few documents for fuzz targets that end in a store, and all questions that a store can be asked.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/local_store.hpp"
#include "fuzz.hpp"
#include "scaup/filter.hpp"

namespace scaup::fuzz {

inline constexpr std::size_t kDocuments = 5;

inline Document sample_document(std::size_t i) {
  return {.id = "id" + std::to_string(i),
          .text = "text of " + std::to_string(i),
          .metadata = {{"number", static_cast<int>(i)},
                       {"real", 0.5},
                       {"even", i % 2 == 0},
                       {"tags", std::vector<std::string>{"a", "b"}}},
          .origin = Origin{.source_id = "book", .begin = i, .end = i + 9, .section = {"one"}}};
}

/// The document with number 3 has no vector, as with an embedder that knows no word of it.
inline std::vector<float> sample_vector(std::size_t i) {
  if (i == 3) return {};
  return {static_cast<float>(i), 1, -2, 0.5F};
}

inline void fill(LocalStore& store) {
  std::vector<Document> documents;
  std::vector<std::vector<float>> vectors;
  for (std::size_t i = 0; i < kDocuments; ++i) {
    documents.push_back(sample_document(i));
    vectors.push_back(sample_vector(i));
  }
  std::vector<StoreRecord> records;
  for (std::size_t i = 0; i < kDocuments; ++i) records.push_back({&documents[i], vectors[i]});
  require(store.write(records, WriteMode::add, store.info({})->schema_version, {}).has_value());
}

/// Nothing but a value or the word that the stored bytes are damaged.
template <typename T>
bool is_answer(const Result<T>& result) {
  return result.has_value() || result.error().code() == ErrorCode::corruption;
}

/// Asks for everything, by every way to ask.
inline void read_everything(const LocalStore& store) {
  const auto info = store.info({});
  require(info.has_value());
  const auto page = store.scan({.limit = 1000, .with_embeddings = true}, {});
  require(is_answer(page));
  if (page) require(page->documents.size() == info->documents);
  require(is_answer(store.count(field("number") >= 2 || text().contains("o"), {})));
  require(is_answer(store.get(std::vector<std::string>{"id1", "id4", "none"}, true, {})));
  if (!info->schema.dimension) return;
  const std::vector<float> vector(*info->schema.dimension, 0.25F);
  VectorQuery query{.vector = vector, .options = {.k = 3, .with_embeddings = true}};
  const auto found = store.query(std::span(&query, 1), info->schema_version, {});
  require(is_answer(found));
  const std::size_t vectors = info->documents - info->without_vector;
  if (found && info->schema.metric != Metric::cosine) require((*found)[0].size() == std::min<std::size_t>(3, vectors));
}

/// Replaces, updates and removes documents, and reads what is left.
inline void change(LocalStore& store) {
  const auto info = store.info({});
  require(info.has_value());
  if (info->schema.dimension) {
    const std::vector<float> vector(*info->schema.dimension, 0.25F);
    const Document document = sample_document(4);
    const StoreRecord record{&document, vector};
    require(is_answer(store.write(std::span(&record, 1), WriteMode::upsert, info->schema_version, {})));
  }
  const MetadataUpdate update{.id = "id2", .set = {{"number", 9}}, .erase = {"tags"}};
  const auto updated = store.update_metadata(std::span(&update, 1), {});
  require(is_answer(updated) || updated.error().code() == ErrorCode::not_found);
  require(is_answer(store.remove_ids(std::vector<std::string>{"id1", "none"}, {})));
  require(is_answer(store.scan({.limit = 1000, .with_embeddings = true}, {})));
}

}  // namespace scaup::fuzz
