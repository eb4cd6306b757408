#pragma once
// The rows of the bench: 384 components, a text of about 500 bytes, four metadata fields; the same in every run.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "scaup/collection.hpp"
#include "scaup/database.hpp"
#include "scaup/document.hpp"

namespace scaup::bench {

inline constexpr std::size_t kDimension = 384;

/// `count` documents with embeddings; ids are `prefix` and their number.
[[nodiscard]] std::vector<Document> make_rows(std::size_t count, const std::string& prefix);

/// Vectors to ask for, of the same kind as the rows and none of them.
[[nodiscard]] std::vector<std::vector<float>> make_queries(std::size_t count);

/// How many bytes the log grows by when these documents are added in one call.
[[nodiscard]] std::size_t log_bytes_of(std::span<const Document> documents);

/// Options of a collection for these rows. Without a graph nothing runs beside what is measured.
[[nodiscard]] CollectionOptions options_without_graph();

}  // namespace scaup::bench
