// The semantic chunker, with an embedder whose vectors are known.

#include <cmath>
#include <string>
#include <vector>

#include "scaup/chunker.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Texts = std::vector<std::string>;

// The vector of a text counts its letters a and b.
class LetterEmbedder final : public Embedder {
 public:
  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind, std::stop_token stop) const override {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "stopped");
    if (during != nullptr) during->request_stop();
    ++calls;
    seen.assign(texts.begin(), texts.end());
    Embeddings rows{.dimension = 2};
    for (const std::string_view text : texts) {
      for (const char letter : {'a', 'b'})
        rows.values.push_back(static_cast<float>(std::count(text.begin(), text.end(), letter)));
    }
    if (drop_a_row) rows.values.resize(rows.values.size() - 2);
    return rows;
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

  mutable int calls = 0;
  mutable Texts seen;
  bool drop_a_row = false;
  std::stop_source* during = nullptr;  // asked to stop while embedding

 private:
  EmbedderIdentity identity_ = {.provider = "test", .model = "letters", .dimension = 2};
};

Texts cut(const std::shared_ptr<const Chunker>& chunker, const std::string& text) {
  Texts texts;
  for (const Document& chunk : require_ok(chunker->chunk({.id = "doc", .text = text}))) texts.push_back(chunk.text);
  return texts;
}

}  // namespace

TEST_CASE("semantic chunker: breaks where the distance of neighbours is above the percentile") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  const auto chunker = make_semantic_chunker({.embedder = embedder, .buffer = 0, .percentile = 90});
  REQUIRE(cut(chunker, "Aa. Aaa. Aa. Bb. Bbb. Bb.") == Texts{"Aa. Aaa. Aa.", "Bb. Bbb. Bb."});
  REQUIRE(embedder->calls == 1);
  REQUIRE(embedder->seen == Texts{"Aa.", "Aaa.", "Aa.", "Bb.", "Bbb.", "Bb."});
}

TEST_CASE("semantic chunker: windows hold `buffer` sentences on either side") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder}), "Aa. Bb. Cc. Dd.").size() == 2);
  REQUIRE(embedder->seen == Texts{"Aa. Bb.", "Aa. Bb. Cc.", "Bb. Cc. Dd.", "Cc. Dd."});
}

TEST_CASE("semantic chunker: the percentile is linear between ranks, and only larger distances break") {
  // Distances 0, 1, 0: the 100th percentile is 1, which nothing is above; the 50th is 0.
  const std::string text = "Aa. Aa. Bb. Bb.";
  const auto embedder = std::make_shared<LetterEmbedder>();
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder, .buffer = 0, .percentile = 100}), text).size() == 1);
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder, .buffer = 0, .percentile = 50}), text).size() == 2);
}

TEST_CASE("semantic chunker: sentences of which the embedder knows nothing break nothing") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder, .buffer = 0, .percentile = 0}), "X. Aa. Y. Aa.").size() ==
          1);
}

TEST_CASE("semantic chunker: what is too large is cut at sentences") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder, .buffer = 0, .size = 4}), "Aa. Aa. Aa.") ==
          Texts{"Aa. Aa.", "Aa."});
}

TEST_CASE("semantic chunker: a single sentence asks no embedder") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  REQUIRE(cut(make_semantic_chunker({.embedder = embedder}), "Aa.") == Texts{"Aa."});
  REQUIRE(embedder->calls == 0);
}

TEST_CASE("semantic chunker: wrong options and embedders are errors") {
  const Document source = {.id = "doc", .text = "Aa. Bb."};
  require_error(make_semantic_chunker({})->chunk(source), ErrorCode::invalid_argument, {"embedder is null"});
  const auto embedder = std::make_shared<LetterEmbedder>();
  for (const double percentile : {-1.0, 100.5, std::nan("")}) {
    require_error(make_semantic_chunker({.embedder = embedder, .percentile = percentile})->chunk(source),
                  ErrorCode::invalid_argument, {"percentile", "0 to 100"});
  }
  embedder->drop_a_row = true;
  require_error(make_semantic_chunker({.embedder = embedder})->chunk(source), ErrorCode::bad_reply,
                {"1 rows for 2 texts"});
}

TEST_CASE("semantic chunker: a stop while embedding cancels the call") {
  const auto embedder = std::make_shared<LetterEmbedder>();
  std::stop_source stop;
  embedder->during = &stop;
  require_error(make_semantic_chunker({.embedder = embedder})->chunk({.text = "Aa. Bb."}, stop.get_token()),
                ErrorCode::cancelled);
}
