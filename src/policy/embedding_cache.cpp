// EmbeddingCache: keys, and the cache in memory.

#include "scaup/embedding_cache.hpp"

#include <list>
#include <mutex>
#include <unordered_map>

#include "base/boundary.hpp"
#include "base/hash.hpp"
#include "base/option_check.hpp"

namespace scaup::inline v0 {
namespace {

using Time = std::chrono::steady_clock::time_point;

struct HashOfKey {
  std::size_t operator()(const EmbeddingKey& key) const noexcept { return key.low; }
};

// What an entry costs beside its vector: list node, table node, bucket.
constexpr std::size_t kEntryOverhead = 128;

// The entries from the one used last to the one used longest ago, and where each lies. Not thread-safe.
class LeastRecentlyUsed {
 public:
  struct Entry {
    EmbeddingKey key;
    std::vector<float> vector;
    Time made;

    [[nodiscard]] std::size_t bytes() const noexcept { return kEntryOverhead + vector.size() * sizeof(float); }
  };

  // The entry with this key, which is then the one used last; null if there is none.
  [[nodiscard]] const Entry* use(const EmbeddingKey& key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
  }

  void erase(const EmbeddingKey& key) noexcept {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    bytes_ -= found->second->bytes();
    entries_.erase(found->second);
    places_.erase(found);
  }

  // There is no entry with this key.
  void add(Entry entry) {
    std::list<Entry> node;
    node.push_front(std::move(entry));
    places_.emplace(node.front().key, node.begin());
    bytes_ += node.front().bytes();
    entries_.splice(entries_.begin(), node);
  }

  void erase_oldest() noexcept { erase(EmbeddingKey(entries_.back().key)); }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::list<Entry> entries_;
  std::unordered_map<EmbeddingKey, std::list<Entry>::iterator, HashOfKey> places_;
  std::size_t bytes_ = 0;
};

class MemoryEmbeddingCache final : public EmbeddingCache {
 public:
  explicit MemoryEmbeddingCache(const EmbeddingCacheOptions& options)
      : options_(options), clock_(clock_or_default(options.clock)) {}

  Result<Rows> get(const EmbedderIdentity& /*identity*/, std::span<const EmbeddingKey> keys,
                   std::stop_token /*stop*/) override {
    return guarded([&]() -> Result<Rows> {
      Rows found(keys.size());
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < keys.size(); ++i) found[i] = look_up(keys[i]);
      return found;
    });
  }

  Status put(const EmbedderIdentity& /*identity*/, std::span<const EmbeddingKey> keys, const Embeddings& rows,
             std::stop_token /*stop*/) override {
    return guarded([&]() -> Status {
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < keys.size(); ++i) keep(keys[i], rows.row(i));
      return {};
    });
  }

  EmbeddingCacheStats stats() const override {
    const std::lock_guard lock(mutex_);
    EmbeddingCacheStats stats = stats_;
    stats.entries = entries_.size();
    stats.bytes = entries_.bytes();
    return stats;
  }

 private:
  std::optional<std::vector<float>> look_up(const EmbeddingKey& key) {
    const LeastRecentlyUsed::Entry* const entry = entries_.use(key);
    if (entry != nullptr && !expired(*entry)) {
      ++stats_.hits;
      return entry->vector;
    }
    if (entry != nullptr) entries_.erase(key);
    ++stats_.misses;
    return std::nullopt;
  }

  void keep(const EmbeddingKey& key, std::span<const float> row) {
    LeastRecentlyUsed::Entry entry{.key = key, .vector = {row.begin(), row.end()}, .made = clock_->now()};
    if (entry.bytes() > options_.max_bytes) return;
    entries_.erase(key);
    while (entries_.bytes() > options_.max_bytes - entry.bytes()) {
      entries_.erase_oldest();
      ++stats_.evicted;
    }
    entries_.add(std::move(entry));
  }

  [[nodiscard]] bool expired(const LeastRecentlyUsed::Entry& entry) const noexcept {
    // In seconds: the largest time to live has more nanoseconds than can be counted.
    return options_.time_to_live &&
           std::chrono::floor<std::chrono::seconds>(clock_->now() - entry.made) >= *options_.time_to_live;
  }

  const EmbeddingCacheOptions options_;
  const std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;
  LeastRecentlyUsed entries_;  // under mutex_, as all below
  EmbeddingCacheStats stats_;
};

}  // namespace

EmbeddingCache::~EmbeddingCache() = default;

EmbeddingKey embedding_key(const EmbedderIdentity& identity, TextKind kind, std::string_view text) {
  std::string bytes;
  for (const std::string_view field :
       {std::string_view(identity.provider), std::string_view(identity.model),
        std::string_view(identity.document_prefix), std::string_view(identity.query_prefix)}) {
    append_field(bytes, field);
  }
  append_field(bytes, std::to_string(identity.dimension));
  bytes += identity.normalised ? 'n' : 'r';
  bytes += kind == TextKind::query ? 'q' : 'd';
  bytes += text;
  const Hash128 hash = hash128(bytes);
  return {.low = hash.low, .high = hash.high};
}

Result<std::shared_ptr<EmbeddingCache>> make_embedding_cache(const EmbeddingCacheOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<EmbeddingCache>> {
    if (Status valid = check_time_to_live(options.time_to_live, "embedding cache"); !valid)
      return std::move(valid).error();
    return std::make_shared<MemoryEmbeddingCache>(options);
  });
}

}  // namespace scaup::inline v0
