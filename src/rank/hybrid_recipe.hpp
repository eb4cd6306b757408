#pragma once
// The default hybrid score: keywords, centred vector similarity, title, and what near neighbours get.
//
// For a question q and the candidates d, of which the caller knows
//     B(d)  the BM25 score of the text, T(d) that of the title, c(d) the cosine of the vectors:
//     H(d)  = B / maxB + dense * (c - m) / (M - m)
//     G(d)  = sum over the nearest neighbours j of d of a(d, j) * H(j),  a = similarity / sum of similarities
//     score = H + title * T / maxB + neighbours * G
// maxB is the largest B, M the largest c, m the mean of c over the whole collection (one product of the question with
// the mean vector). Each part of H is at most 1; no depth of a list enters. A term whose divisor is not above 0 is 0.
// docs/quality.md has what each term brings.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace scaup::inline v0 {

struct RecipeWeights {
  double dense = 0.4;
  double title = 0.4;
  double neighbours = 0.2;
};

/// What is known of one document for one question.
struct RecipeCandidate {
  std::uint32_t slot = 0;
  double keyword = 0;                ///< B; 0 where no word of the question is in the text
  double title = 0;                  ///< T; 0 too where there is no title
  std::optional<double> dense = {};  ///< c; absent: no vector, and no such term
};

/// A neighbour of a document, and how similar it is. Similarities may be any finite numbers; those not above 0 count as
/// 0.
struct NeighbourLink {
  std::uint32_t slot = 0;
  float similarity = 0;
};

/// What the terms of one question are scaled by.
struct RecipeScale {
  double best_keyword = 0;  ///< maxB
  double best_dense = 0;    ///< M
  double mean_dense = 0;    ///< m
};

/// The scale of a question: the best values are those of the candidates, which must hold the best of either search.
[[nodiscard]] RecipeScale recipe_scale(std::span<const RecipeCandidate> candidates, double mean_dense) noexcept;

/// H of one document.
[[nodiscard]] double recipe_base(const RecipeCandidate& candidate, const RecipeScale& scale,
                                 const RecipeWeights& weights) noexcept;

/// The weighted title term of one document.
[[nodiscard]] double recipe_title(const RecipeCandidate& candidate, const RecipeScale& scale,
                                  const RecipeWeights& weights) noexcept;

/// The score of each candidate, in their order, without the neighbours' term.
[[nodiscard]] std::vector<double> recipe_scores(std::span<const RecipeCandidate> candidates, const RecipeScale& scale,
                                                const RecipeWeights& weights);

/// The same with the neighbours' term. `candidates` are in ascending order of slot, each once; `links[i]` are the
/// neighbours of candidate i, itself not among them. H of a neighbour that is no candidate counts as 0.
[[nodiscard]] std::vector<double> recipe_scores(std::span<const RecipeCandidate> candidates, const RecipeScale& scale,
                                                const RecipeWeights& weights,
                                                std::span<const std::span<const NeighbourLink>> links);

/// G alone, over any candidates whose H is given, for lists that other parts made: the same rules.
[[nodiscard]] std::vector<double> neighbour_means(std::span<const std::uint32_t> slots, std::span<const double> base,
                                                  std::span<const std::span<const NeighbourLink>> links);

}  // namespace scaup::inline v0
