#pragma once
// The body of a request for embeddings.

#include <span>
#include <string>
#include <string_view>

#include "providers/api_client.hpp"
#include "scaup/embedder.hpp"

namespace scaup::inline v0 {

/// What is asked for; `dimension` 0 is the model's own. `texts` are UTF-8, prefixes put before.
struct EmbeddingRequest {
  std::span<const std::string_view> texts;
  TextKind kind = TextKind::document;
  std::string_view prefix = {};
  std::size_t dimension = 0;
};

[[nodiscard]] std::string write_embedding_request(const ApiClient& client, const EmbeddingRequest& request);

}  // namespace scaup::inline v0
