#include "text/postings/text_index.hpp"

#include <cmath>
#include <limits>
#include <random>

#include "support/brute_text.hpp"
#include "support/catch.hpp"
#include "text/postings/segment_writer.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

struct Change {
  TextBatch removed = {};
  std::vector<Slot> removed_slots = {};
  TextBatch added = {};
  std::vector<Slot> added_slots = {};
};

// An index and its oracle, which go through the same changes.
class Pair {
 public:
  explicit Pair(const char* analyzer = "simple") : analyzer_(require_ok(find_analyzer(analyzer))), brute(*analyzer_) {}

  void put(Slot slot, std::string_view title, std::string_view text) {
    if (brute.documents().contains(slot)) take(slot);
    change_.added.add(*analyzer_, scratch_, title, text);
    change_.added_slots.push_back(slot);
    brute.put(slot, title, text);
  }
  // Of a document of the index, not of the change that is being put together.
  void remove(Slot slot) {
    take(slot);
    brute.remove(slot);
  }
  void commit() {
    index = require_ok(index->changed({.removed = &change_.removed,
                                       .removed_slots = change_.removed_slots,
                                       .added = &change_.added,
                                       .added_slots = change_.added_slots}));
    change_ = Change();
  }
  TextQuery query(std::string_view text) { return make_text_query(*analyzer_, scratch_, text); }
  const Analyzer& analyzer() const { return *analyzer_; }

 private:
  void take(Slot slot) {
    const auto& stored = brute.documents().at(slot);
    change_.removed.add(*analyzer_, scratch_, stored.title, stored.text);
    change_.removed_slots.push_back(slot);
  }

  std::shared_ptr<const Analyzer> analyzer_;
  AnalyzerScratch scratch_;
  Change change_;

 public:
  TextIndex::Pointer index = require_ok(TextIndex::empty());
  BruteText brute;
};

std::vector<TextHit> top_k(const TextIndex& index, const TextQuery& query, const TextSearchOptions& options) {
  TextSearchCounters counters;
  return require_ok(index.top_k(query, options, counters));
}

// Few common words and many rare ones.
std::string words(std::mt19937_64& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const double uniform = std::generate_canonical<double, 53>(random);
    text += "w" + std::to_string(static_cast<int>(std::exp(uniform * std::log(900.0)))) + " ";
  }
  return text;
}

struct Odd final : TextJudge {
  [[nodiscard]] bool accepts(Slot slot) const override { return slot % 2 == 1; }
};

void compare(Pair& pair, std::mt19937_64& random) {
  REQUIRE(pair.index->totals() == pair.brute.totals());
  const TextQuery query = pair.query(words(random, 1 + random() % 12));
  for (const TextQuery::Term& term : query.terms) {
    REQUIRE(require_ok(pair.index->document_frequency(term.bytes)) == pair.brute.df(term.bytes));
  }
  const std::size_t k = std::size_t{1} << (random() % 12);
  const double weight = random() % 2 == 0 ? 0 : 0.4;
  const Odd odd;
  std::vector<std::uint64_t> bits(random() % 80);
  std::ranges::generate(bits, random);
  const auto selected = [&](Slot slot) { return slot / 64 < bits.size() && (bits[slot / 64] >> (slot % 64) & 1) != 0; };
  REQUIRE(top_k(*pair.index, query, {.k = k, .title_weight = weight}) ==
          pair.brute.top_k(query, k, weight, [](Slot) { return true; }));
  REQUIRE(top_k(*pair.index, query, {.k = k, .title_weight = weight, .judge = &odd}) ==
          pair.brute.top_k(query, k, weight, [](Slot slot) { return slot % 2 == 1; }));
  bits.push_back(0);
  REQUIRE(top_k(*pair.index, query, {.k = k, .title_weight = weight, .selected = bits}) ==
          pair.brute.top_k(query, k, weight, selected));
}

