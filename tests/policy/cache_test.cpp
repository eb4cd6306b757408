// The embedding cache in memory: hits, what is thrown out, and what a key depends on.

#include <set>

#include "policy/fakes.hpp"
#include "scaup/embedding_cache.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

struct Cached {
  std::shared_ptr<FakeEmbedder> inner = std::make_shared<FakeEmbedder>();
  std::shared_ptr<EmbeddingCache> cache;
  std::shared_ptr<const Embedder> embedder;

  explicit Cached(const EmbeddingCacheOptions& options = {}) : cache(require_ok(make_embedding_cache(options))) {
    embedder = require_ok(with_cache(std::shared_ptr<const Embedder>(inner), cache));
  }
  void embed(const std::vector<std::string>& texts, TextKind kind = TextKind::document) const {
    const auto rows = require_ok(embedder->embed(views(texts), kind));
    REQUIRE(rows.rows() == texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(rows.row(i)[0] == std::stof(texts[i]));
  }
  // The texts of the last call of the embedder.
  FakeEmbedder::Texts asked() const { return inner->calls().back(); }
};

}  // namespace

TEST_CASE("cache: only what is missing is embedded, each text once, and the order is kept") {
  const Cached cached;
  cached.embed({"1", "2", "1"});
  REQUIRE(cached.asked() == FakeEmbedder::Texts{"1", "2"});
  cached.embed({"3", "2", "4", "1"});
  REQUIRE(cached.asked() == FakeEmbedder::Texts{"3", "4"});
  cached.embed({"4", "3", "2", "1"});
  REQUIRE(cached.inner->calls().size() == 2);
  REQUIRE(cached.cache->stats().hits == 6);
  REQUIRE(cached.cache->stats().misses == 4);
  REQUIRE(cached.cache->stats().entries == 4);
}

TEST_CASE("cache: a document and a question with the same words have vectors of their own") {
  const Cached cached;
  cached.embed({"1"});
  cached.embed({"1"}, TextKind::query);
  REQUIRE(cached.inner->calls().size() == 2);
}

TEST_CASE("cache: keys differ with every part of the identity") {
  const EmbedderIdentity base{.provider = "p", .model = "m", .dimension = 2};
  std::vector<EmbedderIdentity> identities(7, base);
  identities[1].provider = "p2";
  identities[2].model = "m2";
  identities[3].dimension = 3;
  identities[4].normalised = false;
  identities[5].document_prefix = "x";
  identities[6].query_prefix = "x";
  std::set<std::pair<std::uint64_t, std::uint64_t>> keys;
  for (const auto& identity : identities) {
    const EmbeddingKey key = embedding_key(identity, TextKind::document, "text");
    keys.emplace(key.low, key.high);
  }
  REQUIRE(keys.size() == 7);
  const EmbedderIdentity shifted{.provider = "pm", .model = "", .dimension = 2};
  const EmbedderIdentity other{.provider = "p", .model = "m", .dimension = 2};
  REQUIRE_FALSE(embedding_key(shifted, TextKind::document, "t") == embedding_key(other, TextKind::document, "t"));
}

TEST_CASE("cache: memory is bounded, and what was used longest ago goes first") {
  const Cached cached({.max_bytes = 3 * 136});  // three entries of 128 bytes and two floats
  cached.embed({"1", "2", "3"});
  cached.embed({"1"});
  cached.embed({"4"});
  cached.embed({"1", "3", "4"});
  REQUIRE(cached.inner->calls().size() == 2);
  cached.embed({"2"});
  REQUIRE(cached.inner->calls().size() == 3);
  REQUIRE(cached.cache->stats().entries == 3);
  REQUIRE(cached.cache->stats().evicted == 2);
  REQUIRE(cached.cache->stats().bytes <= 3 * 136);
}

TEST_CASE("cache: an entry larger than the cache is not kept") {
  const Cached cached({.max_bytes = 100});
  cached.embed({"1"});
  cached.embed({"1"});
  REQUIRE(cached.inner->calls().size() == 2);
  REQUIRE(cached.cache->stats().entries == 0);
}

TEST_CASE("cache: entries go when their time is over") {
  const auto clock = std::make_shared<FakeClock>();
  const Cached cached({.time_to_live = std::chrono::seconds(10), .clock = clock});
  cached.embed({"1"});
  clock->advance(std::chrono::seconds(9));
  cached.embed({"1"});
  REQUIRE(cached.inner->calls().size() == 1);
  clock->advance(std::chrono::seconds(1));
  cached.embed({"1"});
  REQUIRE(cached.inner->calls().size() == 2);
}

TEST_CASE("cache: the longest time to live is for ever") {
  const auto clock = std::make_shared<FakeClock>();
  const Cached cached({.time_to_live = std::chrono::seconds::max(), .clock = clock});
  cached.embed({"1"});
  clock->advance(std::chrono::hours(24));
  cached.embed({"1"});
  REQUIRE(cached.inner->calls().size() == 1);
}

TEST_CASE("cache: a failed embedding is not kept") {
  const auto inner = std::make_shared<FakeEmbedder>(
      [fail = Failures(1, Error(ErrorCode::unavailable, "down"))](const auto&) mutable { return fail(); });
  const auto cache = require_ok(make_embedding_cache());
  const auto embedder = require_ok(with_cache(std::shared_ptr<const Embedder>(inner), cache));
  const std::vector<std::string> texts{"1"};
  require_error(embedder->embed(views(texts), TextKind::document), ErrorCode::unavailable);
  REQUIRE(require_ok(embedder->embed(views(texts), TextKind::document)).rows() == 1);
}

TEST_CASE("cache: one that fails or answers nonsense does not fail the call") {
  class BadCache final : public EmbeddingCache {
   public:
    explicit BadCache(Result<Rows> answer) : answer_(std::move(answer)) {}
    Result<Rows> get(const EmbedderIdentity&, std::span<const EmbeddingKey>, std::stop_token) override {
      return answer_;
    }
    Status put(const EmbedderIdentity&, std::span<const EmbeddingKey>, const Embeddings&, std::stop_token) override {
      return Error(ErrorCode::io, "full");
    }
    [[nodiscard]] EmbeddingCacheStats stats() const override { return {}; }

   private:
    Result<Rows> answer_;
  };
  Result<EmbeddingCache::Rows> answer = EmbeddingCache::Rows{};
  SECTION("an error") {
    answer = Error(ErrorCode::io, "gone");
  }
  SECTION("too few rows") {
    answer = EmbeddingCache::Rows{};
  }
  SECTION("a row of another dimension") {
    answer = EmbeddingCache::Rows{std::vector<float>{1, 2, 3}};
  }
  const std::shared_ptr<const Embedder> inner = std::make_shared<FakeEmbedder>();
  const auto embedder = require_ok(with_cache(inner, std::make_shared<BadCache>(answer)));
  const std::vector<std::string> texts{"5"};
  REQUIRE(require_ok(embedder->embed(views(texts), TextKind::document)).row(0)[0] == 5);
}

TEST_CASE("cache: a cancelled call is cancelled, whatever is cached") {
  const Cached cached;
  cached.embed({"1"});
  std::stop_source stop;
  stop.request_stop();
  const std::vector<std::string> texts{"1"};
  require_error(cached.embedder->embed(views(texts), TextKind::document, stop.get_token()), ErrorCode::cancelled);
}
