#pragma once
// EmbeddingCache: vectors of texts that were embedded before, in memory or in a database.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/clock.hpp"
#include "scaup/config.hpp"
#include "scaup/database.hpp"
#include "scaup/embedder.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// XXH3-128 of the embedder's identity, the kind and the text: what the text is cannot be told from it.
struct EmbeddingKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const EmbeddingKey&, const EmbeddingKey&) = default;
};

[[nodiscard]] SCAUP_API EmbeddingKey embedding_key(const EmbedderIdentity& identity, TextKind kind,
                                                   std::string_view text);

struct EmbeddingCacheStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t evicted = 0;   ///< to make room
  std::uint64_t failures = 0;  ///< calls of the cache itself that failed; the embedder was asked instead
  std::size_t entries = 0;
  std::size_t bytes = 0;  ///< of memory; 0 where the cache is a database
  std::string last_failure = {};
};

/// Keeps vectors by key. Users may implement it. Implementations may be called from several threads at once.
class SCAUP_API EmbeddingCache {
 public:
  virtual ~EmbeddingCache();

  using Rows = std::vector<std::optional<std::vector<float>>>;

  /// One entry for each key, in order: `identity.dimension` floats, or nothing.
  [[nodiscard]] virtual Result<Rows> get(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys,
                                         std::stop_token stop) = 0;
  /// One row for each key, which are all different. May keep less than it is given.
  [[nodiscard]] virtual Status put(const EmbedderIdentity& identity, std::span<const EmbeddingKey> keys,
                                   const Embeddings& rows, std::stop_token stop) = 0;
  [[nodiscard]] virtual EmbeddingCacheStats stats() const = 0;
};

struct EmbeddingCacheOptions {
  std::size_t max_bytes = std::size_t{64} << 20;          ///< of memory; the entries used longest ago go first
  std::optional<std::chrono::seconds> time_to_live = {};  ///< since the entry was made; default: for ever
  std::shared_ptr<const Clock> clock = {};                ///< default: system_clock()
};

/// A cache in memory. Errors: `invalid_argument` for a time to live that is not positive.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<EmbeddingCache>> make_embedding_cache(
    const EmbeddingCacheOptions& options = {});

struct PersistentCacheOptions {
  std::string name = "embedding-cache";  ///< collections are called this, a hyphen and a hash of the identity
  std::size_t max_entries = 1'000'000;   ///< of each identity; the oldest tenth goes first
  std::optional<std::chrono::seconds> time_to_live = {};  ///< since the entry was made; default: for ever
  std::shared_ptr<const Clock> clock = {};                ///< default: system_clock()
};

/// A cache in collections of `database`, one for each identity, so that a second run of a program costs nothing.
/// It does not index them. Errors: `invalid_argument` for options out of range.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<EmbeddingCache>> make_persistent_embedding_cache(
    Database database, const PersistentCacheOptions& options = {});

/// Asks the cache first, and the embedder for what is missing, each text once. A cache that fails is counted in its
/// stats and does not fail the call. Errors: `invalid_argument` for null.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> with_cache(std::shared_ptr<const Embedder> embedder,
                                                                           std::shared_ptr<EmbeddingCache> cache);

}  // namespace scaup::inline v0