void compare_scores(Pair& pair, std::mt19937_64& random, Slot end) {
  std::vector<Slot> slots(random() % 50);
  std::ranges::generate(slots, [&] { return static_cast<Slot>(random() % (end + 3)); });
  if (random() % 2 == 0) std::ranges::sort(slots);
  const TextQuery query = pair.query(words(random, 1 + random() % 12));
  const auto expected = pair.brute.scores(query);
  const auto scores = require_ok(pair.index->score(query, slots));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto found = expected.find(slots[i]);
    REQUIRE(scores[i] == (found == expected.end() ? TextScore() : found->second));
  }
}

// What a checkpoint writes, read again, with the oracle renumbered in the same way.
void reopen(Pair& pair) {
  std::vector<Slot> kept;
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& [slot, stored] : pair.brute.documents()) {
    kept.push_back(slot);
    texts.emplace_back(stored.title, stored.text);
  }
  auto bytes = require_ok(pair.index->serialize(kept));
  REQUIRE(bytes.empty() == kept.empty());
  pair.index = bytes.empty() ? require_ok(TextIndex::empty())
                             : require_ok(TextIndex::of(require_ok(open_owned(std::move(bytes)))));
  for (const Slot slot : kept) pair.brute.remove(slot);
  for (Slot slot = 0; slot < texts.size(); ++slot) pair.brute.put(slot, texts[slot].first, texts[slot].second);
}

void add_some(Pair& pair, std::mt19937_64& random, Slot& next) {
  for (std::size_t i = random() % 120; i > 0; --i) {
    pair.put(next, random() % 3 == 0 ? "" : words(random, random() % 6), words(random, random() % 40));
    next += 1 + static_cast<Slot>(random() % 8 == 0 ? random() % 3 : 0);
  }
}

void change_some(Pair& pair, std::mt19937_64& random, std::size_t share) {
  const std::vector<Slot> slots = [&] {
    std::vector<Slot> all;
    for (const auto& each : pair.brute.documents()) all.push_back(each.first);
    std::shuffle(all.begin(), all.end(), random);
    all.resize(all.size() / share);
    return all;
  }();
  for (const Slot slot : slots) {
    if (random() % 3 == 0) {
      const std::string text = pair.brute.documents().at(slot).text;
      pair.put(slot, words(random, 3), text);
    } else {
      pair.remove(slot);
    }
  }
}

}  // namespace

TEST_CASE("text index: scores are those of the formulas") {
  Pair pair("english");
  pair.put(0, "Storm", "A storm broke over the harbour");  // body: storm storm broke over harbour; title: storm
  pair.put(1, "", "Calm harbour");
  pair.put(2, "Harbour master", "Ships");
  pair.commit();
  REQUIRE(pair.index->totals() == TextTotals{.documents = 3, .body_tokens = 10, .titled = 2, .title_tokens = 3});
  const auto hits = top_k(*pair.index, pair.query("storms in the harbour"), {.k = 5});
  REQUIRE(hits.size() == 3);
  // N 3, average 10 / 3. storm: df 1, idf ln(1 + 2.5 / 1.5) = 0.980829; harbour: df 3, idf ln(1 + 0.5 / 3.5) =
  // 0.133531. Document 0: length 5, K = 1.2 (0.25 + 0.75 * 1.5) = 1.65; 0.980829 * 2 / 3.65 + 0.133531 / 2.65 =
  // 0.587830.
  CHECK(hits[0].slot == 0);
  CHECK(hits[0].score.body == Approx(0.587830).margin(1e-6));
  // Title: length 1, average 1.5, K = 1.2 (0.5 + 0.5 / 1.5) = 1; 0.980829 / 2.
  CHECK(hits[0].score.title == Approx(0.490415).margin(1e-6));
  // Document 1: length 2, K = 1.2 (0.25 + 0.75 * 0.6) = 0.84; 0.133531 / 1.84.
  CHECK(hits[1].slot == 1);
  CHECK(hits[1].score.body == Approx(0.072571).margin(1e-6));
  CHECK(hits[1].score.title == 0);
  // Document 2: length 3, K = 1.2 (0.25 + 0.75 * 0.9) = 1.11; title: length 2, K = 1.2 (0.5 + 0.5 / 0.75) = 1.4.
  CHECK(hits[2].score.body == Approx(0.063285).margin(1e-6));
  CHECK(hits[2].score.title == Approx(0.055638).margin(1e-6));
}

