#pragma once
// scaup as its users see it: one collection made of the rows of a matrix, through the public interface only.
// This file and its .cpp are the only ones of the comparison that know which options a query has.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "matrix.hpp"
#include "scaup/scaup.hpp"

namespace scaup::bench {

using MetadataOf = std::function<Metadata(std::size_t row)>;

inline constexpr std::size_t kBatchOfRows = 1000;  // documents in one call of add

/// Documents [first, end) of the matrix; their ids are the row numbers plus `id_offset`.
[[nodiscard]] std::vector<Document> documents_of(const Matrix& rows, std::size_t first, std::size_t end,
                                                 const MetadataOf& metadata = {}, std::size_t id_offset = 0);

/// A collection of all rows, ready: its index is complete.
[[nodiscard]] Collection collection_of(const Matrix& rows, const MetadataOf& metadata = {});

/// Returns when every row is in the approximate index, or at once where there is none.
void wait_until_indexed(const Collection& collection);

/// Whether queries can be answered by an approximate index.
[[nodiscard]] bool has_graph();

/// Options for `setting`: default, exact, ef=N or recall=R; throws where the library has no such option.
[[nodiscard]] QueryOptions options_of(const std::string& setting);

/// The row numbers of the matches.
[[nodiscard]] std::vector<std::int32_t> rows_of(const QueryResult& result);

}  // namespace scaup::bench
