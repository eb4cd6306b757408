// The embedding cache in a database: one collection for each identity, a document without text for each key.

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>

#include "base/boundary.hpp"
#include "base/hash.hpp"
#include "base/metadata_value.hpp"
#include "base/option_check.hpp"
#include "collection/collection_state.hpp"
#include "scaup/embedding_cache.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kStored = "stored";  // metadata: seconds of the calendar when the entry was made

std::string hex_of(std::uint64_t number) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return digits;
}

std::string id_of(const EmbeddingKey& key) {
  return hex_of(key.high) + hex_of(key.low);
}

std::vector<std::string> ids_of(std::span<const EmbeddingKey> keys) {
  std::vector<std::string> ids;
  for (const EmbeddingKey& key : keys) ids.push_back(id_of(key));
  return ids;
}

std::string collection_name(const std::string& cache, std::uint64_t hash) {
  return cache + "-" + hex_of(hash);
}

class PersistentEmbeddingCache final : public EmbeddingCache {
 public:
  PersistentEmbeddingCache(Database database, const PersistentCacheOptions& options)
      : database_(std::move(database)), options_(options), clock_(clock_or_default(options.clock)) {}

  Result<Rows> get(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys,
                   std::stop_token stop) override {
    return noting_failure(guarded([&] { return find(identity, keys, stop); }));
  }

  Status put(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys, const Embeddings& rows,
             std::stop_token stop) override {
    return noting_failure(guarded([&] { return keep(identity, keys, rows, stop); }));
  }

  EmbeddingCacheStats stats() const override {
    const std::lock_guard lock(mutex_);
    EmbeddingCacheStats stats = stats_;
    for (const auto& [name, collection] : collections_) {
      const auto count = collection.count();
      if (count) stats.entries += *count;
    }
    return stats;
  }

 private:
  // A call that was cancelled did not fail.
  template <typename T>
  Result<T> noting_failure(Result<T> result) {
    if (result || result.error().code() == ErrorCode::cancelled) return result;
    const std::lock_guard lock(mutex_);
    ++stats_.failures;
    stats_.last_failure = result.error().message();
    return result;
  }

  Result<Rows> find(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys, const std::stop_token& stop) {
    auto collection = collection_of(identity);
    if (!collection) return std::move(collection).error();
    auto documents = collection->get_many(ids_of(keys), stop);
    if (!documents) return std::move(documents).error();
    Rows rows(keys.size());
    std::size_t hits = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto& document = (*documents)[i];
      if (!document || !document->embedding || expired(*document)) continue;
      rows[i] = *std::move(document->embedding);
      ++hits;
    }
    const std::lock_guard lock(mutex_);
    stats_.hits += hits;
    stats_.misses += keys.size() - hits;
    return rows;
  }

  Status keep(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys, const Embeddings& rows,
              const std::stop_token& stop) {
    auto collection = collection_of(identity);
    if (!collection) return std::move(collection).error();
    const std::size_t kept = std::min(keys.size(), options_.max_entries);
    if (Status room = make_room(*collection, kept, stop); !room) return room;
    std::vector<Document> documents;
    for (std::size_t i = 0; i < kept; ++i) {
      const auto row = rows.row(i);
      documents.push_back({.id = id_of(keys[i]), .embedding = std::vector<float>(row.begin(), row.end())});
      documents.back().metadata.emplace(kStored, now());
    }
    const auto written = collection->upsert(documents, stop);
    return written ? Status() : Status(written.error());
  }

  // The oldest tenth goes, so that this is seldom. Of entries of the same second more may go.
  Status make_room(Collection& collection, std::size_t more, const std::stop_token& stop) {
    const auto count = collection.count({}, stop);
    if (!count) return count.error();
    if (*count + more <= options_.max_entries) return {};
    auto times = times_of(collection, stop);
    if (!times) return std::move(times).error();
    if (times->empty()) return {};
    const std::size_t leaving = std::min(times->size(), *count + more - options_.max_entries + *count / 10);
    const auto last = times->begin() + static_cast<std::ptrdiff_t>(leaving - 1);
    std::ranges::nth_element(*times, last);
    const auto removed = collection.remove(field(std::string(kStored)) <= *last, stop);
    if (!removed) return removed.error();
    const std::lock_guard lock(mutex_);
    stats_.evicted += *removed;
    return {};
  }

  static Result<std::vector<std::int64_t>> times_of(const Collection& collection, const std::stop_token& stop) {
    std::vector<std::int64_t> times;
    ScanOptions options{.limit = 10'000};
    do {
      auto page = collection.scan(options, stop);
      if (!page) return std::move(page).error();
      for (const Document& document : page->documents) times.push_back(stored_at(document));
      options.after = std::move(page->next);
    } while (options.after);
    return times;
  }

  static std::int64_t stored_at(const Document& document) {
    const auto* const seconds = metadata_value<std::int64_t>(document.metadata, kStored);
    return seconds == nullptr ? 0 : *seconds;
  }

  [[nodiscard]] std::int64_t now() const noexcept {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_->wall_time().time_since_epoch()).count();
  }

  [[nodiscard]] bool expired(const Document& document) const {
    return options_.time_to_live && stored_at(document) <= now() - options_.time_to_live->count();
  }

  // Vectors are kept as they are, hence the inner product, which changes none; nobody searches them.
  Result<Collection> collection_of(const EmbedderIdentity& identity) {
    const EmbeddingKey hash = embedding_key(identity, TextKind::document, {});
    const std::string name = collection_name(options_.name, hash.low);
    const std::lock_guard lock(mutex_);
    const auto known = collections_.find(name);
    if (known != collections_.end()) return known->second;
    CollectionOptions options{.metric = Metric::inner_product, .dimension = identity.dimension};
    options.index.graph = false;
    auto collection = database_.get_or_create_collection(name, options);
    if (collection) collections_.emplace(name, *collection);
    return collection;
  }

  Database database_;
  const PersistentCacheOptions options_;
  const std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Collection> collections_;  // under mutex_, as all below
  EmbeddingCacheStats stats_;
};

Status check(const PersistentCacheOptions& options) {
  if (options.max_entries == 0) {
    return Error(ErrorCode::invalid_argument, "embedding cache: max_entries is 0, allowed are 1 and more");
  }
  if (Status valid = check_collection_name(collection_name(options.name, 0)); !valid) {
    Error error = std::move(valid).error();
    error.add_context("embedding cache: name");
    return error;
  }
  return check_time_to_live(options.time_to_live, "embedding cache");
}

}  // namespace

Result<std::shared_ptr<EmbeddingCache>> make_persistent_embedding_cache(Database database,
                                                                        const PersistentCacheOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<EmbeddingCache>> {
    if (Status valid = check(options); !valid) return std::move(valid).error();
    return std::make_shared<PersistentEmbeddingCache>(std::move(database), options);
  });
}

}  // namespace scaup::inline v0
