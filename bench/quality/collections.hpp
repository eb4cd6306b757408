#pragma once
// A test collection as a collection of scaup, and what the quality programs share to make one.

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scaup/scaup.hpp"

namespace scaup::bench {

/// The value of a result; errors are exceptions here, std::runtime_error.
template <typename T>
T take(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message());
  return *std::move(result);
}

/// The built-in model over title and body; a row of zeros where it knows no token.
[[nodiscard]] Embeddings embed_documents(const Embedder& embedder, const std::vector<Document>& documents);

/// Gives each document its row; where the row is zero, none, so that the document is found by its words alone.
void set_embedding(Document& document, const Embeddings& embeddings, std::size_t row);

/// The vectors of queries; empty ones where the model knows no token.
[[nodiscard]] std::vector<std::vector<float>> embed_queries(const Embedder& embedder,
                                                            const std::vector<std::string>& texts);

}  // namespace scaup::bench
