// Replies to requests for embeddings of any bytes: what is accepted has the expected rows of finite floats. The first
// byte says which shape, how many rows, and whether a dimension is expected.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz.hpp"
#include "providers/embedding_reply.hpp"
#include "providers/reply_error.hpp"

using scaup::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto tree = scaup::JsonTree::parse(std::string(text), {.max_bytes = 1 << 20, .max_nodes = 10000});
  if (!tree) return 0;
  require(!scaup::excerpt(text, scaup::Secret(), 100).empty());
  static_cast<void>(scaup::read_error_words(tree->root()));
  const auto shape = static_cast<scaup::EmbeddingShape>(data[0] % 5U);
  const scaup::ExpectedRows expected = {.count = data[0] / 5U % 4U, .dimension = data[0] >= 128 ? 2U : 0U};
  auto reply = scaup::read_embedding_reply(shape, tree->root(), expected);
  if (!reply) {
    require(reply.error().code() == scaup::ErrorCode::bad_reply);
    return 0;
  }
  scaup::Embeddings& rows = reply->embeddings;
  require(rows.values.size() == expected.count * rows.dimension);
  require(expected.dimension == 0 || expected.count == 0 || rows.dimension == expected.dimension);
  for (const float value : rows.values) require(std::isfinite(value));
  scaup::normalise_rows(rows);
  for (const float value : rows.values) require(std::isfinite(value));
  return 0;
}
