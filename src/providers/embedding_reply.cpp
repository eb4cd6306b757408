// First the rows are put into the order of the texts, then read one after another into the matrix.

#include "providers/embedding_reply.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/base64.hpp"
#include "base/bytes.hpp"
#include "base/in_quotes.hpp"
#include "json/number_list.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxDimension = 65536;

using Rows = std::vector<const JsonNode*>;

Error reply_error(std::string what) {
  return {ErrorCode::bad_reply, std::move(what)};
}

Error row_error(std::size_t row, const std::string& what) {
  return reply_error("row " + std::to_string(row) + ": " + what);
}

Error count_error(std::size_t count, std::size_t expected) {
  return reply_error(std::to_string(count) + " rows for " + std::to_string(expected) + " texts");
}

// The list `key` of an object; an empty array of any kind is an empty list.
const JsonNode* find_list(const JsonNode& object, std::string_view key) noexcept {
  const JsonNode* const member = object.find(key);
  return member != nullptr && member->kind == JsonKind::array ? member : nullptr;
}

Result<Rows> rows_of_list(const JsonNode& root, std::size_t count) {
  const JsonNode* const data = find_list(root, "data");
  if (data == nullptr) return reply_error("no list \"data\"");
  if (data->children.size() != count) return count_error(data->children.size(), count);
  Rows rows(count, nullptr);
  for (const JsonNode& item : data->children) {
    const auto index = item.find_unsigned("index");
    if (!index) return reply_error("an embedding without index");
    if (*index >= count)
      return reply_error("index " + std::to_string(*index) + " for " + std::to_string(count) + " texts");
    const JsonNode*& row = rows[static_cast<std::size_t>(*index)];
    if (row != nullptr) return reply_error("index " + std::to_string(*index) + " comes twice");
    row = item.find("embedding");
    if (row == nullptr) return row_error(static_cast<std::size_t>(*index), "no member \"embedding\"");
  }
  return rows;
}

Result<Rows> rows_of_array(const JsonNode* array, std::size_t count, std::string_view name) {
  if (array == nullptr || array->kind != JsonKind::array) return reply_error("no list " + in_quotes(name));
  if (array->children.size() != count) return count_error(array->children.size(), count);
  Rows rows;
  for (const JsonNode& row : array->children) rows.push_back(&row);
  return rows;
}

Result<Rows> rows_by_type(const JsonNode& root, std::size_t count) {
  const JsonNode* const types = root.find("embeddings");
  if (types == nullptr) return reply_error("no member \"embeddings\"");
  const JsonNode* const floats = types->find("float");
  return rows_of_array(floats != nullptr ? floats : types->find("base64"), count, "embeddings.float");
}

Result<Rows> rows_of_predictions(const JsonNode& root, std::size_t count) {
  auto rows = rows_of_array(find_list(root, "predictions"), count, "predictions");
  if (!rows) return rows;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const JsonNode* const embeddings = (*rows)[i]->find("embeddings");
    (*rows)[i] = embeddings == nullptr ? nullptr : embeddings->find("values");
    if ((*rows)[i] == nullptr) return row_error(i, "no member \"embeddings.values\"");
  }
  return rows;
}

Result<Rows> rows_of(EmbeddingShape shape, const JsonNode& root, std::size_t count) {
  switch (shape) {
    case EmbeddingShape::list: return rows_of_list(root, count);
    case EmbeddingShape::rows: return rows_of_array(root.find("embeddings"), count, "embeddings");
    case EmbeddingShape::by_type: return rows_by_type(root, count);
    case EmbeddingShape::predictions: return rows_of_predictions(root, count);
    case EmbeddingShape::bare: break;
  }
  return rows_of_array(&root, count, "of rows");
}

Status append_base64_row(std::string_view text, std::vector<float>& values) {
  const auto bytes = decoded_base64_size(text);
  if (!bytes) return reply_error("base64 of " + std::to_string(text.size()) + " characters, not a multiple of 4");
  if (*bytes % sizeof(float) != 0) return reply_error(std::to_string(*bytes) + " bytes, not a multiple of 4");
  const std::size_t count = *bytes / sizeof(float);
  if (count > kMaxDimension) return reply_error("more than " + std::to_string(kMaxDimension) + " components");
  const std::size_t first = values.size();
  values.resize(first + count);
  const std::span<float> row = std::span(values).subspan(first);
  if (!decode_base64(text, std::as_writable_bytes(row))) return reply_error("broken base64");
  if constexpr (std::endian::native != std::endian::little) {
    for (float& value : row)
      value = std::bit_cast<float>(detail::to_little_endian(std::bit_cast<std::uint32_t>(value)));
  }
  return {};
}

