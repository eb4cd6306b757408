#pragma once
// The mean of a collection's vectors: what a question is compared with to learn how much nearer than most a document
// is.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/table.hpp"

namespace scaup::inline v0 {

/// Of the vectors brought to length 1 under cosine, as they are under the other metrics. Sums in double: removing what
/// was added leaves errors far below those of a float.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class VectorMean {
 public:
  VectorMean() = default;
  VectorMean(std::vector<double> sums, std::size_t count) : sums_(std::move(sums)), count_(count) {}

  [[nodiscard]] std::span<const double> sums() const noexcept { return sums_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

  /// Counts the vector of a slot, if it has one.
  void add(const Snapshot& snapshot, Slot slot) {
    if (change(snapshot, slot, 1.0)) ++count_;
  }
  /// Takes a vector out that was counted. With the last one the sums go, and what rounding left in them.
  void remove(const Snapshot& snapshot, Slot slot) {
    if (change(snapshot, slot, -1.0) && --count_ == 0) sums_.clear();
  }

  /// The mean score of a vector over all that are counted: its cosine or inner product. 0 where there are none.
  [[nodiscard]] double mean_score(std::span<const float> vector, Metric metric) const noexcept {
    if (count_ == 0 || vector.size() != sums_.size()) return 0;
    double product = 0;
    double squares = 0;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const double x = static_cast<double>(vector[i]);
      product += x * sums_[i];
      squares += x * x;
    }
    if (metric == Metric::cosine) product /= std::sqrt(squares);
    return product / static_cast<double>(count_);
  }

 private:
  bool change(const Snapshot& snapshot, Slot slot, double sign) {
    if (!snapshot.has_vector(slot)) return false;
    const std::span<const float> vector = snapshot.vector(slot);
    sums_.resize(vector.size());
    const RowSegment& rows = snapshot.table->segment_of(slot).rows;
    const bool scaled = snapshot.schema.metric == Metric::cosine;
    const double factor = scaled ? sign / rows.norm(snapshot.table->index_of(slot)) : sign;
    for (std::size_t i = 0; i < vector.size(); ++i) sums_[i] += factor * static_cast<double>(vector[i]);
    return true;
  }

  std::vector<double> sums_;
  std::size_t count_ = 0;
};

}  // namespace scaup::inline v0
