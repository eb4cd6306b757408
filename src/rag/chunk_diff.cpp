// Matches the chunks of two versions of a source by their texts.

#include "rag/chunk_diff.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace scaup::inline v0 {
namespace {

// The chunks of one text, of which the first `matched` have found their place.
struct SameText {
  std::vector<const Document*> chunks = {};
  std::size_t matched = 0;

  const Document& next() {
    if (matched < chunks.size()) return *chunks[matched++];
    return *chunks.back();
  }
};

}  // namespace

ChunkDiff reuse_vectors(const std::vector<Document>& before, std::vector<Document>& chunks) {
  std::unordered_map<std::string_view, SameText> texts;
  for (const Document& chunk : before) texts[chunk.text].chunks.push_back(&chunk);
  ChunkDiff diff;
  for (Document& chunk : chunks) {
    const auto found = texts.find(chunk.text);
    if (found == texts.end()) continue;
    chunk.embedding = found->second.next().embedding;
    if (chunk.embedding) ++diff.kept;
  }
  for (const auto& [text, same] : texts) diff.gone += same.chunks.size() - same.matched;
  return diff;
}

}  // namespace scaup::inline v0
