// Neighbour lists: the lists themselves against a brute force, and when the keeper of words makes them.

#include "engine/neighbour_lists.hpp"

#include <cmath>
#include <map>
#include <random>
#include <sstream>

#include "engine/local_store.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

/// A store of texts w0 w1 ..., whose slots are the order of writing.
class Texts {
 public:
  void add(std::mt19937_64& random, std::size_t count, std::size_t most_words) {
    std::vector<Document> documents;
    for (std::size_t i = 0; i < count; ++i) {
      Document document{.id = "d" + std::to_string(texts_.size())};
      for (std::uint64_t n = random() % most_words + 1; n > 0; --n) {
        document.text += "w" + std::to_string(random() % 60) + " ";
      }
      texts_.push_back(document.text);
      documents.push_back(std::move(document));
    }
    write(documents);
  }

  void remove(Slot slot) {
    const std::string id = "d" + std::to_string(slot);
    REQUIRE(require_ok(store_.remove_ids(std::span(&id, 1), {})) == 1);
    texts_[slot].clear();
  }

  QueryResult ask(double neighbour_weight, std::string_view text = "w1 w2 w3") {
    const VectorQuery query{
        .vector = kVector,
        .text = text,
        .options = {.k = 50, .mode = QueryMode::hybrid, .hybrid = {.neighbour_weight = neighbour_weight}}};
    return store_.query(std::span(&query, 1), 1, {}).value()[0];  // throws: also asked beside the test's thread
  }

  NeighbourLists::Pointer lists() {
    const TextStatePointer state = store_.text_keeper().newest();
    return state == nullptr ? nullptr : state->neighbours;
  }

  void wait() { require_ok(store_.wait_until_indexed({})); }

  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }
  [[nodiscard]] std::size_t rows() const { return store_.snapshot()->rows; }
  [[nodiscard]] std::uint64_t generation() const { return store_.snapshot()->generation; }

 private:
  void write(std::span<const Document> documents) {
    std::vector<StoreRecord> records;
    for (const Document& document : documents) records.push_back({.document = &document, .vector = kVector});
    REQUIRE(require_ok(store_.write(records, WriteMode::add, 1, {})).added == documents.size());
  }

  static constexpr std::array<float, 2> kVector = {1.0F, 0.0F};
  LocalStore store_{{.dimension = 2, .analysis = "simple"}, {.graph = false}, system_clock()};
  std::vector<std::string> texts_;  // by slot; empty: removed
};

using Vector = std::map<std::string, double>;  // the BM25 vector of a text

std::vector<Vector> vectors_of(const std::vector<std::string>& texts) {
  std::vector<Vector> vectors(texts.size());
  std::vector<double> lengths(texts.size());
  std::map<std::string, double> df;
  double documents = 0;
  double all = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::istringstream words(texts[i]);
    for (std::string word; words >> word; ++lengths[i], ++all) ++vectors[i][word];
    for (const auto& [word, count] : vectors[i]) ++df[word];
    if (!texts[i].empty()) ++documents;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const double k = 1.2 * (0.25 + 0.75 * lengths[i] / (all / documents));
    for (auto& [word, tf] : vectors[i]) {
      tf = std::log(1 + (documents - df[word] + 0.5) / (df[word] + 0.5)) * tf / (tf + k);
    }
  }
  return vectors;
}

double product(const Vector& a, const Vector& b) {
  double sum = 0;
  for (const auto& [word, value] : a) {
    if (const auto found = b.find(word); found != b.end()) sum += value * found->second;
  }
  return sum;
}

