// Readers beside writers: no data race (under ThreadSanitizer), and no reader ever sees half a batch or half an
// exchange.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

#include "scaup/database.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using scaup::test::require_ok;

namespace scaup::test {

// How long threads work against each other; SCAUP_TEST_SECONDS says otherwise, for long runs by hand.
static int concurrency_seconds() {
  const char* const given = std::getenv("SCAUP_TEST_SECONDS");
  return given == nullptr ? 4 : std::max(1, std::atoi(given));
}

}  // namespace scaup::test

namespace {

constexpr int kPairs = 200;
constexpr int kWriters = 2;

// Documents come in pairs, "left i" and "right i", that are always written in one batch with one version
// number; a reader that finds the two apart has seen half a batch.
std::vector<Document> pair_of(int i, int version, std::mt19937_64& random) {
  const auto vector = test::random_vector(random, 16);
  const Metadata metadata = {{"pair", i}, {"version", version}};
  const std::string text = "word " + std::to_string(version);
  return {{.id = "left " + std::to_string(i), .text = text, .metadata = metadata, .embedding = vector},
          {.id = "right " + std::to_string(i), .text = text, .metadata = metadata, .embedding = vector}};
}

// Each writer has a pair of its own that moves on with every version: the documents of the one version are exchanged
// for those of the next. So there is always one such pair of each writer, numbered kPairs and up.
std::vector<Document> moving_pair(int writer, int version, std::mt19937_64& random) {
  std::vector<Document> pair = pair_of(kPairs + writer, version, random);
  for (Document& document : pair) document.id += " moved " + std::to_string(version);
  return pair;
}

Result<WriteReport> move_pair(Collection& collection, int writer, int from, int to, std::mt19937_64& random) {
  std::vector<std::string> old;
  for (const Document& document : moving_pair(writer, from, random)) old.push_back(document.id);
  return collection.exchange(old, moving_pair(writer, to, random));
}

void expect_whole_pairs(const std::vector<Document>& documents, std::atomic<int>& torn) {
  std::map<std::int64_t, std::vector<const Document*>> pairs;
  for (const Document& document : documents)
    pairs[*document.metadata.at("pair").get_if<std::int64_t>()].push_back(&document);
  for (const auto& [pair, members] : pairs) {
    if (members.size() != 2 || members[0]->text != members[1]->text || members[0]->metadata != members[1]->metadata)
      ++torn;
  }
  for (int writer = 0; writer < kWriters; ++writer) torn += pairs.contains(kPairs + writer) ? 0 : 1;
}

void write_until(std::atomic<bool>& stop, Collection collection, int writer, std::atomic<int>& failures) {
  std::mt19937_64 random(100 + static_cast<std::uint64_t>(writer));
  int moved = 0;
  for (int version = 1; !stop; ++version) {
    const int i = static_cast<int>(random() % kPairs);
    const std::string left = "left " + std::to_string(i);
    const std::string right = "right " + std::to_string(i);
    const auto action = random() % 10;
    bool ok = true;
    if (action < 4) ok = collection.upsert(pair_of(i, version, random)).has_value();
    if (action == 4 || action == 5) {
      ok = move_pair(collection, writer, moved, version, random).has_value();
      moved = version;
    }
    if (action == 6) ok = collection.remove({left, right}).has_value();
    if (action == 7) ok = collection.remove(field("pair") == i).has_value();
    if (action >= 8) {
      const Metadata set = {{"note", version}, {"title", "title " + std::to_string(version % 7)}};
      const std::vector<MetadataUpdate> updates = {{.id = left, .set = set}, {.id = right, .set = set}};
      const Status status = collection.update_metadata(updates);
      ok = status.has_value() || status.error().code() == ErrorCode::not_found;
    }
    if (!ok) ++failures;
  }
}

void read_until(std::atomic<bool>& stop, const Collection& collection, std::uint64_t seed, std::atomic<int>& failures,
                std::atomic<int>& torn) {
  std::mt19937_64 random(seed);
  while (!stop) {
    const auto result = collection.query(test::random_vector(random, 16), {.k = 10000});
    if (!result) ++failures;
    std::vector<Document> documents;
    if (result) std::ranges::transform(*result, std::back_inserter(documents), &Match::document);
    expect_whole_pairs(documents, torn);
    // Every text has the word, so that this too must find all of both or none.
    const auto found = collection.query("word", {.k = 10000, .mode = QueryMode::keyword});
    if (!found) ++failures;
    documents.clear();
    if (found) std::ranges::transform(*found, std::back_inserter(documents), &Match::document);
    expect_whole_pairs(documents, torn);
    const auto page = collection.scan({.limit = 10000, .with_embeddings = true});
    if (page) expect_whole_pairs(page->documents, torn);
    const std::vector<std::string> ids = {"left 7", "right 7"};
    const auto both = collection.get_many(ids);
    if (!both || (*both)[0].has_value() != (*both)[1].has_value()) ++torn;
    const auto moving = collection.count(field("pair") >= kPairs);
    if (!moving) ++failures;
    if (moving && *moving != 2 * kWriters) ++torn;
  }
}

}  // namespace

