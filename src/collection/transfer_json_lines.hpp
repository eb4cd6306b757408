#pragma once
// The documents of a collection as JSON Lines, out and in.

#include <functional>
#include <span>
#include <stop_token>

#include "collection/collection_state.hpp"
#include "scaup/archive.hpp"

namespace scaup::inline v0 {

/// See Collection::export_json_lines.
[[nodiscard]] Result<TransferReport> write_json_lines(const Collection::State& collection, ByteSink& sink,
                                                      const JsonLinesOptions& options, const std::stop_token& stop);

/// Adds or upserts documents, as a call of the collection does.
using WriteDocuments = std::function<Result<WriteReport>(std::span<const Document> documents)>;

/// See Collection::import_json_lines.
[[nodiscard]] Result<TransferReport> read_json_lines(const Collection::State& collection, ByteSource& source,
                                                     const JsonLinesOptions& options, const WriteDocuments& write,
                                                     const std::stop_token& stop);

}  // namespace scaup::inline v0
