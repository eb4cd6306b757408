#include <cmath>
#include <stop_token>
#include <string>
#include <string_view>

#include "embed/model_files.hpp"
#include "scaup/embedder.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

double dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

// An embedder that has nothing but what the interface gives.
class BareEmbedder final : public Embedder {
 public:
  Result<Embeddings> embed(std::span<const std::string_view>, TextKind, std::stop_token) const override {
    return Embeddings{};
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  EmbedderIdentity identity_;
};

}  // namespace

TEST_CASE("hash embedder: the same text gives the same vector of length 1, in any embedder of the seed") {
  const auto first = require_ok(make_hash_embedder({.dimension = 100, .seed = 7}));
  const auto second = require_ok(make_hash_embedder({.dimension = 100, .seed = 7}));
  const auto vector = embed_one(*first, "The storm at sea");
  REQUIRE(vector.size() == 100);
  REQUIRE(dot(vector, vector) == Approx(1.0));
  REQUIRE(vector == embed_one(*second, "the STORM, at sea!"));
  REQUIRE(embed_one(*first, "\u00C9t\u00E9") == embed_one(*first, "\u00E9T\u00C9"));
}

TEST_CASE("hash embedder: another seed gives another vector and another identity") {
  const auto first = require_ok(make_hash_embedder({.seed = 1}));
  const auto second = require_ok(make_hash_embedder({.seed = 2}));
  REQUIRE(embed_one(*first, "storm at sea") != embed_one(*second, "storm at sea"));
  REQUIRE(first->identity() != second->identity());
  REQUIRE(first->identity().dimension == 256);
  REQUIRE(first->identity().normalised);
}

TEST_CASE("hash embedder: texts that share words are nearer than texts that do not") {
  const auto embedder = require_ok(make_hash_embedder({.dimension = 1024}));
  const auto query = embed_one(*embedder, "harbour report");
  REQUIRE(dot(query, embed_one(*embedder, "the report of the harbour master")) >
          dot(query, embed_one(*embedder, "green leaves in spring")));
}

TEST_CASE("hash embedder: a text without words gives zeros") {
  const auto embedder = require_ok(make_hash_embedder({.dimension = 8}));
  REQUIRE(embed_one(*embedder, " ... \n") == std::vector<float>(8, 0.0F));
}

TEST_CASE("hash embedder: dimensions of 1 to 65,536 are accepted") {
  require_error(make_hash_embedder({.dimension = 0}), ErrorCode::invalid_argument, {"0", "65,536"});
  require_error(make_hash_embedder({.dimension = 65'537}), ErrorCode::invalid_argument, {"65537"});
  REQUIRE(embed_one(*require_ok(make_hash_embedder({.dimension = 1})), "storm").size() == 1);
  REQUIRE(embed_one(*require_ok(make_hash_embedder({.dimension = 65'536})), "storm").size() == 65'536);
}

TEST_CASE("hash embedder: text that is not UTF-8 and stop requests are errors") {
  const auto embedder = require_ok(make_hash_embedder());
  const std::string_view texts[] = {"fine", "a\xC0"};
  require_error(embedder->embed(texts, TextKind::query), ErrorCode::invalid_argument, {"text 1", "byte 1"});
  std::stop_source source;
  source.request_stop();
  require_error(embedder->embed({}, TextKind::query, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("embedder: without a tokenizer of its own it has none") {
  REQUIRE(BareEmbedder().tokenizer() == nullptr);
}

TEST_CASE("embedder: an identity is one line, with prefixes where there are any") {
  REQUIRE(to_string(EmbedderIdentity{.provider = "p", .model = "m", .dimension = 3}) ==
          "p/m, 3 dimensions, normalised");
  REQUIRE(to_string(EmbedderIdentity{.provider = "p",
                                     .model = "m",
                                     .dimension = 3,
                                     .normalised = false,
                                     .document_prefix = "d: ",
                                     .query_prefix = "q: "}) ==
          "p/m, 3 dimensions, not normalised, document prefix \"d: \", query prefix \"q: \"");
}
