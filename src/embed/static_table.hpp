#pragma once
// The vectors of a static model, and the sum of those of some tokens.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "embed/safetensors.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// One vector for each token number, in Model2Vec's layout: `embeddings` [rows, dimension], `mapping`
/// [tokens] from token to row (absent: they are the same), `weights` [tokens] (absent: 1).
/// Invariants: every token has a row; every number is finite, rows and weights at most 1e12 in size, so
/// that no sum overflows.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class StaticTable {
 public:
  /// Takes the table from `tensors`. int8 and f32 rows stay where they are, in memory that `owner` keeps.
  /// Errors: `corruption` for tensors that contradict themselves or each other; `unsupported_format` for types of
  /// numbers that are not meant for these tensors.
  [[nodiscard]] static Result<StaticTable> from_tensors(std::span<const Tensor> tensors,
                                                        std::shared_ptr<const void> owner);

  [[nodiscard]] std::size_t tokens() const noexcept { return tokens_; }
  [[nodiscard]] std::size_t dimension() const noexcept { return dimension_; }

  /// Writes the sum of the vectors of `tokens`, all below `tokens()`, to `out`, which has `dimension()`
  /// numbers; zeros if there are none.
  void sum(std::span<const std::uint32_t> tokens, std::span<float> out) const;

 private:
  void add(std::span<const std::uint32_t> tokens, std::span<float> sum) const noexcept;

  std::shared_ptr<const void> owner_;
  const std::byte* rows_ = nullptr;
  bool is_int8_ = false;  // else f32
  std::size_t dimension_ = 0;
  std::size_t tokens_ = 0;
  std::vector<std::uint32_t> mapping_;  // empty: the identity
  std::vector<float> weights_;          // empty: all 1
};

/// Divides every number by `count`, which is at least 1.
void divide(std::span<float> vector, std::size_t count) noexcept;
/// Gives `vector` length 1; zeros stay zeros.
void normalise(std::span<float> vector) noexcept;

}  // namespace scaup::inline v0
