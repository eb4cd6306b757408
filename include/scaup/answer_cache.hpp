#pragma once
// AnswerCache: answers to questions that were asked before, in the same words or nearly so.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scaup/clock.hpp"
#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct Answer;

/// What an answer depends on.
struct AnswerKey {
  std::string_view question = {};
  std::span<const float> vector = {};  ///< of the question, of any length; empty: only the same words are found
  std::uint64_t context = 0;           ///< a hash of all else: pipeline, options, state of the collection
};

struct AnswerCacheStats {
  std::uint64_t exact_hits = 0;
  std::uint64_t semantic_hits = 0;
  std::uint64_t misses = 0;
  std::size_t entries = 0;
};

/// Users may implement it. Implementations may be called from several threads at once.
class SCAUP_API AnswerCache {
 public:
  virtual ~AnswerCache();
  /// The answer, or null.
  [[nodiscard]] virtual std::shared_ptr<const Answer> find(const AnswerKey& key) = 0;
  virtual void keep(const AnswerKey& key, std::shared_ptr<const Answer> answer) = 0;
  [[nodiscard]] virtual AnswerCacheStats stats() const = 0;
};

struct AnswerCacheOptions {
  std::size_t max_entries = 1000;                         ///< 1 to 100,000; what was used longest ago goes first
  std::optional<std::chrono::seconds> time_to_live = {};  ///< since the answer was made; default: for ever
  /// Least cosine of two questions with the same answer, 0 to 1. Absent: only the same words are found. Questions of
  /// opposite meaning may be as near as 0.9; try on questions of your own before lowering it.
  std::optional<double> min_similarity = 0.97;
  std::shared_ptr<const Clock> clock = {};  ///< default: system_clock()
};

/// A cache in memory. An answer is used while nothing has been written to the chunks since it was made, and by the
/// pipeline that made it and its copies alone: several pipelines, of several tenants too, may share a cache.
/// Cost of `find`: one comparison for each entry. Errors: `invalid_argument` for options out of range.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<AnswerCache>> make_answer_cache(const AnswerCacheOptions& options = {});

}  // namespace scaup::inline v0
