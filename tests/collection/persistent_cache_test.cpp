// The embedding cache in a database.

#include <limits>

#include "policy/fakes.hpp"
#include "scaup/embedding_cache.hpp"
#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// A run of a program: returns how many texts were embedded for those that it asked for.
std::size_t run(Database database, const std::vector<std::string>& texts, PersistentCacheOptions options = {}) {
  const auto inner = std::make_shared<FakeEmbedder>();
  const auto cache = require_ok(make_persistent_embedding_cache(std::move(database), options));
  const auto embedder = require_ok(with_cache(std::shared_ptr<const Embedder>(inner), cache));
  const auto rows = require_ok(embedder->embed(views(texts), TextKind::document));
  for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(rows.row(i)[0] == std::stof(texts[i]));
  REQUIRE(cache->stats().failures == 0);
  std::size_t embedded = 0;
  for (const auto& call : inner->calls()) embedded += call.size();
  return embedded;
}

}  // namespace

TEST_CASE("persistent cache: a second run of a program embeds nothing") {
  const TempFolder folder;
  const std::vector<std::string> texts{"1", "2", "3.25"};
  for (const std::size_t expected : {3u, 0u}) {
    auto database = require_ok(Database::open(folder / "cache"));
    REQUIRE(run(database, texts) == expected);
    require_ok(database.close());
  }
}

TEST_CASE("persistent cache: a vector of zeros is kept too") {
  const auto database = Database::in_memory();
  const auto cache = require_ok(make_persistent_embedding_cache(database));
  const EmbedderIdentity identity{.provider = "p", .model = "m", .dimension = 2};
  const EmbeddingKey key = embedding_key(identity, TextKind::document, "?");
  require_ok(cache->put(identity, {&key, 1}, {.dimension = 2, .values = {0, 0}}, {}));
  const auto rows = require_ok(cache->get(identity, {&key, 1}, {}));
  REQUIRE(rows.front() == std::vector<float>{0, 0});
}

TEST_CASE("persistent cache: embedders of different dimension do not meet") {
  const auto cache = require_ok(make_persistent_embedding_cache(Database::in_memory()));
  for (const std::size_t dimension : {2u, 3u}) {
    const EmbedderIdentity identity{.provider = "p", .model = "m", .dimension = dimension};
    const EmbeddingKey key = embedding_key(identity, TextKind::document, "a");
    require_ok(
        cache->put(identity, {&key, 1}, {.dimension = dimension, .values = std::vector<float>(dimension, 1)}, {}));
    REQUIRE(require_ok(cache->get(identity, {&key, 1}, {})).front()->size() == dimension);
  }
  REQUIRE(cache->stats().entries == 2);
}

TEST_CASE("persistent cache: the oldest go when it is full") {
  const auto database = Database::in_memory();
  const auto clock = std::make_shared<FakeClock>();
  for (int i = 0; i < 20; ++i) {
    REQUIRE(run(database, {std::to_string(i)}, {.max_entries = 10, .clock = clock}) == 1);
    clock->advance(std::chrono::seconds(1));
  }
  REQUIRE(run(database, {"19", "18", "17"}, {.max_entries = 10, .clock = clock}) == 0);
  REQUIRE(run(database, {"0"}, {.max_entries = 10, .clock = clock}) == 1);
}

TEST_CASE("persistent cache: it never holds more than it may, however many come at once") {
  const auto cache = require_ok(make_persistent_embedding_cache(Database::in_memory(), {.max_entries = 3}));
  const EmbedderIdentity identity{.provider = "p", .model = "m", .dimension = 1};
  for (const std::size_t count : {8u, 1u, 3u, 4u}) {
    std::vector<EmbeddingKey> keys;
    for (std::size_t i = 0; i < count; ++i) keys.push_back({.low = i, .high = count});
    require_ok(cache->put(identity, keys, {.dimension = 1, .values = std::vector<float>(count, 1.0F)}, {}));
    REQUIRE(cache->stats().entries >= 1);
    REQUIRE(cache->stats().entries <= 3);
  }
}

TEST_CASE("persistent cache: options out of range are refused, names that no collection can have too") {
  const auto refused = [](const PersistentCacheOptions& options, std::string_view what) {
    require_error(make_persistent_embedding_cache(Database::in_memory(), options), ErrorCode::invalid_argument,
                  {"embedding cache", what});
  };
  refused({.max_entries = 0}, "max_entries");
  refused({.time_to_live = std::chrono::seconds(0)}, "time_to_live");
  refused({.name = std::string(250, 'x')}, "name");
  refused({.name = "line\nend"}, "name");
}

TEST_CASE("persistent cache: entries of any time are read with the longest time to live there is") {
  auto database = Database::in_memory();
  const auto clock = std::make_shared<FakeClock>();
  const PersistentCacheOptions options{.time_to_live = std::chrono::seconds::max(), .clock = clock};
  REQUIRE(run(database, {"1"}, options) == 1);
  const auto names = require_ok(database.list_collections());
  auto entries = require_ok(database.get_collection(names.front()));
  const std::string id = require_ok(entries.scan()).documents.front().id;
  require_ok(entries.update_metadata(id, {{"stored", std::numeric_limits<std::int64_t>::min()}}));
  REQUIRE(run(database, {"1"}, options) == 1);
}

TEST_CASE("persistent cache: entries go when their time is over") {
  const auto database = Database::in_memory();
  const auto clock = std::make_shared<FakeClock>();
  const PersistentCacheOptions options{.time_to_live = std::chrono::seconds(60), .clock = clock};
  REQUIRE(run(database, {"1"}, options) == 1);
  clock->advance(std::chrono::seconds(59));
  REQUIRE(run(database, {"1"}, options) == 0);
  clock->advance(std::chrono::seconds(1));
  REQUIRE(run(database, {"1"}, options) == 1);
  REQUIRE(run(database, {"1"}, options) == 0);
}

TEST_CASE("persistent cache: a closed database fails no call, and is counted") {
  auto database = Database::in_memory();
  const auto cache = require_ok(make_persistent_embedding_cache(database));
  const std::shared_ptr<const Embedder> inner = std::make_shared<FakeEmbedder>();
  const auto embedder = require_ok(with_cache(inner, cache));
  require_ok(database.close());
  const std::vector<std::string> texts{"1"};
  REQUIRE(require_ok(embedder->embed(views(texts), TextKind::document)).rows() == 1);
  REQUIRE(cache->stats().failures == 2);
  REQUIRE(cache->stats().last_failure.find("closed") != std::string::npos);
}
