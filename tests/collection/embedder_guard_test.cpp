// A collection keeps the identity of its embedder and takes another only by reembed.

#include <atomic>
#include <thread>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

std::shared_ptr<const Embedder> hash_embedder(std::size_t dimension, std::uint64_t seed = 0) {
  return require_ok(make_hash_embedder({.dimension = dimension, .seed = seed}));
}

// An embedder that answers whatever the test wants.
class ScriptedEmbedder final : public Embedder {
 public:
  explicit ScriptedEmbedder(Result<Embeddings> answer) : answer_(std::move(answer)) {}
  Result<Embeddings> embed(std::span<const std::string_view>, TextKind, std::stop_token) const override {
    return answer_;
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  Result<Embeddings> answer_;
  EmbedderIdentity identity_{.provider = "test", .model = "scripted", .dimension = 2};
};

class ThrowingEmbedder final : public Embedder {
 public:
  Result<Embeddings> embed(std::span<const std::string_view>, TextKind, std::stop_token) const override {
    throw std::runtime_error("the model fell over");
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  EmbedderIdentity identity_{.provider = "test", .model = "throwing", .dimension = 2};
};

// An embedder that says this of itself.
class NamedEmbedder final : public Embedder {
 public:
  explicit NamedEmbedder(EmbedderIdentity identity) : identity_(std::move(identity)) {}
  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind, std::stop_token) const override {
    return Embeddings{.dimension = identity_.dimension,
                      .values = std::vector<float>(texts.size() * identity_.dimension, 1.0F)};
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  EmbedderIdentity identity_;
};

}  // namespace

TEST_CASE("embedder guard: an identity that could not be read back from disk is refused before it is stored") {
  const TempFolder folder;
  const EmbedderIdentity good{.provider = "test", .model = "m", .dimension = 2};
  std::vector<EmbedderIdentity> bad(6, good);
  bad[0].provider = "caf\xE9";
  bad[1].model = "caf\xE9";
  bad[2].document_prefix = "caf\xE9: ";
  bad[3].query_prefix = "caf\xE9: ";
  bad[4].dimension = 0;
  bad[5].dimension = 65'537;
  const auto named = [](const EmbedderIdentity& identity) { return std::make_shared<const NamedEmbedder>(identity); };
  auto database = require_ok(Database::open(folder / "db"));
  auto kept = require_ok(database.create_collection("kept", {.embedder = named(good)}));
  require_ok(kept.add({{.id = "a", .text = "one"}}));
  require_ok(database.create_collection("bare"));
  for (const EmbedderIdentity& identity : bad) {
    const CollectionOptions options{.embedder = named(identity)};
    require_error(database.create_collection("new", options), ErrorCode::invalid_argument, {"embedder"});
    require_error(database.get_collection("bare", options), ErrorCode::invalid_argument, {"embedder"});
    require_error(kept.reembed(named(identity)), ErrorCode::invalid_argument, {"embedder"});
  }
  require_ok(database.close());
  database = require_ok(Database::open(folder / "db"));
  REQUIRE(require_ok(require_ok(database.get_collection("kept")).get("a")).embedding == std::vector<float>{1, 1});
  require_ok(database.get_collection("bare"));
}

TEST_CASE("embedder guard: another embedder on an existing collection is refused, naming both") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.embedder = hash_embedder(8)}));
  require_error(db.get_collection("c", {.embedder = hash_embedder(16)}), ErrorCode::embedder_mismatch,
                {"8 dimensions", "16 dimensions", "reembed"});
  require_error(db.get_or_create_collection("c", {.embedder = hash_embedder(8, 7)}), ErrorCode::embedder_mismatch);
  require_ok(db.get_collection("c", {.embedder = hash_embedder(8)}));
}

TEST_CASE("embedder guard: options that contradict an existing collection are refused") {
  auto db = Database::in_memory();
  require_ok(db.create_collection("c", {.metric = Metric::l2, .dimension = 4}));
  require_error(db.get_or_create_collection("c", {.metric = Metric::cosine}), ErrorCode::invalid_argument,
                {"l2", "cosine"});
  require_error(db.get_or_create_collection("c", {.dimension = 5}), ErrorCode::dimension_mismatch, {"4", "5"});
  require_error(db.get_collection("c", {.embedder = hash_embedder(5)}), ErrorCode::dimension_mismatch, {"4", "5"});
  require_ok(db.get_or_create_collection("c"));
  require_error(db.create_collection("d", {.dimension = 5, .embedder = hash_embedder(4)}),
                ErrorCode::dimension_mismatch, {"5", "4"});
}

