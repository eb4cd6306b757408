// The reranker without a model, against values worked by hand and against the definition.

#include <cmath>
#include <map>
#include <random>
#include <sstream>

#include "scaup/reranker.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const LocalRerankerOptions kWordsAlone = {.order_weight = 0, .title_weight = 0, .neighbour_weight = 0};

std::vector<double> scores_of(const LocalRerankerOptions& options, std::string_view question,
                              const std::vector<std::string>& texts) {
  const auto reranker = require_ok(make_local_reranker(options));
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  std::vector<double> scores;
  for (const RerankScore& score : require_ok(reranker->rerank(question, views))) {
    REQUIRE(score.index == scores.size());
    scores.push_back(score.score);
  }
  REQUIRE(scores.size() == texts.size());
  return scores;
}

// The definition, in the plainest way: texts of words that no analysis changes, without titles.
class Oracle {
 public:
  explicit Oracle(const std::vector<std::string>& texts) : counts_(texts.size()), lengths_(texts.size()) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::istringstream words(texts[i]);
      for (std::string word; words >> word; ++lengths_[i], ++all_) ++counts_[i][word];
    }
  }

  [[nodiscard]] double component(std::size_t i, const std::string& word) const {
    const auto found = counts_[i].find(word);
    if (found == counts_[i].end()) return 0;
    double df = 0;
    for (const auto& other : counts_) df += other.contains(word) ? 1 : 0;
    const double n = static_cast<double>(counts_.size());
    const double k = 1.2 * (0.25 + 0.75 * lengths_[i] / (all_ / n));
    return std::log(1 + (n - df + 0.5) / (df + 0.5)) * found->second / (found->second + k);
  }

  [[nodiscard]] double cosine(std::size_t a, std::size_t b) const {
    return product(a, b) / std::sqrt(product(a, a) * product(b, b));
  }

 private:
  [[nodiscard]] double product(std::size_t a, std::size_t b) const {
    double sum = 0;
    for (const auto& [word, count] : counts_[a]) sum += component(a, word) * component(b, word);
    return sum;
  }

  std::vector<std::map<std::string, double>> counts_;
  std::vector<double> lengths_;
  double all_ = 0;
};

std::vector<std::string> random_texts(std::mt19937_64& random, std::size_t count) {
  std::vector<std::string> texts(count);
  for (std::string& text : texts) {
    for (std::uint64_t words = random() % 12 + 1; words > 0; --words) text += "w" + std::to_string(random() % 30) + " ";
  }
  return texts;
}

}  // namespace

TEST_CASE("local reranker: words alone are BM25 with the statistics of the texts, the best at 1") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    const auto texts = random_texts(random, 25);
    const Oracle oracle(texts);
    const auto scores = scores_of(kWordsAlone, "w1 w2 w2 w77", texts);
    double best = 0;
    std::vector<double> expected;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      expected.push_back(oracle.component(i, "w1") + 2 * oracle.component(i, "w2"));
      best = std::max(best, expected.back());
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
      REQUIRE(scores[i] == Approx(best > 0 ? expected[i] / best : 0).epsilon(1e-9));
    }
  }
}

TEST_CASE("local reranker: neighbours are the five texts with the highest cosine") {
  std::mt19937_64 random(2);
  const auto texts = random_texts(random, 30);
  const Oracle oracle(texts);
  LocalRerankerOptions options = kWordsAlone;
  const auto base = scores_of(options, "w3 w4 w5", texts);
  options.neighbour_weight = 0.5;
  const auto smoothed = scores_of(options, "w3 w4 w5", texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::pair<double, std::size_t>> near;
    for (std::size_t j = 0; j < texts.size(); ++j) {
      if (j != i && oracle.cosine(i, j) > 0) near.emplace_back(-oracle.cosine(i, j), j);
    }
    std::ranges::sort(near);
    near.resize(std::min<std::size_t>(5, near.size()));
    double sum = 0;
    double all = 0;
    for (const auto& [minus_cosine, j] : near) {
      sum -= minus_cosine * base[j];
      all -= minus_cosine;
    }
    REQUIRE(smoothed[i] == Approx(base[i] + (all > 0 ? 0.5 * sum / all : 0)).epsilon(1e-5));
  }
}

TEST_CASE("local reranker: the first line is a title where more follows") {
  LocalRerankerOptions options = kWordsAlone;
  options.title_weight = 0.4;
  const std::vector<std::string> texts = {"# Storm at sea\nboats sink", "boats in a storm", "storm\n \n",
                                          "a quiet lake"};
  const auto plain = scores_of(kWordsAlone, "storm", texts);
  const auto scores = scores_of(options, "storm", texts);
  REQUIRE(scores[0] > plain[0]);
  for (const std::size_t untitled : {std::size_t{1}, std::size_t{2}, std::size_t{3}})
    REQUIRE(scores[untitled] == plain[untitled]);
}

TEST_CASE("local reranker: the order of the call counts as much as its weight says") {
  LocalRerankerOptions options = kWordsAlone;
  options.order_weight = 0.8;
  const auto scores = scores_of(options, "storm", {"a lake", "a storm", "a hill", "a tree"});
  REQUIRE(scores[0] == Approx(0.8));
  REQUIRE(scores[1] == Approx(1 + 0.6));
  REQUIRE(scores[2] == Approx(0.4));
  REQUIRE(scores[3] == Approx(0.2));
}

TEST_CASE("local reranker: no texts, empty ones, and no words in common are no error") {
  REQUIRE(scores_of({}, "storm", {}).empty());
  REQUIRE(scores_of({}, "", {"a storm"}) == std::vector<double>{1.0});
  REQUIRE(scores_of(kWordsAlone, "storm", {"", "\n", "lake"}) == std::vector<double>(3, 0.0));
}

TEST_CASE("local reranker: what cannot be is refused") {
  require_error(make_local_reranker({.analysis = "klingon"}), ErrorCode::invalid_argument);
  require_error(make_local_reranker({.order_weight = -1}), ErrorCode::invalid_argument);
  require_error(make_local_reranker({.title_weight = 101}), ErrorCode::invalid_argument);
  require_error(make_local_reranker({.neighbour_weight = std::nan("")}), ErrorCode::invalid_argument);
  const auto reranker = require_ok(make_local_reranker());
  const std::string_view texts[] = {"lake", "\xFF"};
  require_error(reranker->rerank("storm", texts), ErrorCode::invalid_argument);
  require_error(reranker->rerank("\xFF", std::span(texts, 1)), ErrorCode::invalid_argument);
  std::stop_source stop;
  stop.request_stop();
  require_error(reranker->rerank("storm", std::span(texts, 1), stop.get_token()), ErrorCode::cancelled);
}

TEST_CASE("local reranker: says who it is") {
  REQUIRE(require_ok(make_local_reranker())->identity() ==
          RerankerIdentity{.provider = "scaup-local", .model = "bm25-english"});
}
