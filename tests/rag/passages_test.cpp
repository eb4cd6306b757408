// Passages: copies left out, neighbours joined to the exact bytes of the source, and the budget kept.

#include "rag/passages.hpp"

#include <random>

#include "scaup/database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const std::string kSource = "One two three. Four five six.\n\nSeven eight nine. Ten.";

Match match(std::size_t begin, std::size_t end, std::size_t rank, const std::string& source_id = "s") {
  Match found{.score = 1.0 / static_cast<double>(rank), .rank = rank};
  found.document.id = source_id + "#" + std::to_string(begin);
  found.document.text = kSource.substr(begin, end - begin);
  found.document.origin = Origin{.source_id = source_id, .begin = begin, .end = end};
  return found;
}

// Full texts under "s" and "t".
std::optional<Collection> sources() {
  auto collection = require_ok(Database::in_memory().create_collection("sources"));
  require_ok(collection.add({{.id = "s", .text = kSource, .embedding = std::vector<float>{1}},
                             {.id = "t", .text = kSource, .embedding = std::vector<float>{1}}}));
  return collection;
}

std::vector<Passage> passages_of(const std::vector<Match>& matches, std::size_t max_tokens = 1000,
                                 const std::optional<Collection>& collection = sources()) {
  SourceTexts texts(collection, {});
  const std::vector<std::string> ids{"s", "t"};
  require_ok(texts.load(ids));
  return make_passages(matches, texts, {.max_tokens = max_tokens});
}

}  // namespace

TEST_CASE("passages: chunks that touch, overlap or are apart by white space become one") {
  for (const std::size_t second : {10u, 14u, 15u}) {
    const auto passages = passages_of({match(0, 14, 2), match(second, 29, 1)});
    REQUIRE(passages.size() == 1);
    REQUIRE(passages[0].text == kSource.substr(0, 29));
    REQUIRE(passages[0].origin.begin == 0);
    REQUIRE(passages[0].origin.end == 29);
    REQUIRE(passages[0].best_rank == 1);
    REQUIRE(passages[0].chunk_ids.size() == 2);
  }
}

TEST_CASE("passages: chunks of other sources or with text between them stay apart, best first") {
  const auto passages = passages_of({match(31, 48, 1), match(0, 14, 2), match(49, 53, 3, "t")});
  REQUIRE(passages.size() == 3);
  REQUIRE(passages[0].origin.begin == 31);
  REQUIRE(passages[1].origin.begin == 0);
  REQUIRE(passages[2].origin.source_id == "t");
}

TEST_CASE("passages: without the sources only chunks that touch are joined") {
  REQUIRE(passages_of({match(0, 14, 1), match(15, 29, 2)}, 1000, std::nullopt).size() == 2);
  REQUIRE(passages_of({match(0, 15, 1), match(15, 29, 2)}, 1000, std::nullopt).size() == 1);
}

TEST_CASE("passages: chunks whose texts do not agree are not joined") {
  SECTION("the source was changed between them") {
    Match old = match(10, 29, 2);
    old.document.text = "XXXXFOUR FIVE SIX. ";
    const auto passages = passages_of({match(0, 14, 1), old});
    REQUIRE(passages.size() == 2);
    REQUIRE(passages[0].text == kSource.substr(0, 14));
    REQUIRE(passages[1].text == old.document.text);
  }
  SECTION("one of them is not what the source has there") {
    Match old = match(14, 29, 2);
    old.document.text = "Four five SEVEN.";
    old.document.text.resize(15);
    REQUIRE(passages_of({match(0, 14, 1), old}).size() == 2);
  }
  SECTION("an origin is longer than its text") {
    Match brief = match(5, 29, 2);
    brief.document.text = "Four.";
    REQUIRE(passages_of({match(0, 14, 1), brief}).size() == 2);
    REQUIRE(passages_of({match(0, 14, 1), brief}, 1000, std::nullopt).size() == 2);
  }
  SECTION("they name no source") {
    REQUIRE(passages_of({match(0, 14, 1, ""), match(5, 29, 2, "")}).size() == 2);
  }
}

TEST_CASE("passages: the place in the list is the rank, whatever a retriever wrote") {
  std::vector<Match> matches{match(31, 48, 1), match(0, 14, 2)};
  for (Match& one : matches) one.rank = 0;
  const auto passages = passages_of(matches);
  REQUIRE(passages[0].origin.begin == 31);
  REQUIRE(passages[0].best_rank == 1);
  REQUIRE(passages[1].best_rank == 2);
}

TEST_CASE("passages: the same text is given once") {
  const auto passages = passages_of({match(0, 14, 1), match(0, 14, 2, "t")});
  REQUIRE(passages.size() == 1);
  REQUIRE(passages[0].origin.source_id == "s");
}

TEST_CASE("passages: the budget is kept, and the best is always given") {
  const std::vector<Match> matches{match(0, 14, 1), match(31, 48, 2)};
  REQUIRE(passages_of(matches, 1).size() == 1);
  REQUIRE(passages_of(matches, 10).size() == 1);
  REQUIRE(passages_of(matches, 11).size() == 2);
}

TEST_CASE("passages: whatever chunks are found, each passage is the bytes of the source that it names") {
  std::mt19937_64 random(3);
  const auto collection = sources();
  for (int round = 0; round < 300; ++round) {
    std::vector<Match> matches;
    for (std::size_t rank = 1; rank <= 1 + random() % 6; ++rank) {
      const std::size_t begin = random() % kSource.size();
      const std::size_t end = begin + 1 + random() % (kSource.size() - begin);
      matches.push_back(match(begin, end, rank, random() % 2 == 0 ? "s" : "t"));
    }
    std::size_t chunks = 0;
    for (const Passage& passage : passages_of(matches, 1000, collection)) {
      REQUIRE(passage.text == kSource.substr(passage.origin.begin, passage.origin.end - passage.origin.begin));
      chunks += passage.chunk_ids.size();
    }
    REQUIRE(chunks <= matches.size());
  }
}

TEST_CASE("passages: the best are read first and last") {
  std::vector<Passage> passages(5);
  for (std::size_t i = 0; i < 5; ++i) passages[i].best_rank = i + 1;
  std::vector<std::size_t> ranks;
  for (const Passage& passage : best_at_both_ends(std::move(passages))) ranks.push_back(passage.best_rank);
  REQUIRE(ranks == std::vector<std::size_t>{1, 3, 5, 4, 2});
}
