#include "rank/hybrid_recipe.hpp"

#include <span>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;

namespace {

constexpr double kTiny = 1e-12;

// Best B 8, best c 0.7, mean of c 0.2: the range of c is 0.5.
const std::vector<RecipeCandidate> kCandidates = {{.slot = 3, .keyword = 8, .title = 0, .dense = 0.45},
                                                  {.slot = 5, .keyword = 4, .title = 2, .dense = 0.7},
                                                  {.slot = 9, .keyword = 0, .title = 0, .dense = 0.1},
                                                  {.slot = 12, .keyword = 2, .title = 4, .dense = {}}};
const RecipeScale kScale = {.best_keyword = 8, .best_dense = 0.7, .mean_dense = 0.2};

// H of the candidates: 1 + .4 * .5; .5 + .4 * 1; 0 + .4 * -.2; .25.
const std::vector<double> kBase = {1.2, 0.9, -0.08, 0.25};

void require_scores(const std::vector<double>& scores, const std::vector<double>& expected) {
  REQUIRE(scores.size() == expected.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    INFO(i);
    REQUIRE(scores[i] == Approx(expected[i]).margin(kTiny));
  }
}

}  // namespace

TEST_CASE("hybrid recipe: the scale is that of the best candidates") {
  const RecipeScale scale = recipe_scale(kCandidates, 0.2);
  REQUIRE(scale.best_keyword == 8);
  REQUIRE(scale.best_dense == 0.7);
  REQUIRE(scale.mean_dense == 0.2);
}

TEST_CASE("hybrid recipe: keywords and centred similarity add up to the base") {
  for (std::size_t i = 0; i < kCandidates.size(); ++i) {
    INFO(i);
    REQUIRE(recipe_base(kCandidates[i], kScale, {}) == Approx(kBase[i]).margin(kTiny));
  }
}

TEST_CASE("hybrid recipe: the title adds its share of the best keyword score") {
  // Titles give .4 * T / 8: 0, .1, 0, .2.
  require_scores(recipe_scores(kCandidates, kScale, {}), {1.2, 1.0, -0.08, 0.45});
  require_scores(recipe_scores(kCandidates, kScale, {.title = 0}), kBase);
}

TEST_CASE("hybrid recipe: neighbours give the mean of their bases by similarity") {
  const std::vector<NeighbourLink> of_3 = {{5, 0.75F}, {9, 0.25F}};
  const std::vector<NeighbourLink> of_5 = {{3, 0.5F}, {77, 0.5F}};  // 77 is no candidate
  const std::vector<NeighbourLink> of_9 = {{3, 0.0F}, {5, -1.0F}};  // not similar
  const std::vector<std::span<const NeighbourLink>> links = {of_3, of_5, of_9, {}};
  // G: .75 * .9 + .25 * -.08 = .655; .5 * 1.2 = .6; 0; 0. Each counts .2.
  require_scores(recipe_scores(kCandidates, kScale, {}, links), {1.2 + 0.131, 1.0 + 0.12, -0.08, 0.45});
  require_scores(recipe_scores(kCandidates, kScale, {.neighbours = 0}, links), {1.2, 1.0, -0.08, 0.45});
}

TEST_CASE("hybrid recipe: a term that cannot be scaled is 0") {
  SECTION("no keyword was found") {
    const std::vector<RecipeCandidate> candidates = {{.slot = 1, .title = 3, .dense = 0.5}, {.slot = 2, .dense = 0.3}};
    require_scores(recipe_scores(candidates, recipe_scale(candidates, 0.1), {}), {0.4, 0.2});
  }
  SECTION("no candidate is above the mean") {
    const std::vector<RecipeCandidate> candidates = {{.slot = 1, .keyword = 2, .dense = 0.1},
                                                     {.slot = 2, .keyword = 1, .dense = 0.05}};
    require_scores(recipe_scores(candidates, recipe_scale(candidates, 0.3), {}), {1, 0.5});
  }
  SECTION("there is no vector at all") {
    const std::vector<RecipeCandidate> candidates = {{.slot = 1, .keyword = 2}};
    require_scores(recipe_scores(candidates, recipe_scale(candidates, 0), {}), {1});
  }
  SECTION("there is no candidate at all") {
    REQUIRE(recipe_scores({}, recipe_scale({}, 0), {}).empty());
    REQUIRE(recipe_scores({}, recipe_scale({}, 0), {}, {}).empty());
  }
}
