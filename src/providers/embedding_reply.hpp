#pragma once
// From the reply to a request for embeddings to a matrix.

#include <cstddef>
#include <string>

#include "json/json_tree.hpp"
#include "providers/provider_table.hpp"
#include "scaup/chat.hpp"
#include "scaup/embedder.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct ExpectedRows {
  std::size_t count = 0;
  std::size_t dimension = 0;  ///< 0: whatever the first row has
};

struct EmbeddingReply {
  Embeddings embeddings = {};  ///< in the order of the texts, as the provider gave them: not normalised
  TokenUsage usage = {};
};

/// Reads a reply. A row may be an array of numbers or the base64 text of little-endian floats, whatever was asked for.
///
/// Errors: `bad_reply` for rows that are missing, too many, twice, empty, of different lengths, of another length than
/// expected, and for components that are no finite floats.
[[nodiscard]] Result<EmbeddingReply> read_embedding_reply(EmbeddingShape shape, const JsonNode& root,
                                                          const ExpectedRows& expected);

/// Makes the length of each row 1, computing in double. Rows of zeros stay.
void normalise_rows(Embeddings& embeddings);

}  // namespace scaup::inline v0
