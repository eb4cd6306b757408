// Retrievers that change or judge the scores of another: threshold, recency, boosts.

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "filter/evaluator.hpp"
#include "retrieve/date_time.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

class ScoreThresholdRetriever final : public Retriever {
 public:
  ScoreThresholdRetriever(std::shared_ptr<const Retriever> retriever, double min_score)
      : retriever_(std::move(retriever)), min_score_(min_score) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      constexpr std::string_view kName = "score threshold retriever";
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      if (!std::isfinite(min_score_)) return retriever_error(kName, "min_score is not a finite number");
      auto found = retriever_->retrieve(question, options, stop);
      if (!found) return found;
      std::erase_if(found->matches, [&](const Match& match) { return !(match.score >= min_score_); });
      number_ranks(*found);
      return found;
    });
  }

 private:
  const std::shared_ptr<const Retriever> retriever_;
  const double min_score_;
};

class RecencyRetriever final : public Retriever {
 public:
  RecencyRetriever(std::shared_ptr<const Retriever> retriever, RecencyRetrieverOptions options)
      : retriever_(std::move(retriever)), options_(std::move(options)) {
    if (!options_.clock) options_.clock = system_clock();
  }

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (auto checked = check(question, options); !checked) return checked.error();
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found) return found;
      const std::chrono::duration<double> now = options_.clock->wall_time().time_since_epoch();
      for (Match& match : found->matches) match.score = scaled_score(match.score, factor(match.document, now.count()));
      rank_by_score(*found, options.k);
      return found;
    });
  }

 private:
  static constexpr std::string_view kName = "recency retriever";

  [[nodiscard]] Status check(std::string_view question, const RetrieveOptions& options) const {
    if (options_.half_life.count() < 1) return retriever_error(kName, "half_life is below 1 second");
    if (!(options_.undated_factor >= 0 && options_.undated_factor <= 1)) {
      return retriever_error(kName,
                             "undated_factor is " + std::to_string(options_.undated_factor) + ", not from 0 to 1");
    }
    return check_retrieve(kName, retriever_, question, options);
  }

  [[nodiscard]] double factor(const Document& document, double now) const {
    const auto value = document.metadata.find(options_.key);
    const auto date = value == document.metadata.end() ? std::nullopt : seconds_since_1970(value->second);
    if (!date) return options_.undated_factor;
    const double age = std::max(now - *date, 0.0);
    return std::exp2(-age / static_cast<double>(options_.half_life.count()));
  }

  const std::shared_ptr<const Retriever> retriever_;
  RecencyRetrieverOptions options_;
};

class BoostRetriever final : public Retriever {
 public:
  BoostRetriever(std::shared_ptr<const Retriever> retriever, BoostRetrieverOptions options)
      : retriever_(std::move(retriever)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      const auto prepared = prepare();
      if (!prepared) return prepared.error();
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found) return found;
      for (Match& match : found->matches) match.score = scaled_score(match.score, factor(match.document, *prepared));
      rank_by_score(*found, options.k);
      return found;
    });
  }

 private:
  static constexpr std::string_view kName = "boost retriever";

  struct Prepared {
    FilterEvaluator filter;
    double factor = 1;
  };

  [[nodiscard]] Result<std::vector<Prepared>> prepare() const {
    std::vector<Prepared> prepared;
    for (const Boost& boost : options_.boosts) {
      const std::string place = "boost " + std::to_string(prepared.size());
      if (!(boost.factor >= 1e-6 && boost.factor <= 1e6)) {
        return retriever_error(kName, place + ": factor is " + std::to_string(boost.factor) + ", not from 1e-6 to 1e6");
      }
      auto filter = FilterEvaluator::prepare(boost.filter);
      if (!filter) {
        Error error = std::move(filter).error();
        error.add_context(std::string(kName) + ": " + place);
        return error;
      }
      prepared.push_back({*std::move(filter), boost.factor});
    }
    return prepared;
  }

  static double factor(const Document& document, const std::vector<Prepared>& boosts) {
    double product = 1;
    for (const Prepared& boost : boosts) {
      if (boost.filter.matches(document.text, document.metadata)) product *= boost.factor;
    }
    return std::clamp(product, 1e-100, 1e100);  // whatever the number of boosts, neither 0 nor infinite
  }

  const std::shared_ptr<const Retriever> retriever_;
  const BoostRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_score_threshold_retriever(std::shared_ptr<const Retriever> retriever,
                                                                double min_score) {
  return std::make_shared<const ScoreThresholdRetriever>(std::move(retriever), min_score);
}

std::shared_ptr<const Retriever> make_recency_retriever(std::shared_ptr<const Retriever> retriever,
                                                        const RecencyRetrieverOptions& options) {
  return std::make_shared<const RecencyRetriever>(std::move(retriever), options);
}

std::shared_ptr<const Retriever> make_boost_retriever(std::shared_ptr<const Retriever> retriever,
                                                      const BoostRetrieverOptions& options) {
  return std::make_shared<const BoostRetriever>(std::move(retriever), options);
}

}  // namespace scaup::inline v0
