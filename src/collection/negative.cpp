#include "collection/negative.hpp"

#include <cmath>
#include <limits>

#include "base/document_check.hpp"
#include "simd/kernels.hpp"

namespace scaup::inline v0 {
namespace {

constexpr double kDefaultCosineThreshold = 0.5;
// A shorter difference of two vectors of length 1 is mostly made of the rounding of their floats, some 1e-7.
constexpr double kLeastDifference = 1e-6;

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

struct Range {
  double least;
  double most;
  const char* words;
};

Range scores_of(Metric metric) {
  constexpr double kMost = std::numeric_limits<double>::max();
  switch (metric) {
    case Metric::cosine: return {-1.0, 1.0, "-1 to 1"};
    case Metric::l2: return {-kMost, 0.0, "finite numbers up to 0"};
    case Metric::inner_product: break;
  }
  return {-kMost, kMost, "finite numbers"};
}

Status check_threshold(const std::optional<double>& threshold, Metric metric) {
  const Range range = scores_of(metric);
  const std::string allowed = "under " + std::string(to_string(metric)) + " " + range.words + " are allowed";
  if (!threshold) {
    if (metric == Metric::cosine) return {};
    return invalid("threshold: absent, and only cosine has a default; " + allowed);
  }
  if (*threshold >= range.least && *threshold <= range.most) return {};  // NaN is not
  return invalid("threshold: " + std::to_string(*threshold) + "; " + allowed);
}

Status check_mode(const NegativeQuery& negative, Metric metric, const StoreCapabilities& capabilities) {
  switch (negative.mode) {
    case NegativeMode::subtract:
      if (!negative.threshold) return {};
      return invalid("threshold: " + std::to_string(*negative.threshold) +
                     ", and the mode is subtract, which has none; leave it out or set the mode to filter");
    case NegativeMode::filter:
      if (!capabilities.exclusions) return invalid("this store cannot leave out what is near to a second vector");
      return check_threshold(negative.threshold, metric);
  }
  return invalid("there is no mode number " + std::to_string(static_cast<int>(negative.mode)) +
                 "; subtract (0) and filter (1) are allowed");
}

Status check_negative_vector(const RequestView& request, const StoreInfo& info) {
  const std::vector<float>& vector = request.options.negative->vector;
  if (Status valid = check_vector(vector, info.schema.metric, info.schema.dimension); !valid) return valid;
  // In a collection without a dimension so far, that of the query counts.
  if (!request.vector.empty() && request.vector.size() != vector.size()) {
    return Error(ErrorCode::dimension_mismatch, "the vector has " + std::to_string(vector.size()) +
                                                    " components, that of the query " +
                                                    std::to_string(request.vector.size()));
  }
  return {};
}

Status check_content(const RequestView& request, const Embedder* embedder, const StoreInfo& info) {
  const NegativeQuery& negative = *request.options.negative;
  if (!negative.text.empty() && !negative.vector.empty()) {
    return invalid("it has a text and a vector; give one of them");
  }
  if (!negative.vector.empty()) return check_negative_vector(request, info);
  if (negative.text.empty()) return invalid("it has neither text nor vector; give one of them");
  if (embedder == nullptr) return invalid("a text without a vector, and the collection has no embedder to make one");
  return check_utf8("text", negative.text);
}

double length_of(std::span<const float> vector) noexcept {
  return std::sqrt(kernels().dot_double(vector.data(), vector.data(), vector.size()));
}

double length_of(std::span<const double> vector) noexcept {
  double sum = 0;
  for (const double x : vector) sum += x * x;
  return std::sqrt(sum);
}

}  // namespace

Status check_negative(const RequestView& request, const Embedder* embedder, const StoreInfo& info,
                      const StoreCapabilities& capabilities) {
  if (!request.options.negative) return {};
  Status status = check_mode(*request.options.negative, info.schema.metric, capabilities);
  if (status) status = check_content(request, embedder, info);
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context("negative");
  return error;
}

double threshold_of(const NegativeQuery& negative) noexcept {
  return negative.threshold.value_or(kDefaultCosineThreshold);
}

Result<std::vector<float>> subtract(Metric metric, std::span<const float> query, std::span<const float> negative) {
  const double query_length = length_of(query);
  const double negative_length = length_of(negative);
  if (query_length == 0) return invalid("negative: the query vector is zero, and nothing can be subtracted from it");
  if (negative_length == 0) return invalid("negative: the vector is zero, which has no direction to subtract");
  std::vector<double> difference(query.size());
  for (std::size_t i = 0; i < query.size(); ++i) {
    difference[i] = static_cast<double>(query[i]) / query_length - static_cast<double>(negative[i]) / negative_length;
  }
  const double length = length_of(difference);
  if (length < kLeastDifference) {
    return invalid("negative: it has the direction of the query, so that nothing is left after subtracting it");
  }
  const double divisor = metric == Metric::cosine ? length : 1.0;
  std::vector<float> result(difference.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = static_cast<float>(difference[i] / divisor);
  return result;
}

}  // namespace scaup::inline v0
