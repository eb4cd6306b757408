#pragma once
// Vectors in memory: fixed-size blocks of f32 rows that never move once a reader may have seen them.
//
// Invariants
// 1. A row is written by the one writer before a snapshot that counts it is published; after that its
//    floats and its norm never change, so readers need no lock.
// 2. `died` of a row is set to the sequence number of the write that removed it, once.
// 3. Rows and codes are padded with zeros to whole cache lines, which changes neither a product nor a distance.
// 4. A segment of borrowed rows is full from the beginning and never written.

#include <atomic>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "base/aligned_memory.hpp"
#include "index/row_codes.hpp"

namespace scaup::inline v0 {

/// The place of a row in its table, from 0.
using Slot = std::uint32_t;
/// Counts writes; a snapshot with sequence s shows the effects of the writes 1 to s.
using Sequence = std::uint64_t;

/// Floats from one row to the next: the dimension rounded up to a cache line of 64 bytes.
[[nodiscard]] constexpr std::size_t row_stride(std::size_t dimension) noexcept {
  constexpr std::size_t kFloatsPerLine = 16;
  return (dimension + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
}

/// Rows of one segment: a power of two, so that a slot splits by shift and mask; at most 16 MiB of floats.
[[nodiscard]] std::size_t rows_per_segment(std::size_t dimension) noexcept;

/// Asked before the floats of a borrowed row are read for the first time, and any time after that.
class RowGuard {
 public:
  virtual ~RowGuard() = default;
  virtual void will_read(std::size_t row) const noexcept = 0;
};

/// Rows in the memory of somebody else, who outlives the segment; strides as in a segment of one's own.
struct BorrowedRows {
  const float* floats = nullptr;
  const std::int8_t* codes = nullptr;
  const RowFactors* factors = nullptr;
  const double* norms = nullptr;
  const RowGuard* guard = nullptr;  ///< null: nobody needs to be asked
  std::size_t first = 0;            ///< the number of the first row, for the guard
};

class RowSegment {
 public:
  /// Room for `rows` rows; memory is touched, and so taken, only as rows are written.
  /// `pages` is for the codes; the floats, of which few are read, take huge pages where `will_write` fills them.
  RowSegment(std::size_t rows, std::size_t dimension, HugePages pages = HugePages::at_once);

  /// A segment whose rows are all there and stay where they are.
  RowSegment(std::size_t rows, std::size_t dimension, const BorrowedRows& borrowed);

  [[nodiscard]] const float* row(std::size_t index) const noexcept {
    if (guard_ != nullptr) guard_->will_read(first_ + index);
    return floats_ + index * stride_;
  }
  /// The int8 codes of a row, `code_stride(dimension)` of them, and what belongs to them.
  [[nodiscard]] const std::int8_t* codes(std::size_t index) const noexcept { return codes_ + index * code_stride_; }
  [[nodiscard]] RowFactors factors(std::size_t index) const noexcept { return factors_[index]; }
  /// The Euclidean length of a row; NaN for a document without a vector, which search leaves out.
  [[nodiscard]] double norm(std::size_t index) const noexcept { return norms_[index]; }
  [[nodiscard]] bool has_vector(std::size_t index) const noexcept { return !std::isnan(norms_[index]); }
  /// Whether a snapshot that counts the row shows it.
  [[nodiscard]] bool visible(std::size_t index, Sequence sequence) const noexcept {
    return ~died_[index].load(std::memory_order_relaxed) > sequence;
  }

  // For the one writer.

  /// Says that the rows from `first` to `last` are about to be written.
  void will_write(std::size_t first, std::size_t last) noexcept;
  /// Fills a row that no snapshot counts yet; an empty vector makes a row without one.
  void write(std::size_t index, std::span<const float> vector) noexcept;
  /// Takes over the first `count` rows of a segment; no snapshot counts them yet.
  void copy(const BorrowedRows& from, std::size_t count) noexcept;
  /// Marks a row as removed by the write `sequence`.
  void remove(std::size_t index, Sequence sequence) noexcept {
    died_[index].store(~sequence, std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] float* own_floats() noexcept { return reinterpret_cast<float*>(float_memory_.data()); }
  [[nodiscard]] std::int8_t* own_codes() noexcept { return reinterpret_cast<std::int8_t*>(code_memory_.data()); }
  [[nodiscard]] RowFactors* own_factors() noexcept { return reinterpret_cast<RowFactors*>(factor_memory_.data()); }
  [[nodiscard]] double* own_norms() noexcept { return reinterpret_cast<double*>(norm_memory_.data()); }

  std::size_t stride_;
  std::size_t code_stride_;
  AlignedMemory float_memory_;
  AlignedMemory code_memory_;
  AlignedMemory factor_memory_;
  AlignedMemory norm_memory_;
  const float* floats_;
  const std::int8_t* codes_;
  const RowFactors* factors_;
  const double* norms_;
  const RowGuard* guard_ = nullptr;
  std::size_t first_ = 0;  // number of the first row, for the guard
  AlignedMemory died_memory_;
  std::atomic<Sequence>* died_;  // ~ of the number, so that pages of rows that live are never touched
};

}  // namespace scaup::inline v0
