// with_cache.

#include <algorithm>
#include <unordered_map>

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "embed/embed_checked.hpp"
#include "scaup/embedding_cache.hpp"

namespace scaup::inline v0 {
namespace {

// The different texts of a call, each of them once, and which of them each text is.
struct DistinctTexts {
  explicit DistinctTexts(std::span<const std::string_view> texts) {
    std::unordered_map<std::string_view, std::size_t> known;
    for (const std::string_view text : texts) {
      const auto [place, is_new] = known.emplace(text, list.size());
      if (is_new) list.push_back(text);
      which.push_back(place->second);
    }
  }

  std::vector<std::string_view> list = {};
  std::vector<std::size_t> which = {};
};

class CachedEmbedder final : public Embedder {
 public:
  CachedEmbedder(std::shared_ptr<const Embedder> embedder, std::shared_ptr<EmbeddingCache> cache)
      : embedder_(std::move(embedder)), cache_(std::move(cache)) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                           std::stop_token stop) const override {
    return guarded([&]() -> Result<Embeddings> {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embedding was cancelled");
      const DistinctTexts distinct(texts);
      const auto rows = embed_distinct(distinct.list, kind, stop);
      if (!rows) return rows.error();
      Embeddings all{.dimension = rows->dimension};
      all.values.reserve(texts.size() * rows->dimension);
      for (const std::size_t which : distinct.which) {
        const auto row = rows->row(which);
        all.values.insert(all.values.end(), row.begin(), row.end());
      }
      return all;
    });
  }
  const EmbedderIdentity& identity() const noexcept override { return embedder_->identity(); }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return embedder_->tokenizer(); }

 private:
  Result<Embeddings> embed_distinct(const std::vector<std::string_view>& texts, TextKind kind,
                                    const std::stop_token& stop) const {
    std::vector<EmbeddingKey> keys;
    for (const std::string_view text : texts) keys.push_back(embedding_key(identity(), kind, text));
    auto cached = cached_rows(keys, stop);
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (!cached[i]) missing.push_back(i);
    }
    const auto made = embed_missing(texts, keys, missing, kind, stop);
    if (!made) return made.error();
    return merged(cached, missing, *made);
  }

  // What is of no use counts as missing: the embedder is asked instead.
  EmbeddingCache::Rows cached_rows(const std::vector<EmbeddingKey>& keys, const std::stop_token& stop) const {
    auto found = cache_->get(identity(), keys, stop);
    if (!found || found->size() != keys.size()) {
      return EmbeddingCache::Rows(keys.size());
    }
    for (auto& row : *found) {
      if (row && row->size() != identity().dimension) row.reset();
    }
    return *std::move(found);
  }

  Result<Embeddings> embed_missing(const std::vector<std::string_view>& texts, const std::vector<EmbeddingKey>& keys,
                                   const std::vector<std::size_t>& missing, TextKind kind,
                                   const std::stop_token& stop) const {
    if (missing.empty()) return Embeddings{.dimension = identity().dimension};
    std::vector<std::string_view> asked;
    std::vector<EmbeddingKey> asked_keys;
    for (const std::size_t i : missing) {
      asked.push_back(texts[i]);
      asked_keys.push_back(keys[i]);
    }
    auto rows = embed_checked(*embedder_, asked, kind, stop);
    if (!rows) return rows;
    static_cast<void>(cache_->put(identity(), asked_keys, *rows, stop));  // counted by the cache if it failed
    return rows;
  }

  static Embeddings merged(const EmbeddingCache::Rows& cached, const std::vector<std::size_t>& missing,
                           const Embeddings& made) {
    Embeddings all{.dimension = made.dimension};
    all.values.resize(cached.size() * all.dimension);
    const auto place = [&](std::size_t i) {
      return all.values.begin() + static_cast<std::ptrdiff_t>(i * all.dimension);
    };
    for (std::size_t i = 0; i < cached.size(); ++i) {
      if (cached[i]) std::ranges::copy(*cached[i], place(i));
    }
    for (std::size_t i = 0; i < missing.size(); ++i) std::ranges::copy(made.row(i), place(missing[i]));
    return all;
  }

  std::shared_ptr<const Embedder> embedder_;
  std::shared_ptr<EmbeddingCache> cache_;
};

}  // namespace

Result<std::shared_ptr<const Embedder>> with_cache(std::shared_ptr<const Embedder> embedder,
                                                   std::shared_ptr<EmbeddingCache> cache) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    Status valid = check_not_null(embedder, "with_cache: the embedder");
    if (valid) valid = check_not_null(cache, "with_cache: the cache");
    if (!valid) return std::move(valid).error();
    return std::make_shared<const CachedEmbedder>(std::move(embedder), std::move(cache));
  });
}

}  // namespace scaup::inline v0