TEST_CASE("concurrency: readers beside writers see whole batches, and nothing fails") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c", {.metric = Metric::l2}));
  std::mt19937_64 random(1);
  for (int i = 0; i < kPairs; ++i) require_ok(collection.add(pair_of(i, 0, random)));
  for (int writer = 0; writer < kWriters; ++writer) require_ok(collection.add(moving_pair(writer, 0, random)));
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  std::atomic<int> torn = 0;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] { write_until(stop, collection, writer, failures); });
      threads.emplace_back([&, seed = 200U + static_cast<std::uint64_t>(writer)] {
        read_until(stop, collection, seed, failures, torn);
      });
    }
    std::this_thread::sleep_for(std::chrono::seconds(test::concurrency_seconds()));
    stop = true;
  }
  REQUIRE(failures == 0);
  REQUIRE(torn == 0);
}

TEST_CASE("concurrency: readers beside a growing collection and a compaction see consistent counts") {
  auto db = Database::in_memory();
  auto collection = require_ok(db.create_collection("c"));
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::jthread reader([&] {
    const std::vector<float> query(64, 1.0F);
    while (!stop) {
      const auto result = collection.query(query, {.k = 100000});
      // Batches of 100 come and go whole.
      if (!result || result->size() % 100 != 0) ++wrong;
    }
  });
  std::mt19937_64 random(4);
  for (int round = 0; round < 6; ++round) {
    for (int batch = 0; batch < 20; ++batch) {
      std::vector<Document> documents;
      for (int i = 0; i < 100; ++i) {
        documents.push_back({.id = std::to_string(batch * 100 + i),
                             .metadata = {{"batch", batch}},
                             .embedding = test::random_vector(random, 64)});
      }
      require_ok(collection.upsert(documents));
    }
    for (int batch = 0; batch < 20; batch += 2) require_ok(collection.remove(field("batch") == batch));
  }
  stop = true;
  reader.join();
  REQUIRE(wrong == 0);
}

// Adds, replaces, updates and removes around a graph that is built, extended and rebuilt meanwhile.
TEST_CASE("concurrency: queries beside a graph that grows, churns and is rebuilt find what is there") {
  auto db = Database::in_memory();
  auto collection =
      require_ok(db.create_collection("c", {.metric = Metric::l2, .index = {.graph_from = 300, .build_threads = 2}}));
  std::mt19937_64 random(6);
  const auto batch_of = [](std::mt19937_64& numbers, int first) {
    std::vector<Document> documents;
    for (int i = first; i < first + 50; ++i) {
      documents.push_back(
          {.id = std::to_string(i), .metadata = {{"even", i % 2 == 0}}, .embedding = test::random_vector(numbers, 16)});
    }
    return documents;
  };
  // Documents that stay as they are: whoever asks for one finds it, whatever happens around it.
  std::vector<Document> fixed;
  for (int i = 0; i < 500; ++i) {
    fixed.push_back({.id = "fixed " + std::to_string(i), .embedding = test::random_vector(random, 16)});
  }
  require_ok(collection.add(fixed));
  std::atomic<bool> stop = false;
  std::atomic<int> failures = 0;
  std::atomic<int> asked = 0;
  std::atomic<int> missed = 0;
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] {
      std::mt19937_64 own(7);
      while (!stop) {
        if (!collection.upsert(batch_of(own, static_cast<int>(own() % 60) * 50))) ++failures;
        if (own() % 16 == 0 && !collection.remove(field("even") == true)) ++failures;
        if (own() % 8 == 0 && !collection.update_metadata("fixed 3", {{"seen", static_cast<std::int64_t>(own() % 9)}}))
          ++failures;
      }
    });
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      threads.emplace_back([&, seed] {
        std::mt19937_64 own(seed);
        while (!stop) {
          const Document& wanted = fixed[own() % fixed.size()];
          QueryOptions options{.k = 3, .recall = 0.99, .plan = QueryPlan::graph_walk};
          if (own() % 4 == 0) options.filter = !field("even").exists();
          const auto result = collection.query(*wanted.embedding, options);
          if (!result || result->size() != 3) ++failures;
          ++asked;
          if (result && !result->empty() && (*result)[0].document.id != wanted.id) ++missed;
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::seconds(test::concurrency_seconds()));
    stop = true;
  }
  REQUIRE(failures == 0);
  INFO(asked << " queries");
  CHECK(missed <= asked / 50);
  REQUIRE(collection.wait_until_indexed());
}
