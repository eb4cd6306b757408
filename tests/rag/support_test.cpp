// Support: what an answer may say of what it cites; and the choice of sentences.

#include "rag/support.hpp"

#include "rag/extractive.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

struct Fixture {
  std::vector<Passage> passages;
  std::shared_ptr<const Analyzer> analyzer = require_ok(find_analyzer("english"));
  AnalyzerScratch scratch;

  explicit Fixture(const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      passages.push_back({.text = texts[i], .best_rank = i + 1, .score = 1.0 / static_cast<double>(i + 1)});
    }
  }
  Support support(const std::string& text, const std::vector<std::size_t>& cited) {
    const PassageSentences sentences(passages, *analyzer, scratch);
    return support_of({.text = text, .terms = terms_of(text, *analyzer, scratch)}, cited, passages, sentences);
  }
  std::vector<std::string> chosen(const std::string& question, std::size_t count) {
    const PassageSentences sentences(passages, *analyzer, scratch);
    std::vector<std::string> texts;
    for (const std::size_t i :
         choose_sentences(sentences, passages, {.terms = terms_of(question, *analyzer, scratch)}, count)) {
      texts.emplace_back(sentences.text(i));
    }
    return texts;
  }
};

}  // namespace

TEST_CASE("support: the share of what is said that the cited passages say") {
  Fixture fixture({"Leaves are green. The sky is blue because of scattering.", "Wine is red."});
  REQUIRE(fixture.support("The blue sky scatters.", {0}).value == Approx(1.0));
  REQUIRE(fixture.support("The blue sky scatters.", {1}).value == Approx(0.0));
  REQUIRE(fixture.support("The sky is red.", {0}).value == Approx(0.5));
  REQUIRE(fixture.support("The sky is red.", {0, 1}).value == Approx(1.0));
  REQUIRE(fixture.support("The blue sky.", {0}).best_sentence == 1);
}

TEST_CASE("support: a number that the passage does not have is seen") {
  Fixture fixture({"Paris has 2,148,000 inhabitants and 20 districts."});
  REQUIRE(fixture.support("Paris has 20 districts.", {0}).has_numbers);
  REQUIRE(fixture.support("Paris has 2,148,000 inhabitants.", {0}).has_numbers);
  REQUIRE_FALSE(fixture.support("Paris has 21 districts.", {0}).has_numbers);
  REQUIRE_FALSE(fixture.support("Paris has 148 inhabitants.", {0}).has_numbers);
}

TEST_CASE("support: numbers are runs of digits with the marks inside them") {
  REQUIRE(numbers_of("In 2020, 3.5 of 1,000. And 7.") == std::vector<std::string>{"1,000", "2020", "3.5", "7"});
  REQUIRE(numbers_of("none").empty());
}

TEST_CASE("support: a passage without sentences supports nothing, and does not fail") {
  Fixture fixture({" ", "Wine is red."});
  const Support support = fixture.support("Wine is red.", {0});
  REQUIRE(support.value == 0);
  REQUIRE_FALSE(support.best_sentence.has_value());
}

TEST_CASE("extractive: the sentence that answers comes before its neighbours") {
  Fixture fixture(
      {"Many people look up. The sky is blue because of Rayleigh scattering. Birds fly there.", "Wine is red."});
  REQUIRE(fixture.chosen("Why is the sky blue?", 1) ==
          std::vector<std::string>{"The sky is blue because of Rayleigh scattering."});
}

TEST_CASE("extractive: no sentence says again what another said, and none asks") {
  Fixture fixture({"The sky is blue. Why is the sky blue? The sky is blue! Scattering of sunlight colours the sky."});
  const auto chosen = fixture.chosen("Why is the sky blue?", 2);
  REQUIRE(chosen.size() == 2);
  REQUIRE(chosen[0] == "The sky is blue.");
  REQUIRE(chosen[1] == "Scattering of sunlight colours the sky.");
}

TEST_CASE("extractive: as many as there are, and none of nothing") {
  Fixture fixture({"Wine is red and old."});
  REQUIRE(fixture.chosen("wine", 5).size() == 1);
  Fixture nothing({});
  REQUIRE(nothing.chosen("wine", 5).empty());
}
