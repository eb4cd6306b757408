// How often a query allocates: bounded by what it returns, whatever the number of documents.

#include <random>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/replaced_new.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

thread_local std::size_t allocations = 0;

constexpr std::size_t kDimension = 32;

Collection collection_of(std::size_t rows) {
  auto collection =
      require_ok(Database::in_memory().create_collection("rows", {.index = {.graph_from = 500, .build_threads = 1}}));
  std::mt19937_64 random(1);
  std::vector<Document> documents;
  for (std::size_t i = 0; i < rows; ++i) {
    documents.push_back({.id = "document " + std::to_string(i),
                         .text = "some text that does not fit into a small string",
                         .metadata = {{"number", static_cast<std::int64_t>(i)}},
                         .embedding = test::random_vector(random, kDimension)});
  }
  require_ok(collection.add(documents));
  require_ok(collection.wait_until_indexed());
  return collection;
}

// Allocations of one query, after one of the same kind has made the scratch that later ones reuse.
std::size_t allocations_of(const Collection& collection, const QueryOptions& options) {
  std::mt19937_64 random(2);
  const auto vector = test::random_vector(random, kDimension);
  require_ok(collection.query(vector, options));
  const std::size_t before = allocations;
  const auto result = collection.query(vector, options);
  const std::size_t after = allocations;
  require_ok(result);
  return after - before;
}

}  // namespace

bool scaup::test::next_allocation_succeeds() noexcept {
  ++allocations;
  return true;
}

TEST_CASE("allocations: their number per query depends on what comes back, not on how many documents there are") {
  const Collection few = collection_of(1000);
  const Collection many = collection_of(8000);
  struct Bounded {
    QueryOptions options;
    std::size_t most;
  };
  // Each of the ten documents that come back takes two: its text, and a metadata entry.
  const std::vector<Bounded> all = {
      {{.k = 10, .threads = 1, .exact = true}, 43},
      {{.k = 10, .threads = 1, .plan = QueryPlan::graph_walk}, 31},
      {{.k = 10, .filter = field("number") < 500, .threads = 1, .plan = QueryPlan::filtered_scan}, 60},
      {{.k = 10, .filter = field("number") < 500, .threads = 1, .plan = QueryPlan::graph_walk}, 48},
  };
  for (const auto& [options, most] : all) {
    const std::size_t with_few = allocations_of(few, options);
    const std::size_t with_many = allocations_of(many, options);
    CAPTURE(static_cast<int>(options.plan.value_or(QueryPlan::exact_scan)), with_few, with_many);
    CHECK(with_few <= most);
    CHECK(with_many <= with_few + 10);
  }
}
