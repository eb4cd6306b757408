// Names of metrics, and the score of one pair of vectors.

#include "scaup/metric.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/boundary.hpp"
#include "simd/kernels.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

using Vector = std::span<const float>;

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Status check_sizes(Vector a, Vector b) {
  if (a.size() != b.size()) {
    return Error(ErrorCode::dimension_mismatch, "the first vector has " + std::to_string(a.size()) +
                                                    " components and the second " + std::to_string(b.size()) +
                                                    ", they must have the same number");
  }
  if (a.empty()) return invalid("both vectors are empty, they need at least one component");
  return {};
}

Status check_components(Vector vector, std::string_view which) {
  Status status = check_finite(vector);
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context(which);
  return error;
}

// In double a square of a float is never rounded to zero, so that only a zero vector has the norm 0.
Result<double> norm(Vector vector, std::string_view which) {
  const double squared = kernels().dot_double(vector.data(), vector.data(), vector.size());
  if (squared > 0) return std::sqrt(squared);
  return invalid(std::string(which) + ": all " + std::to_string(vector.size()) +
                 " components are zero, such a vector has no direction and no cosine");
}

Result<double> cosine(Vector a, Vector b) {
  Result<double> norm_a = norm(a, "the first vector");
  if (!norm_a) return norm_a;
  Result<double> norm_b = norm(b, "the second vector");
  if (!norm_b) return norm_b;
  const double dot = kernels().dot_double(a.data(), b.data(), a.size());
  return std::clamp(dot / (*norm_a * *norm_b), -1.0, 1.0);
}

Result<double> valid_score(Metric metric, Vector a, Vector b) {
  switch (metric) {
    case Metric::cosine: return cosine(a, b);
    case Metric::inner_product: return kernels().dot_double(a.data(), b.data(), a.size());
    case Metric::l2: return 0.0 - kernels().l2_squared_double(a.data(), b.data(), a.size());  // never -0.0
  }
  return invalid("there is no metric number " + std::to_string(static_cast<int>(metric)) +
                 ", the metrics are cosine (1), inner_product (2) and l2 (3)");
}

Result<double> checked_score(Metric metric, Vector a, Vector b) {
  if (Status status = check_sizes(a, b); !status) return std::move(status).error();
  if (Status status = check_components(a, "the first vector"); !status) return std::move(status).error();
  if (Status status = check_components(b, "the second vector"); !status) return std::move(status).error();
  return valid_score(metric, a, b);
}

}  // namespace

std::string_view to_string(Metric metric) noexcept {
  switch (metric) {
    case Metric::cosine: return "cosine";
    case Metric::inner_product: return "inner_product";
    case Metric::l2: return "l2";
  }
  return "unknown";
}

Result<double> score(Metric metric, std::span<const float> a, std::span<const float> b) {
  return guarded([&]() -> Result<double> {
    Result<double> result = checked_score(metric, a, b);
    if (result) return result;
    Error error = std::move(result).error();
    error.add_context("score");
    return error;
  });
}

}  // namespace scaup::inline v0
