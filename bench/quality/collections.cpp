// Vectors of documents and queries, made once so that no measurement has them in it.

#include "collections.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace scaup::bench {
namespace {

bool is_zero(std::span<const float> row) {
  return std::ranges::all_of(row, [](float x) { return x == 0.0F; });
}

Embeddings embed(const Embedder& embedder, const std::vector<std::string>& texts, TextKind kind) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return take(embedder.embed(views, kind));
}

}  // namespace

Embeddings embed_documents(const Embedder& embedder, const std::vector<Document>& documents) {
  std::vector<std::string> texts;
  for (const Document& document : documents) {
    const auto title = document.metadata.find("title");
    const std::string* const words = title == document.metadata.end() ? nullptr : title->second.get_if<std::string>();
    texts.push_back(words == nullptr ? document.text : *words + "\n" + document.text);
  }
  return embed(embedder, texts, TextKind::document);
}

void set_embedding(Document& document, const Embeddings& embeddings, std::size_t row) {
  const std::span<const float> values = embeddings.row(row);
  if (!is_zero(values)) document.embedding.emplace(values.begin(), values.end());
}

std::vector<std::vector<float>> embed_queries(const Embedder& embedder, const std::vector<std::string>& texts) {
  const Embeddings embeddings = embed(embedder, texts, TextKind::query);
  std::vector<std::vector<float>> vectors(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::span<const float> values = embeddings.row(i);
    if (!is_zero(values)) vectors[i].assign(values.begin(), values.end());
  }
  return vectors;
}

}  // namespace scaup::bench
