#include "embed/safetensors.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "base/checked_math.hpp"
#include "embed/json_fields.hpp"

namespace scaup::inline v0 {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie in memory");

constexpr std::string_view kFile = "model.safetensors";
constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the reference implementation

struct TypeFacts {
  std::string_view name;
  TensorType type;
  std::size_t size;  // bytes a number
};
constexpr std::array kTypes = {
    TypeFacts{"U8", TensorType::u8, 1},   TypeFacts{"I8", TensorType::i8, 1},   TypeFacts{"I16", TensorType::i16, 2},
    TypeFacts{"U16", TensorType::u16, 2}, TypeFacts{"F16", TensorType::f16, 2}, TypeFacts{"BF16", TensorType::bf16, 2},
    TypeFacts{"I32", TensorType::i32, 4}, TypeFacts{"U32", TensorType::u32, 4}, TypeFacts{"F32", TensorType::f32, 4},
    TypeFacts{"I64", TensorType::i64, 8}, TypeFacts{"U64", TensorType::u64, 8}, TypeFacts{"F64", TensorType::f64, 8},
};

Error corrupt(const std::string& what) {
  return {ErrorCode::corruption, std::string(kFile) + ": " + what};
}

std::string named(std::string_view name) {
  return "tensor \"" + std::string(name.substr(0, 64)) + "\"";
}

template <typename T>
T load(const std::byte* bytes) noexcept {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::optional<std::size_t> natural(const JsonValue& value) noexcept {
  const auto* number = value.get_if<std::int64_t>();
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

// The shape, and how many numbers it holds. Errors: `corruption`, for overflow too.
Status read_shape(const JsonValue& source, Tensor& tensor) {
  const JsonValue* shape = source.find("shape");
  const auto* array = shape == nullptr ? nullptr : shape->get_if<JsonArray>();
  if (array == nullptr) return corrupt(named(tensor.name) + " has no array \"shape\"");
  tensor.count = 1;
  for (const JsonValue& element : *array) {
    const auto size = natural(element);
    if (!size) return corrupt(named(tensor.name) + ": a size in \"shape\" is not an integer of at least 0");
    const auto product = checked_multiply(tensor.count, *size);
    if (!product) return corrupt(named(tensor.name) + ": the shape overflows");
    tensor.shape.push_back(*size);
    tensor.count = *product;
  }
  return {};
}

// The bytes of the tensor, within `data` and of the size that type and shape say.
Status read_extent(const JsonValue& source, std::span<const std::byte> data, std::size_t number_size, Tensor& tensor) {
  const JsonValue* offsets = source.find("data_offsets");
  const auto* array = offsets == nullptr ? nullptr : offsets->get_if<JsonArray>();
  const bool is_pair = array != nullptr && array->size() == 2;
  const auto begin = is_pair ? natural((*array)[0]) : std::nullopt;
  const auto end = is_pair ? natural((*array)[1]) : std::nullopt;
  if (!begin || !end) return corrupt(named(tensor.name) + ": \"data_offsets\" is not a pair of integers of at least 0");
  if (*begin > *end || *end > data.size()) {
    return corrupt(named(tensor.name) + ": data_offsets [" + std::to_string(*begin) + ", " + std::to_string(*end) +
                   "] do not lie in the " + std::to_string(data.size()) + " bytes of data");
  }
  const auto size = checked_multiply(tensor.count, number_size);
  if (!size || *size != *end - *begin) {
    return corrupt(named(tensor.name) + ": type and shape need another size than the " + std::to_string(*end - *begin) +
                   " bytes it has");
  }
  tensor.bytes = data.subspan(*begin, *end - *begin);
  return {};
}

Result<Tensor> read_tensor(const std::string& name, const JsonValue& source, std::span<const std::byte> data) {
  Tensor tensor;
  tensor.name = name;
  const auto type = string_member(source, "dtype");
  if (!type) return corrupt(named(name) + ": " + type.error().message());
  const auto facts = std::ranges::find(kTypes, *type, &TypeFacts::name);
  if (facts == kTypes.end()) {
    return Error(ErrorCode::unsupported_format, std::string(kFile) + ": " + named(name) + " is of type " +
                                                    in_quotes(*type) + ", which is not supported");
  }
  tensor.type = facts->type;
  if (auto status = read_shape(source, tensor); !status) return status.error();
  if (auto status = read_extent(source, data, facts->size, tensor); !status) return status.error();
  return tensor;
}

// Sorts by place in the data and refuses overlaps, gaps, unused bytes and names that come twice.
Status check_layout(std::vector<Tensor>& tensors, std::span<const std::byte> data) {
  std::ranges::sort(tensors, {}, &Tensor::name);
  const auto twice = std::ranges::adjacent_find(tensors, {}, &Tensor::name);
  if (twice != tensors.end()) return corrupt(named(twice->name) + " comes twice");
  std::ranges::stable_sort(tensors, [](const Tensor& a, const Tensor& b) {
    return std::pair(a.bytes.data(), a.bytes.size()) < std::pair(b.bytes.data(), b.bytes.size());
  });
  const std::byte* next = data.data();
  for (const Tensor& tensor : tensors) {
    if (tensor.bytes.data() < next) return corrupt(named(tensor.name) + " overlaps the one before it");
    if (tensor.bytes.data() > next) return corrupt("there is a gap before " + named(tensor.name));
    next += tensor.bytes.size();
  }
  const auto used = static_cast<std::size_t>(next - data.data());
  if (used == data.size()) return {};
  return corrupt("tensors end at byte " + std::to_string(used) + " of " + std::to_string(data.size()) +
                 " bytes of data");
}

// Half precision (IEEE 754 binary16); exact.
double half_to_double(std::uint16_t bits) noexcept {
  const int exponent = (bits >> 10U) & 0x1F;
  const int fraction = bits & 0x3FF;
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  if (exponent == 0x1F) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

}  // namespace

std::string_view to_string(TensorType type) noexcept {
  return std::ranges::find(kTypes, type, &TypeFacts::type)->name;
}

Result<std::vector<Tensor>> parse_safetensors(std::span<const std::byte> file) {
  if (file.size() < kLengthBytes) return corrupt(std::to_string(file.size()) + " bytes are no safetensors file");
  const auto length = load<std::uint64_t>(file.data());
  if (length > kMaxHeaderBytes || length > file.size() - kLengthBytes) {
    return corrupt("a header of " + std::to_string(length) + " bytes in a file of " + std::to_string(file.size()) +
                   " (at most " + std::to_string(kMaxHeaderBytes) + ")");
  }
  const auto header = file.subspan(kLengthBytes, length);
  const auto data = file.subspan(kLengthBytes + length);
  const std::string text(reinterpret_cast<const char*>(header.data()), header.size());
  const auto root = parse_json_file(text, kFile, {.max_bytes = kMaxHeaderBytes, .max_depth = 8});
  if (!root) return root.error();
  std::vector<Tensor> tensors;
  for (const auto& [name, source] : *root->get_if<JsonObject>()) {
    if (name == "__metadata__") continue;
    auto tensor = read_tensor(name, source, data);
    if (!tensor) return std::move(tensor).error();
    tensors.push_back(*std::move(tensor));
  }
  if (auto status = check_layout(tensors, data); !status) return status.error();
  return tensors;
}

double tensor_number(const Tensor& tensor, std::size_t index) noexcept {
  const std::byte* bytes = tensor.bytes.data();
  switch (tensor.type) {
    case TensorType::u8: return load<std::uint8_t>(bytes + index);
    case TensorType::i8: return load<std::int8_t>(bytes + index);
    case TensorType::i16: return load<std::int16_t>(bytes + 2 * index);
    case TensorType::u16: return load<std::uint16_t>(bytes + 2 * index);
    case TensorType::f16: return half_to_double(load<std::uint16_t>(bytes + 2 * index));
    case TensorType::bf16: return std::bit_cast<float>(std::uint32_t{load<std::uint16_t>(bytes + 2 * index)} << 16U);
    case TensorType::i32: return load<std::int32_t>(bytes + 4 * index);
    case TensorType::u32: return load<std::uint32_t>(bytes + 4 * index);
    case TensorType::f32: return static_cast<double>(load<float>(bytes + 4 * index));
    case TensorType::i64: return static_cast<double>(load<std::int64_t>(bytes + 8 * index));
    case TensorType::u64: return static_cast<double>(load<std::uint64_t>(bytes + 8 * index));
    case TensorType::f64: return load<double>(bytes + 8 * index);
  }
  return 0;
}

}  // namespace scaup::inline v0