TEST_CASE("text index: a term that the query repeats counts as often") {
  Pair pair;
  pair.put(0, "", "sea wind");
  pair.put(1, "", "sea");
  pair.commit();
  const auto once = top_k(*pair.index, pair.query("sea"), {.k = 1});
  const auto thrice = top_k(*pair.index, pair.query("sea SEA sea"), {.k = 1});
  REQUIRE(thrice[0].slot == once[0].slot);
  REQUIRE(thrice[0].score.body == Approx(3 * once[0].score.body));
}

TEST_CASE("text index: answers are those of the brute-force scorer through random changes, merges and reopening") {
  const auto seed = GENERATE(std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{4});
  std::mt19937_64 random(seed);
  Pair pair;
  Slot next = 0;
  for (int round = 0; round < 40; ++round) {
    CAPTURE(seed, round);
    add_some(pair, random, next);
    pair.commit();
    if (random() % 4 == 0) change_some(pair, random, 2 + random() % 20);
    pair.commit();
    if (random() % 3 == 0) pair.index = require_ok(pair.index->tidied());
    if (random() % 12 == 0) {
      reopen(pair);
      next = static_cast<Slot>(pair.brute.documents().size());
    }
    for (int i = 0; i < 4; ++i) compare(pair, random);
    compare_scores(pair, random, next);
  }
}

