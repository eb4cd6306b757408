#include "rag/chunk_diff.hpp"

#include <string>

#include "support/catch.hpp"

using namespace scaup;

namespace {

std::vector<Document> chunks_with(std::initializer_list<std::pair<const char*, float>> texts) {
  std::vector<Document> chunks;
  for (const auto& [text, value] : texts) chunks.push_back({.text = text, .embedding = std::vector<float>{value}});
  return chunks;
}

std::vector<Document> chunks_without(std::initializer_list<const char*> texts) {
  std::vector<Document> chunks;
  for (const char* text : texts) chunks.push_back({.text = text});
  return chunks;
}

// 0 where there is no vector.
std::vector<float> values_of(const std::vector<Document>& chunks) {
  std::vector<float> values;
  for (const Document& chunk : chunks) values.push_back(chunk.embedding ? chunk.embedding->front() : 0);
  return values;
}

using Values = std::vector<float>;

}  // namespace

TEST_CASE("chunk diff: texts that were there have their vector, wherever they are") {
  auto chunks = chunks_without({"c", "new", "a"});
  const ChunkDiff diff = reuse_vectors(chunks_with({{"a", 1}, {"b", 2}, {"c", 3}}), chunks);
  REQUIRE(values_of(chunks) == Values{3, 0, 1});
  REQUIRE(diff.kept == 2);
  REQUIRE(diff.gone == 1);
}

TEST_CASE("chunk diff: equal texts are matched in order, and share a vector where there are more of them") {
  auto chunks = chunks_without({"a", "a", "a"});
  const ChunkDiff diff = reuse_vectors(chunks_with({{"a", 1}, {"a", 2}}), chunks);
  REQUIRE(values_of(chunks) == Values{1, 2, 2});
  REQUIRE(diff.kept == 3);
  REQUIRE(diff.gone == 0);
}

TEST_CASE("chunk diff: of equal texts the ones too many are gone") {
  auto chunks = chunks_without({"a"});
  const ChunkDiff diff = reuse_vectors(chunks_with({{"a", 1}, {"a", 2}, {"b", 3}}), chunks);
  REQUIRE(diff.kept == 1);
  REQUIRE(diff.gone == 2);
}

TEST_CASE("chunk diff: a chunk that had no vector is not kept, but made anew") {
  auto chunks = chunks_without({"a"});
  const ChunkDiff diff = reuse_vectors(chunks_without({"a"}), chunks);
  REQUIRE(values_of(chunks) == Values{0});
  REQUIRE(diff.kept == 0);
  REQUIRE(diff.gone == 0);
}
