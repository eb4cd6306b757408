#include "embed/static_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "embed/row_sum.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxDimension = 65'536;
constexpr double kMaxNumber = 1e12;
// So many rows are summed in single precision before the sum goes to double precision.
constexpr std::size_t kBlock = 1024;

Error corrupt(const std::string& what) {
  return {ErrorCode::corruption, "model.safetensors: " + what};
}

Error unsupported_type(const Tensor& tensor) {
  return {ErrorCode::unsupported_format, "model.safetensors: \"" + tensor.name + "\" of type " +
                                             std::string(to_string(tensor.type)) + " is not supported"};
}

const Tensor* find_tensor(std::span<const Tensor> tensors, std::string_view name) noexcept {
  const auto found = std::ranges::find(tensors, name, &Tensor::name);
  return found == tensors.end() ? nullptr : &*found;
}

bool is_float(TensorType type) noexcept {
  return type == TensorType::f16 || type == TensorType::bf16 || type == TensorType::f32 || type == TensorType::f64;
}

bool is_integer(TensorType type) noexcept {
  return !is_float(type);
}

Status check_numbers(const Tensor& tensor) {
  for (std::size_t i = 0; i < tensor.count; ++i) {
    if (!(std::abs(tensor_number(tensor, i)) <= kMaxNumber)) {  // false for NaN too
      return corrupt("number " + std::to_string(i) + " of \"" + tensor.name + "\" is not finite or above 1e12");
    }
  }
  return {};
}

// A list of numbers, checked.
Result<std::vector<float>> read_weights(const Tensor& tensor, std::size_t tokens) {
  if (!is_float(tensor.type)) return unsupported_type(tensor);
  if (tensor.shape.size() != 1 || tensor.count != tokens) {
    return corrupt("\"weights\" has not one number for each of " + std::to_string(tokens) + " tokens");
  }
  if (auto status = check_numbers(tensor); !status) return status.error();
  std::vector<float> weights(tensor.count);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(tensor_number(tensor, i));
  return weights;
}

Result<std::vector<std::uint32_t>> read_mapping(const Tensor& tensor, std::size_t rows) {
  if (!is_integer(tensor.type)) return unsupported_type(tensor);
  if (tensor.shape.size() != 1 || tensor.count >= std::numeric_limits<std::uint32_t>::max()) {
    return corrupt("\"mapping\" is not a list of less than 2^32 - 1 rows");
  }
  std::vector<std::uint32_t> mapping(tensor.count);
  for (std::size_t i = 0; i < mapping.size(); ++i) {
    const double row = tensor_number(tensor, i);
    if (row < 0 || row >= static_cast<double>(rows)) {
      return corrupt("\"mapping\" sends token " + std::to_string(i) + " to a row that is not there");
    }
    mapping[i] = static_cast<std::uint32_t>(row);
  }
  return mapping;
}

// The same numbers as f32, in memory of their own.
std::shared_ptr<const std::vector<float>> to_f32(const Tensor& tensor) {
  auto numbers = std::make_shared<std::vector<float>>(tensor.count);
  for (std::size_t i = 0; i < tensor.count; ++i) (*numbers)[i] = static_cast<float>(tensor_number(tensor, i));
  return numbers;
}

Status check_embeddings(const Tensor* embeddings) {
  if (embeddings == nullptr) return corrupt("there is no tensor \"embeddings\"");
  if (embeddings->type != TensorType::i8 && !is_float(embeddings->type)) return unsupported_type(*embeddings);
  const auto& shape = embeddings->shape;
  const bool fits = shape.size() == 2 && shape[0] < std::numeric_limits<std::uint32_t>::max() && shape[1] >= 1 &&
                    shape[1] <= kMaxDimension;
  if (!fits) return corrupt("\"embeddings\" is not a matrix with 1 to 65,536 columns");
  return embeddings->type == TensorType::i8 ? Status() : check_numbers(*embeddings);
}

}  // namespace

Result<StaticTable> StaticTable::from_tensors(std::span<const Tensor> tensors, std::shared_ptr<const void> owner) {
  const Tensor* embeddings = find_tensor(tensors, "embeddings");
  if (auto status = check_embeddings(embeddings); !status) return status.error();
  StaticTable table;
  table.owner_ = std::move(owner);
  table.rows_ = embeddings->bytes.data();
  table.is_int8_ = embeddings->type == TensorType::i8;
  table.dimension_ = embeddings->shape[1];
  table.tokens_ = embeddings->shape[0];
  if (!table.is_int8_ && embeddings->type != TensorType::f32) {
    const auto numbers = to_f32(*embeddings);
    table.rows_ = reinterpret_cast<const std::byte*>(numbers->data());
    table.owner_ = numbers;
  }
  if (const Tensor* mapping = find_tensor(tensors, "mapping")) {
    auto read = read_mapping(*mapping, embeddings->shape[0]);
    if (!read) return std::move(read).error();
    table.mapping_ = *std::move(read);
    table.tokens_ = table.mapping_.size();
  }
  if (const Tensor* weights = find_tensor(tensors, "weights")) {
    auto read = read_weights(*weights, table.tokens_);
    if (!read) return std::move(read).error();
    table.weights_ = *std::move(read);
  }
  return table;
}

void StaticTable::add(std::span<const std::uint32_t> tokens, std::span<float> sum) const noexcept {
  for (const std::uint32_t token : tokens) {
    const std::size_t row = mapping_.empty() ? token : mapping_[token];
    const float weight = weights_.empty() ? 1.0F : weights_[token];
    if (is_int8_) {
      add_scaled_i8(sum, rows_ + row * dimension_, weight);
    } else {
      add_scaled_f32(sum, rows_ + row * dimension_ * sizeof(float), weight);
    }
  }
}

void StaticTable::sum(std::span<const std::uint32_t> tokens, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  if (tokens.size() <= kBlock) return add(tokens, out);
  std::vector<double> total(out.size());
  while (!tokens.empty()) {
    const std::size_t block = std::min(kBlock, tokens.size());
    std::ranges::fill(out, 0.0F);
    add(tokens.first(block), out);
    for (std::size_t i = 0; i < out.size(); ++i) total[i] += static_cast<double>(out[i]);
    tokens = tokens.subspan(block);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(total[i]);
}

void divide(std::span<float> vector, std::size_t count) noexcept {
  const double scale = 1 / static_cast<double>(count);
  for (float& number : vector) number = static_cast<float>(number * scale);
}

void normalise(std::span<float> vector) noexcept {
  // Several sums side by side: one would wait for its own last addition at every step.
  std::array<double, 8> squares = {};
  std::size_t at = 0;
  for (; at + squares.size() <= vector.size(); at += squares.size()) {
    for (std::size_t i = 0; i < squares.size(); ++i) {
      const auto number = static_cast<double>(vector[at + i]);
      squares[i] += number * number;
    }
  }
  for (; at < vector.size(); ++at) squares[0] += static_cast<double>(vector[at]) * static_cast<double>(vector[at]);
  const double square = std::accumulate(squares.begin(), squares.end(), 0.0);
  if (square == 0) return;
  const double scale = 1 / std::sqrt(square);
  for (float& number : vector) number = static_cast<float>(number * scale);
}

}  // namespace scaup::inline v0
