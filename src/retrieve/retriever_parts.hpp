#pragma once
// What retrievers that stand on others have in common.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/retriever.hpp"

namespace scaup::inline v0 {

/// The error for an option or argument out of range; `who` is the retriever, "mmr retriever".
[[nodiscard]] Error retriever_error(std::string_view who, const std::string& problem);

/// What every call must fulfil, before anything is asked. Errors: `invalid_argument`.
[[nodiscard]] Status check_retrieve(std::string_view who, const std::shared_ptr<const Retriever>& retriever,
                                    std::string_view question, const RetrieveOptions& options);

/// The options for the part below: as many documents as are needed to choose from.
[[nodiscard]] RetrieveOptions with_candidates(RetrieveOptions options, std::size_t candidates);

/// Puts matches in descending order of score, equal ones by id, keeps the first k, and numbers them. NaN becomes the
/// lowest score there is.
void rank_by_score(QueryResult& result, std::size_t k);

/// Numbers the matches as they stand.
void number_ranks(QueryResult& result) noexcept;

/// `score` times `factor`, or divided by it if negative; factors are at least 0. Never infinite, and NaN only if
/// `score` is.
[[nodiscard]] double scaled_score(double score, double factor) noexcept;

/// Adds the counts of a part to those of the whole.
void add_stats(QueryStats& whole, const QueryStats& part) noexcept;

}  // namespace scaup::inline v0