TEST_CASE("embedder guard: an embedder attached later is noted for good") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  REQUIRE(collection.embedder() == nullptr);
  require_ok(db.get_collection("c", {.embedder = hash_embedder(8)}));
  REQUIRE(collection.embedder() != nullptr);
  REQUIRE(require_ok(collection.info()).schema.embedder->dimension == 8);
  require_error(db.get_collection("c", {.embedder = hash_embedder(16)}), ErrorCode::embedder_mismatch);
}

TEST_CASE("embedder guard: reembed gives every document a vector of the new embedder") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.embedder = hash_embedder(8)}));
  // Several words each, so that no two texts share all their hashes.
  const auto text_of = [](int i) {
    std::string text;
    for (int word = 0; word < 6; ++word) text += "word" + std::to_string(i * 31 + word * 7919) + " ";
    return text;
  };
  std::vector<Document> documents;
  for (int i = 0; i < 2500; ++i)
    documents.push_back({.id = std::to_string(i), .text = text_of(i), .metadata = {{"i", i}}});
  documents.push_back({.id = "none", .text = "!"});
  require_ok(collection.add(documents));
  const WriteReport report = require_ok(collection.reembed(hash_embedder(64, 3)));
  REQUIRE(report.replaced == 2501);
  REQUIRE(report.without_vector == 1);
  const StoreInfo info = require_ok(collection.info());
  REQUIRE(info.schema.dimension == 64U);
  REQUIRE(info.documents == 2501);
  REQUIRE(info.without_vector == 1);
  const QueryResult result = require_ok(collection.query(text_of(1234), {.k = 1}));
  REQUIRE(result[0].document.id == "1234");
  REQUIRE(result[0].score == Approx(1.0));
  REQUIRE(result[0].document.metadata.at("i") == Value(1234));
  require_ok(collection.add({{.id = "later", .text = "later"}}));
  REQUIRE(require_ok(collection.get("later")).embedding->size() == 64);
}

TEST_CASE("embedder guard: reembed beside writers ends with one embedder for all") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.embedder = hash_embedder(8)}));
  for (int i = 0; i < 300; ++i)
    require_ok(collection.add({{.id = std::to_string(i), .text = "word" + std::to_string(i)}}));
  std::atomic<int> failures = 0;
  {
    std::jthread writer([&, handle = collection]() mutable {
      for (int i = 300; i < 400; ++i) {
        if (!handle.add({{.id = std::to_string(i), .text = "word" + std::to_string(i)}})) ++failures;
        if (!handle.query("word7", {.k = 1})) ++failures;
      }
    });
    auto reembedded = collection.reembed(hash_embedder(16));
    while (!reembedded && reembedded.error().code() == ErrorCode::unavailable)
      reembedded = collection.reembed(hash_embedder(16));
    require_ok(reembedded);
  }
  REQUIRE(failures == 0);
  const ScanPage page = require_ok(collection.scan({.limit = 1000, .with_embeddings = true}));
  REQUIRE(page.documents.size() == 400);
  for (const Document& document : page.documents) REQUIRE(document.embedding->size() == 16);
}

TEST_CASE("embedder guard: an embedder that answers nonsense is a typed error and nothing is stored") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Embeddings answer =
      GENERATE_COPY(Embeddings{.dimension = 2, .values = {1, 2}}, Embeddings{.dimension = 4, .values = {1, 2, 3, 4}},
                    Embeddings{.dimension = 2, .values = {1, 2, nan, 4}}, Embeddings{});
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.embedder = std::make_shared<ScriptedEmbedder>(answer)}));
  require_error(collection.add({{.id = "a", .text = "x"}, {.id = "b", .text = "y"}}), ErrorCode::bad_reply,
                {"scripted"});
  REQUIRE(require_ok(collection.count()) == 0);
}

TEST_CASE("embedder guard: an embedder's error and an embedder's exception come out as errors") {
  auto db = Database::in_memory();
  auto failing = require_ok(db.create_collection(
      "f", {.embedder = std::make_shared<ScriptedEmbedder>(Error(ErrorCode::rate_limited, "slow down"))}));
  require_error(failing.add({{.id = "a", .text = "x"}}), ErrorCode::rate_limited, {"\"f\"", "add", "slow down"});
  auto throwing = require_ok(db.create_collection("t", {.embedder = std::make_shared<ThrowingEmbedder>()}));
  require_error(throwing.query("x"), ErrorCode::internal, {"the model fell over"});
}
