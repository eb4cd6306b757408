// Fusion of lists of ids and of matches.

#include "scaup/fusion.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "rank/fuse_lists.hpp"

namespace scaup::inline v0 {
namespace {

// The documents of all lists, in the order in which they are first met, and where each was met.
class Fused {
 public:
  Fused(std::size_t lists, const FusionOptions& options) : options_(options), lists_(lists) {}

  // Adds the next list; `id_of` and `score_of` read an entry. Ids are borrowed until the end.
  template <typename Entry, typename IdOf, typename ScoreOf>
  Status add(const std::vector<Entry>& list, const IdOf& id_of, const ScoreOf& score_of) {
    std::vector<double> scores;
    for (const Entry& entry : list) scores.push_back(score_of(entry));
    if (auto checked = check_scores(scores); !checked) return checked;
    const auto parts = contributions(scores, weight_of(options_, done_), options_);
    for (std::size_t i = 0; i < list.size(); ++i) {
      FusedId* const fused = find(id_of(list[i]));
      if (fused == nullptr) return twice(id_of(list[i]));
      if (i >= parts.size()) continue;
      fused->parts[done_] = {.rank = i + 1, .score = scores[i], .contribution = parts[i]};
      fused->score += parts[i];
    }
    ++done_;
    return {};
  }

  // What lies behind `depth` in each list has no part and is no longer there.
  std::vector<FusedId> ranking() && {
    std::erase_if(found_, [](const FusedId& fused) {
      return std::ranges::all_of(fused.parts, [](const FusionPart& part) { return part.rank == 0; });
    });
    std::ranges::sort(found_, [](const FusedId& a, const FusedId& b) {
      return a.score != b.score ? a.score > b.score : a.id < b.id;
    });
    for (std::size_t i = 0; i < found_.size(); ++i) found_[i].rank = i + 1;
    return std::move(found_);
  }

 private:
  struct Seen {
    std::size_t number = 0;     // in found_
    std::size_t last_list = 0;  // the list that had it last
  };

  [[nodiscard]] Status check_scores(std::span<const double> scores) const {
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (std::abs(scores[i]) <= kLargestFusionNumber) continue;
      return Error(ErrorCode::invalid_argument, "fuse: list " + std::to_string(done_) + ", entry " + std::to_string(i) +
                                                    ": score " + std::to_string(scores[i]) +
                                                    " is not a number from -1e100 to 1e100");
    }
    return {};
  }

  // The entry of an id; null if this list had it before.
  FusedId* find(const std::string& id) {
    const auto [at, is_new] = seen_.try_emplace(id, Seen{found_.size(), done_});
    if (is_new) {
      found_.push_back({.id = id, .parts = std::vector<FusionPart>(lists_)});
      return &found_.back();
    }
    if (at->second.last_list == done_) return nullptr;
    at->second.last_list = done_;
    return &found_[at->second.number];
  }

  [[nodiscard]] Error twice(const std::string& id) const {
    return {ErrorCode::invalid_argument, "fuse: list " + std::to_string(done_) + " has the id " + in_quotes(id) +
                                             " twice; give each document one place"};
  }

  const FusionOptions& options_;
  const std::size_t lists_;
  std::size_t done_ = 0;  // lists added
  std::unordered_map<std::string_view, Seen> seen_;
  std::vector<FusedId> found_;
};

template <typename Entry, typename IdOf, typename ScoreOf>
Result<std::vector<FusedId>> fuse_all(const std::vector<std::vector<Entry>>& lists, const FusionOptions& options,
                                      const IdOf& id_of, const ScoreOf& score_of) {
  if (auto checked = check_fusion(options, lists.size()); !checked) return checked.error();
  Fused fused(lists.size(), options);
  for (const auto& list : lists) {
    if (auto added = fused.add(list, id_of, score_of); !added) return added.error();
  }
  return std::move(fused).ranking();
}

void fill(std::optional<double>& part, const std::optional<double>& other) {
  if (!part) part = other;
}

// The match of a document that several lists may have.
Match merged(const std::vector<std::vector<Match>>& lists, const FusedId& fused) {
  Match match;
  bool found = false;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (fused.parts[i].rank == 0) continue;
    const Match& here = lists[i][fused.parts[i].rank - 1];
    if (!std::exchange(found, true)) match = here;
    if (!match.document.embedding) match.document.embedding = here.document.embedding;
    fill(match.parts.dense, here.parts.dense);
    fill(match.parts.keyword, here.parts.keyword);
    fill(match.parts.title, here.parts.title);
    fill(match.parts.rerank, here.parts.rerank);
  }
  match.score = fused.score;
  match.rank = fused.rank;
  return match;
}

}  // namespace

Result<std::vector<FusedId>> fuse(const std::vector<std::vector<ScoredId>>& lists, const FusionOptions& options) {
  return guarded([&] {
    return fuse_all(
        lists, options, [](const ScoredId& entry) -> const std::string& { return entry.id; },
        [](const ScoredId& entry) { return entry.score; });
  });
}

Result<std::vector<FusedMatch>> fuse_matches(const std::vector<std::vector<Match>>& lists,
                                             const FusionOptions& options) {
  return guarded([&]() -> Result<std::vector<FusedMatch>> {
    auto fused = fuse_all(
        lists, options, [](const Match& match) -> const std::string& { return match.document.id; },
        [](const Match& match) { return match.score; });
    if (!fused) return std::move(fused).error();
    std::vector<FusedMatch> matches;
    for (FusedId& one : *fused) matches.push_back({.match = merged(lists, one), .parts = std::move(one.parts)});
    return matches;
  });
}

}  // namespace scaup::inline v0
