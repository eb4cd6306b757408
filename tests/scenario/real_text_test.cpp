// Search over real text: this project's own documentation, cut small and embedded with the built-in model. Real
// vectors have near-duplicates and neighbours of all distances, which generated ones lack.

#include <algorithm>
#include <set>

#include "collection/query_oracle.hpp"
#include "scaup/scaup.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

// Pieces of the pages, a few words each, with vectors; every seventh is a question.
struct Passages {
  std::vector<Document> stored;
  std::vector<Document> questions;
};

Passages passages() {
  const auto embedder = require_ok(make_static_embedder());
  const auto chunker = make_recursive_chunker({.size = 50, .overlap = 0, .unit = Unit::characters});
  Passages made;
  std::size_t count = 0;
  for (const Document& page : require_ok(load_folder(SCAUP_SOURCE_DIR "/docs")).documents) {
    for (Document& passage : require_ok(chunker->chunk(page))) {
      const std::string_view text = passage.text;
      const auto vector = require_ok(embedder->embed({&text, 1}, TextKind::document)).values;
      if (std::ranges::all_of(vector, [](float x) { return x == 0.0F; })) continue;
      passage.embedding = vector;
      (count++ % 7 == 0 ? made.questions : made.stored).push_back(std::move(passage));
    }
  }
  return made;
}

}  // namespace

TEST_CASE("real text: exact queries are those of brute force, and walks find what was asked for") {
  const Passages all = passages();
  REQUIRE(all.stored.size() > 500);
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    auto collection =
        require_ok(Database::in_memory().create_collection("pages", {.metric = metric, .index = {.graph_from = 100}}));
    require_ok(collection.add(all.stored));
    require_ok(collection.wait_until_indexed());
    std::size_t found = 0;
    std::size_t expected = 0;
    for (const Document& question : all.questions) {
      const auto truth = test::naive_query(metric, all.stored, *question.embedding, {.k = 10});
      test::require_same(require_ok(collection.query(*question.embedding, {.k = 10, .exact = true})), truth);
      const auto walked = require_ok(collection.query(*question.embedding, {.k = 10, .plan = QueryPlan::graph_walk}));
      REQUIRE(walked.stats.plan == QueryPlan::graph_walk);
      std::set<std::string> ids;
      for (const Match& match : walked) ids.insert(match.document.id);
      REQUIRE(ids.size() == truth.size());
      found +=
          static_cast<std::size_t>(std::ranges::count_if(truth, [&](const auto& t) { return ids.contains(t.id); }));
      expected += truth.size();
    }
    CHECK(static_cast<double>(found) / static_cast<double>(expected) >= 0.93);
  }
}