Status append_row(const JsonNode& node, std::vector<float>& values) {
  if (node.kind == JsonKind::string) return append_base64_row(node.text, values);
  if (node.kind == JsonKind::numbers) {
    auto read = append_floats(node.text, kMaxDimension, values);
    return read ? Status() : Status(reply_error(read.error().message()));
  }
  if (node.kind != JsonKind::array)
    return reply_error("a " + std::string(to_string(node.kind)) + " instead of numbers");
  if (node.children.empty()) return {};
  return reply_error("element 0 is no number but of kind " + std::string(to_string(node.children.front().kind)));
}

Status check_row(std::span<const float> row, std::size_t dimension) {
  if (row.empty()) return reply_error("an empty vector");
  if (dimension != 0 && row.size() != dimension) {
    return reply_error(std::to_string(row.size()) + " components instead of " + std::to_string(dimension));
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!std::isfinite(row[i])) return reply_error("component " + std::to_string(i) + " is not finite");
  }
  return {};
}

Result<Embeddings> read_rows(const Rows& rows, std::size_t dimension) {
  Embeddings out = {.dimension = dimension, .values = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t first = out.values.size();
    auto status = append_row(*rows[i], out.values);
    if (status) status = check_row(std::span(out.values).subspan(first), out.dimension);
    if (!status) return row_error(i, status.error().message());
    if (i != 0) continue;
    // The first row was really there, so the others are not likely to ask for more than their text.
    out.dimension = out.values.size();
    out.values.reserve(out.dimension * std::min<std::size_t>(rows.size(), 4096));
  }
  return out;
}

std::uint64_t sum_of_tokens(const JsonNode& root) {
  std::uint64_t sum = 0;
  const JsonNode* const predictions = find_list(root, "predictions");
  for (const JsonNode& prediction : predictions->children) {
    const JsonNode* const statistics = prediction.find("embeddings")->find("statistics");
    const double count = statistics == nullptr || statistics->find("token_count") == nullptr
                             ? 0
                             : statistics->find("token_count")->as_double().value_or(0);
    if (count > 0 && count < 1e9) sum += static_cast<std::uint64_t>(count);  // 7.0 as well as 7
  }
  return sum;
}

TokenUsage usage_of(EmbeddingShape shape, const JsonNode& root) {
  if (shape == EmbeddingShape::predictions) return {.input_tokens = sum_of_tokens(root)};
  if (shape == EmbeddingShape::rows) return {.input_tokens = root.find_unsigned("prompt_eval_count").value_or(0)};
  if (shape == EmbeddingShape::by_type) {
    const JsonNode* const meta = root.find("meta");
    const JsonNode* const units = meta == nullptr ? nullptr : meta->find("billed_units");
    return {.input_tokens = units == nullptr ? 0 : units->find_unsigned("input_tokens").value_or(0)};
  }
  const JsonNode* const usage = root.find("usage");
  if (usage == nullptr) return {};
  const auto prompt = usage->find_unsigned("prompt_tokens");
  return {.input_tokens = prompt ? *prompt : usage->find_unsigned("total_tokens").value_or(0)};
}

}  // namespace

Result<EmbeddingReply> read_embedding_reply(EmbeddingShape shape, const JsonNode& root, const ExpectedRows& expected) {
  const auto rows = rows_of(shape, root, expected.count);
  if (!rows) return rows.error();
  auto embeddings = read_rows(*rows, expected.dimension);
  if (!embeddings) return std::move(embeddings).error();
  return EmbeddingReply{.embeddings = *std::move(embeddings), .usage = usage_of(shape, root)};
}

void normalise_rows(Embeddings& embeddings) {
  for (std::size_t i = 0; i < embeddings.rows(); ++i) {
    const std::span<float> row = std::span(embeddings.values).subspan(i * embeddings.dimension, embeddings.dimension);
    double sum = 0;
    for (const float value : row) sum += static_cast<double>(value) * static_cast<double>(value);
    if (sum == 0) continue;
    const double length = std::sqrt(sum);
    for (float& value : row) value = static_cast<float>(static_cast<double>(value) / length);
  }
}

}  // namespace scaup::inline v0
