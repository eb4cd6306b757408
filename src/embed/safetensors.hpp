#pragma once
// Reads safetensors: a JSON header with names, types, shapes and offsets, then the raw tensors.
// Grammar: u64 little-endian length of the header, the header, the data, without gaps.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

enum class TensorType : std::uint8_t { u8, i8, i16, u16, f16, bf16, i32, u32, f32, i64, u64, f64 };

/// A tensor in the bytes of a file. The bytes may lie at any address; numbers are little-endian.
struct Tensor {
  std::string name = {};
  TensorType type = TensorType::u8;
  std::vector<std::size_t> shape = {};
  std::size_t count = 0;  ///< numbers in all: the product of the shape
  std::span<const std::byte> bytes = {};
};

/// The name of a type as the format spells it, for example "F32".
[[nodiscard]] std::string_view to_string(TensorType type) noexcept;

/// The tensors of `file`, in the order of their data, borrowing its bytes. `__metadata__` is ignored.
/// Errors: `corruption` unless every length, offset, shape and type fits, and the tensors cover the data
/// one after another; `unsupported_format` for types of numbers that this reader does not know.
[[nodiscard]] Result<std::vector<Tensor>> parse_safetensors(std::span<const std::byte> file);

/// Number `index` of a tensor, which must be below `count`, as a double; exact but for integers past 2^53.
[[nodiscard]] double tensor_number(const Tensor& tensor, std::size_t index) noexcept;

}  // namespace scaup::inline v0