TEST_CASE("text index: answers are exact over many windows of documents and blocks of postings") {
  std::mt19937_64 random(5);
  Pair pair;
  Slot next = 0;
  while (next < 11'000) add_some(pair, random, next);
  pair.commit();
  pair.index = require_ok(pair.index->tidied());
  for (int i = 0; i < 15; ++i) compare(pair, random);
  change_some(pair, random, 3);
  pair.commit();
  for (int i = 0; i < 5; ++i) compare(pair, random);
  pair.index = require_ok(pair.index->tidied());
  for (int i = 0; i < 5; ++i) compare(pair, random);
}

TEST_CASE("text index: pruning looks at a part of the postings alone") {
  std::mt19937_64 random(6);
  Pair pair;
  for (Slot slot = 0; slot < 20'000; ++slot) pair.put(slot, "", words(random, 20) + (slot % 500 == 7 ? "rare" : ""));
  pair.commit();
  TextSearchCounters counters;
  const TextQuery query = pair.query("rare w1 w2 w3");
  REQUIRE(require_ok(pair.index->top_k(query, {.k = 10}, counters)) ==
          pair.brute.top_k(query, 10, 0, [](Slot) { return true; }));
  std::uint64_t all = 0;
  for (const TextQuery::Term& term : query.terms) all += pair.brute.df(term.bytes);
  REQUIRE(counters.scored < 400);
  REQUIRE(counters.postings < all / 2);
}

TEST_CASE("text index: a merge carries over what was removed while it ran") {
  std::mt19937_64 random(7);
  Pair pair;
  Slot next = 0;
  for (int i = 0; i < 6; ++i) {
    for (int j = 0; j < 50; ++j) pair.put(next++, words(random, 2), words(random, 20));
    pair.commit();
  }
  change_some(pair, random, 10);
  pair.commit();
  auto merge = pair.index->next_merge();
  REQUIRE(merge.has_value());
  change_some(pair, random, 4);
  for (int j = 0; j < 50; ++j) pair.put(next++, "", words(random, 20));
  pair.commit();
  require_ok(merge->run());
  const std::size_t before = pair.index->parts();
  pair.index = require_ok(pair.index->adopt(*merge));
  REQUIRE(pair.index->parts() < before);
  for (int i = 0; i < 20; ++i) compare(pair, random);
  compare_scores(pair, random, next);
}

TEST_CASE("text index: a merge that other merges overtook changes nothing") {
  Pair pair;
  for (Slot slot = 0; slot < 4; ++slot) {
    pair.put(slot, "", "one two");
    pair.commit();
  }
  auto merge = pair.index->next_merge();
  REQUIRE(merge.has_value());
  require_error(pair.index->adopt(*merge), ErrorCode::invalid_argument);
  require_ok(merge->run());
  const auto tidied = require_ok(pair.index->tidied());
  REQUIRE(tidied->parts() == 1);
  const auto adopted = require_ok(tidied->adopt(*merge));
  REQUIRE(adopted->parts() == 1);
  REQUIRE(adopted->totals() == tidied->totals());
}

TEST_CASE("text index: parts stay few, and a part that lost a fifth of its documents is written anew") {
  Pair pair;
  for (Slot slot = 0; slot < 600; ++slot) {
    pair.put(slot, "", "word " + std::to_string(slot));
    pair.commit();
    pair.index = require_ok(pair.index->tidied());
    REQUIRE(pair.index->parts() <= 18);
  }
  const std::size_t bytes = pair.index->memory_bytes();
  for (Slot slot = 0; slot < 599; ++slot) pair.remove(slot);
  pair.commit();
  pair.index = require_ok(pair.index->tidied());
  REQUIRE(pair.index->memory_bytes() < bytes / 20);
  REQUIRE(top_k(*pair.index, pair.query("word"), {.k = 10}).size() == 1);
  pair.remove(599);
  pair.commit();
  pair.index = require_ok(pair.index->tidied());
  REQUIRE(pair.index->parts() == 0);
  REQUIRE(pair.index->totals() == TextTotals());
}

TEST_CASE("text index: an earlier index answers as before, whatever was made of it") {
  Pair pair;
  pair.put(3, "", "sea");
  pair.commit();
  const auto before = pair.index;
  pair.remove(3);
  pair.put(4, "", "sea sea");
  pair.commit();
  REQUIRE(top_k(*before, pair.query("sea"), {.k = 2}).at(0).slot == 3);
  REQUIRE(before->contains(3));
  REQUIRE_FALSE(pair.index->contains(3));
  REQUIRE(top_k(*pair.index, pair.query("sea"), {.k = 2}).size() == 1);
}

TEST_CASE("text index: removing a slot that is not there changes nothing") {
  Pair pair;
  pair.put(1, "a title", "sea");
  pair.commit();
  TextBatch batch;
  AnalyzerScratch scratch;
  batch.add(pair.analyzer(), scratch, "a title", "sea");
  batch.add(pair.analyzer(), scratch, "a title", "sea");
  const std::vector<Slot> twice = {1, 1};
  const auto after = require_ok(pair.index->changed({.removed = &batch, .removed_slots = twice}));
  REQUIRE(after->totals() == TextTotals());
  REQUIRE(require_ok(after->document_frequency("sea")) == 0);
}

TEST_CASE("text index: equal scores are in the order of slots, or of the judge") {
  struct Backwards final : TextJudge {
    [[nodiscard]] bool accepts(Slot) const override { return true; }
    [[nodiscard]] bool precedes(Slot a, Slot b) const override { return a > b; }
  };
  Pair pair;
  for (Slot slot = 0; slot < 9; ++slot) {
    pair.put(slot, "", "same");
    if (slot % 2 == 0) pair.commit();
  }
  pair.commit();
  const Backwards backwards;
  std::vector<Slot> slots;
  for (const TextHit& hit : top_k(*pair.index, pair.query("same"), {.k = 3})) slots.push_back(hit.slot);
  REQUIRE(slots == std::vector<Slot>{0, 1, 2});
  slots.clear();
  for (const TextHit& hit : top_k(*pair.index, pair.query("same"), {.k = 3, .judge = &backwards})) {
    slots.push_back(hit.slot);
  }
  REQUIRE(slots == std::vector<Slot>{8, 7, 6});
}

TEST_CASE("text index: empty indexes, queries and documents") {
  Pair pair;
  REQUIRE(top_k(*pair.index, pair.query("sea"), {.k = 3}).empty());
  REQUIRE(require_ok(pair.index->serialize({})).empty());
  pair.put(0, "", "");
  pair.commit();
  REQUIRE(pair.index->totals().documents == 1);
  REQUIRE(top_k(*pair.index, pair.query("sea"), {.k = 3}).empty());
  pair.put(1, "", "sea");
  pair.commit();
  REQUIRE(top_k(*pair.index, TextQuery(), {.k = 3}).empty());
  REQUIRE(top_k(*pair.index, TextQuery{{{"sea", 0}}}, {.k = 3}).empty());
  REQUIRE(top_k(*pair.index, TextQuery{{{"sea", std::numeric_limits<double>::quiet_NaN()}}}, {.k = 3}).empty());
  REQUIRE(top_k(*pair.index, pair.query("sea"), {.k = 3}).size() == 1);
}

TEST_CASE("text index: what does not fit is refused") {
  Pair pair;
  TextSearchCounters counters;
  require_error(pair.index->top_k({}, {.k = 0}, counters), ErrorCode::invalid_argument, {"k is 0"});
  require_error(pair.index->top_k({}, {.k = 1, .title_weight = -1}, counters), ErrorCode::invalid_argument,
                {"title weight"});
  for (const double weight : {1e-10, 1e10, std::numeric_limits<double>::infinity()}) {
    require_error(pair.index->top_k({{{"sea", weight}}}, {.k = 1}, counters), ErrorCode::invalid_argument,
                  {"weight of a term"});
  }
  const double infinity = std::numeric_limits<double>::infinity();
  require_error(pair.index->top_k({}, {.k = 1, .title_weight = infinity}, counters), ErrorCode::invalid_argument);
  const std::vector<Slot> one = {1};
  require_error(pair.index->changed({.added_slots = one}), ErrorCode::invalid_argument, {"0 added", "1 slots"});
  require_error(pair.index->changed({.removed_slots = one}), ErrorCode::invalid_argument, {"removed"});
}

TEST_CASE("text index: a stopped search or merge is cancelled") {
  Pair pair;
  for (Slot slot = 0; slot < 4; ++slot) {
    pair.put(slot, "", "sea");
    pair.commit();
  }
  std::stop_source source;
  source.request_stop();
  TextSearchCounters counters;
  require_error(pair.index->top_k(pair.query("sea"), {.k = 1}, counters, source.get_token()), ErrorCode::cancelled);
  require_error(pair.index->tidied(source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("text index: answers are exact with weights that are far apart") {
  std::mt19937_64 random(11);
  Pair pair;
  for (Slot slot = 0; slot < 3'000; ++slot) pair.put(slot, words(random, 2), words(random, 20));
  pair.commit();
  for (int round = 0; round < 20; ++round) {
    TextQuery query = pair.query(words(random, 6));
    for (TextQuery::Term& term : query.terms) term.weight = std::pow(10.0, static_cast<double>(random() % 19) - 9.0);
    REQUIRE(top_k(*pair.index, query, {.k = 7, .title_weight = 0.4}) ==
            pair.brute.top_k(query, 7, 0.4, [](Slot) { return true; }));
  }
}

TEST_CASE("text index: long documents and many repeats of a term") {
  Pair pair;
  std::string many;
  for (int i = 0; i < 70'000; ++i) many += "tide ";
  pair.put(0, many, many);
  pair.put(1, "tide", "tide and sea");
  pair.put(2, "", "sea");
  pair.commit();
  const TextQuery query = pair.query("tide sea");
  for (const double weight : {0.0, 0.4, 5.0}) {
    REQUIRE(top_k(*pair.index, query, {.k = 3, .title_weight = weight}) ==
            pair.brute.top_k(query, 3, weight, [](Slot) { return true; }));
  }
}