void check_list(std::span<const NeighbourLink> links, std::size_t self, const std::vector<Vector>& vectors) {
  std::vector<double> expected;
  for (std::size_t other = 0; other < vectors.size(); ++other) {
    const double similarity = product(vectors[self], vectors[other]);
    if (other != self && similarity > 0) expected.push_back(similarity);
  }
  std::ranges::sort(expected, std::greater<>());
  expected.resize(NeighbourLists::kNeighbours);
  REQUIRE(links.size() == NeighbourLists::kNeighbours);
  for (std::size_t i = 0; i < links.size(); ++i) {
    REQUIRE(static_cast<double>(links[i].similarity) == Approx(expected[i]).epsilon(1e-5));
    if (expected[i] == 0) continue;
    REQUIRE(links[i].slot != self);
    REQUIRE(product(vectors[self], vectors[links[i].slot]) == Approx(expected[i]).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("neighbour lists: they hold the documents whose words have the highest product") {
  std::mt19937_64 random(1);
  Texts texts;
  texts.add(random, 700, 15);  // three slices; no more words than are asked for
  for (const Slot slot : {3U, 255U, 256U, 699U}) texts.remove(slot);
  static_cast<void>(texts.ask(0.2));
  texts.wait();
  const auto lists = texts.lists();
  REQUIRE(lists != nullptr);
  const auto vectors = vectors_of(texts.texts());
  for (std::size_t slot = 0; slot < vectors.size(); ++slot) {
    if (!texts.texts()[slot].empty()) check_list(lists->of(static_cast<Slot>(slot)), slot, vectors);
  }
}

TEST_CASE("neighbour lists: ranges go slice by slice, then to what came, and begin anew when rows have doubled") {
  using Range = NeighbourLists::Range;
  constexpr std::size_t kSlice = NeighbourLists::kSlice;
  NeighbourLists::Pointer lists = std::make_shared<NeighbourLists>();
  const auto step = [&](std::size_t rows) {
    const Range range = lists->next_range(rows);
    const std::vector<NeighbourLists::Links> links(range.end - range.begin,
                                                   {NeighbourLink{static_cast<Slot>(rows), 1.0F}});
    lists = lists->with(range, rows, links);
    return range;
  };
  REQUIRE(lists->complete(0));
  REQUIRE_FALSE(lists->complete(1));
  REQUIRE(lists->of(0).empty());
  REQUIRE(step(300) == Range{0, kSlice});
  REQUIRE(lists->of(300).empty());
  REQUIRE(step(300) == Range{kSlice, 300});
  REQUIRE(lists->complete(300));
  REQUIRE(step(310) == Range{300, 310});
  REQUIRE(lists->of(299)[0].slot == 300);
  REQUIRE(lists->of(309)[0].slot == 310);
  REQUIRE(lists->of(310)[0].similarity == 0);
  REQUIRE(step(600) == Range{310, 2 * kSlice});
  REQUIRE(step(600) == Range{2 * kSlice, 600});
  REQUIRE(step(600) == Range{0, kSlice});
  REQUIRE(lists->of(0)[0].slot == 600);
  REQUIRE(lists->of(kSlice)[0].slot == 300);
  REQUIRE(step(600) == Range{kSlice, 2 * kSlice});
  REQUIRE(step(600) == Range{2 * kSlice, 600});
  REQUIRE(lists->complete(600));
  REQUIRE(step(1000) == Range{600, 3 * kSlice});
  REQUIRE(step(1000) == Range{3 * kSlice, 1000});
  REQUIRE(lists->complete(1000));
}

TEST_CASE("neighbour lists: none are made before a hybrid query asks for them") {
  std::mt19937_64 random(2);
  Texts texts;
  texts.add(random, 100, 15);
  static_cast<void>(texts.ask(0));
  texts.wait();
  REQUIRE(texts.lists() == nullptr);
  static_cast<void>(texts.ask(0.2));
  texts.wait();
  REQUIRE(texts.lists() != nullptr);
  REQUIRE(texts.lists()->complete(100));
}

TEST_CASE("neighbour lists: an answer without lists is that without their weight, with them the weight counts") {
  std::mt19937_64 random(3);
  Texts texts;
  texts.add(random, 300, 15);
  const QueryResult plain = texts.ask(0);
  const QueryResult first = texts.ask(0.5);  // asks for lists, and finds none
  REQUIRE(first.size() == plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(first[i].score == plain[i].score);
  texts.wait();
  const QueryResult smoothed = texts.ask(0.5);
  REQUIRE(smoothed[0].score > plain[0].score);
  const QueryResult still_plain = texts.ask(0);
  for (std::size_t i = 0; i < plain.size(); ++i) REQUIRE(still_plain[i].score == plain[i].score);
}

TEST_CASE("neighbour lists: they follow writes, and are made anew where slots are numbered anew") {
  std::mt19937_64 random(4);
  Texts texts;
  texts.add(random, 300, 15);
  static_cast<void>(texts.ask(0.2));
  texts.wait();
  SECTION("added documents get lists") {
    texts.add(random, 40, 15);
    static_cast<void>(texts.ask(0.2));
    texts.wait();
    REQUIRE(texts.lists()->complete(340));
    REQUIRE(texts.lists()->of(339)[0].similarity > 0);
  }
  SECTION("after many removals") {
    const std::uint64_t before = texts.generation();
    for (Slot slot = 0; slot < 290; ++slot) texts.remove(slot);
    if (texts.generation() == before) return;  // not worth it to the store
    static_cast<void>(texts.ask(0.2));
    texts.wait();
    REQUIRE(texts.lists()->complete(texts.rows()));
    REQUIRE(texts.lists()->of(static_cast<Slot>(texts.rows())).size() <= NeighbourLists::kNeighbours);
  }
}

TEST_CASE("neighbour lists: queries, writes and the thread go on beside each other") {
  std::mt19937_64 random(5);
  Texts texts;
  texts.add(random, 500, 15);
  std::jthread reader([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) static_cast<void>(texts.ask(0.2));
  });
  for (int i = 0; i < 20; ++i) texts.add(random, 30, 15);
  reader.request_stop();
  reader.join();
  static_cast<void>(texts.ask(0.2));
  texts.wait();
  REQUIRE(texts.lists()->complete(1100));
}
