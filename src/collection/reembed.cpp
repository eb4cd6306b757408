#include "collection/reembed.hpp"

#include <unordered_map>

#include "base/hash.hpp"
#include "collection/embedding_batch.hpp"
#include "embed/embed_checked.hpp"

namespace scaup::inline v0 {
namespace {

// The new vectors made so far, by document. A text that has not changed since is not embedded again.
class NewVectors {
 public:
  // Takes a page of documents: embeds the texts that are new here.
  Status add(const std::vector<Document>& documents, const Embedder& embedder, const std::stop_token& stop) {
    std::vector<std::string_view> texts;
    std::vector<const Document*> missing;
    for (const Document& document : documents) {
      const auto known = vectors_.find(document.id);
      if (known != vectors_.end() && known->second.text_hash == hash128(document.text)) continue;
      texts.emplace_back(document.text);
      missing.push_back(&document);
    }
    const auto made = embed_checked(embedder, texts, TextKind::document, stop);
    if (!made) return made.error();
    for (std::size_t i = 0; i < missing.size(); ++i) {
      const auto row = made->row(i);
      auto& entry = vectors_[missing[i]->id];
      entry = {.text_hash = hash128(missing[i]->text), .vector = {}};
      if (!is_zero(row)) entry.vector.assign(row.begin(), row.end());
    }
    return {};
  }

  [[nodiscard]] EmbeddingUpdate update_for(const std::string& id) const {
    const auto entry = vectors_.find(id);
    return {.id = entry->first, .vector = entry->second.vector};
  }

 private:
  struct Entry {
    Hash128 text_hash;
    std::vector<float> vector;  // empty: the embedder knows nothing of the text
  };
  std::unordered_map<std::string, Entry> vectors_;
};

// Embeds every document that is there now; returns their ids.
Result<std::vector<std::string>> embed_pages(const VectorStore& store, const Embedder& embedder, NewVectors& vectors,
                                             const std::stop_token& stop) {
  std::vector<std::string> ids;
  ScanOptions page_options{.filter = {}, .limit = 1000, .after = {}, .with_embeddings = false};
  do {
    auto page = store.scan(page_options, stop);
    if (!page) return std::move(page).error();
    if (Status added = vectors.add(page->documents, embedder, stop); !added) return std::move(added).error();
    for (Document& document : page->documents) ids.push_back(std::move(document.id));
    page_options.after = std::move(page->next);
  } while (page_options.after);
  return ids;
}

// One attempt; `unavailable` if somebody wrote meanwhile.
Result<WriteReport> attempt(VectorStore& store, const Embedder& embedder, NewVectors& vectors,
                            const std::stop_token& stop) {
  const auto info = store.info(stop);
  if (!info) return info.error();
  const auto ids = embed_pages(store, embedder, vectors, stop);
  if (!ids) return ids.error();
  WriteReport report{.added = 0, .replaced = ids->size(), .without_vector = 0};
  std::vector<EmbeddingUpdate> updates;
  updates.reserve(ids->size());
  for (const std::string& id : *ids) {
    updates.push_back(vectors.update_for(id));
    if (updates.back().vector.empty()) ++report.without_vector;
  }
  StoreSchema schema = info->schema;
  schema.dimension = embedder.identity().dimension;
  schema.embedder = embedder.identity();
  if (Status replaced = store.replace_embeddings(schema, updates, info->revision, stop); !replaced) {
    return std::move(replaced).error();
  }
  return report;
}

}  // namespace

Result<WriteReport> reembed_all(Collection::State& state, const std::shared_ptr<const Embedder>& embedder,
                                const std::stop_token& stop) {
  constexpr int kAttempts = 5;
  if (Status valid = check_identity(embedder->identity()); !valid) return std::move(valid).error();
  NewVectors vectors;
  state.announce_embedder(embedder);
  Result<WriteReport> result = attempt(*state.store, *embedder, vectors, stop);
  for (int i = 1; i < kAttempts && !result && result.error().code() == ErrorCode::unavailable; ++i) {
    result = attempt(*state.store, *embedder, vectors, stop);
  }
  if (result) {
    state.set_embedder(embedder);
  } else {
    state.announce_embedder(nullptr);
  }
  return result;
}

}  // namespace scaup::inline v0
