// What the graph's own thread does when memory runs out: queries go on as before, and later writes bring it back.
// A program of its own, because it replaces the global operator new.

#include <atomic>
#include <random>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/replaced_new.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace {

constexpr std::size_t kDimension = 8;

thread_local bool of_the_test = false;  // allocations of this thread succeed
std::atomic<long> countdown = -1;  // of other threads' allocations; from 0 on downwards they fail. Negative: none does
std::atomic<long> length = 0;      // how many fail in a row then
std::atomic<std::size_t> failures = 0;

// Lets allocations of the graph's thread fail, from the n-th on, for as long as the object lives.
class Shortage {
 public:
  explicit Shortage(long first, long count = 1) {
    failures = 0;
    length = count;
    countdown = first;
  }
  ~Shortage() { countdown = -1; }
};

bool fails_now() {
  long left = countdown;
  while (left >= 0 && !countdown.compare_exchange_weak(left, left == 0 ? 0 : left - 1)) continue;
  if (left != 0) return false;
  const bool fails = length.fetch_sub(1) > 0;
  if (fails) ++failures;
  return fails;
}

class Source {
 public:
  std::vector<Document> documents(std::size_t count) {
    std::vector<Document> documents;
    for (std::size_t i = 0; i < count; ++i) {
      documents.push_back({.id = std::to_string(next_++), .embedding = test::random_vector(random_, kDimension)});
    }
    return documents;
  }

 private:
  std::mt19937_64 random_{1};
  std::size_t next_ = 0;
};

Collection collection_from(std::size_t least) {
  of_the_test = true;
  return require_ok(
      Database::in_memory().create_collection("rows", {.index = {.graph_from = least, .build_threads = 1}}));
}

// Whether a walk that follows every link finds every document: one that misses any becomes a scan.
void require_all_found(const Collection& collection) {
  const std::vector<float> query(kDimension, 1.0F);
  const std::size_t all = require_ok(collection.count());
  const auto found = require_ok(collection.query(query, {.k = all, .ef = 2 * all, .plan = QueryPlan::graph_walk}));
  REQUIRE(found.size() == all);
  REQUIRE(found.stats.plan == QueryPlan::graph_walk);
}

}  // namespace

bool scaup::test::next_allocation_succeeds() noexcept {
  return of_the_test || !fails_now();
}

// hnswlib 0.6 loses a list where its pool of them runs out of memory while it is made.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT: the name is the sanitizer's
  return "leak:VisitedListPool";
}

TEST_CASE("graph failures: a build that failed is tried again once the collection has grown by a quarter") {
  Collection collection = collection_from(400);
  Source source;
  {
    const Shortage shortage(0, 1000000);
    require_ok(collection.add(source.documents(1000)));
    const Status waited = collection.wait_until_indexed();
    REQUIRE(!waited);
    CHECK(to_string(waited.error().code()) == "out_of_memory");
    const std::size_t before = failures;
    REQUIRE(before > 0);
    for (int i = 0; i < 249; ++i) {
      require_ok(collection.add(source.documents(1)));
      REQUIRE(!collection.wait_until_indexed());
    }
    CHECK(failures == before);
  }
  CHECK(require_ok(collection.query(std::vector<float>(kDimension, 1.0F))).stats.plan == QueryPlan::exact_scan);
  require_ok(collection.add(source.documents(1)));
  require_ok(collection.wait_until_indexed());
  CHECK(require_ok(collection.info()).graph_rows == 1250);
}

TEST_CASE("graph failures: a collection that shrank below the size for a graph waits for none") {
  Collection collection = collection_from(400);
  Source source;
  const Shortage shortage(0, 1000000);
  require_ok(collection.add(source.documents(500)));
  REQUIRE(!collection.wait_until_indexed());
  for (int i = 0; i < 200; ++i) require_ok(collection.remove({std::to_string(i)}));
  require_ok(collection.wait_until_indexed());
}

// Adds documents to a graph of `least` rows while the n-th allocation of its thread fails, then more without failures.
// Returns whether an allocation failed.
bool fail_allocation(long n, std::size_t least, std::size_t added) {
  CAPTURE(n);
  Collection collection = collection_from(least);
  Source source;
  require_ok(collection.add(source.documents(least)));
  require_ok(collection.wait_until_indexed());
  // What inserts single rows is kept for the next ones.
  require_ok(collection.add(source.documents(1)));
  require_ok(collection.wait_until_indexed());
  bool failed = false;
  {
    const Shortage shortage(n);
    require_ok(collection.add(source.documents(added)));
    (void)collection.wait_until_indexed();
    failed = failures > 0;
  }
  REQUIRE(require_ok(collection.info()).graph_rows > least);
  require_all_found(collection);
  require_ok(collection.add(source.documents(least)));
  require_ok(collection.wait_until_indexed());
  REQUIRE(require_ok(collection.info()).graph_rows == 2 * least + 1 + added);
  require_all_found(collection);
  return failed;
}

TEST_CASE("graph failures: whatever allocation fails while a row is inserted, the graph stays and finds everything") {
  long n = 0;
  while (fail_allocation(n, 200, 1)) ++n;
  CHECK(n > 20);
}

TEST_CASE("graph failures: the same with rows enough for several steps and for measuring recall") {
  long n = 0;
  while (fail_allocation(n, 200, 200)) n += 1 + n / 8;
  CHECK(n > 1000);
}
