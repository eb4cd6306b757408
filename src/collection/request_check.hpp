#pragma once
// Checks of what users pass to a collection, before anything is embedded or stored.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scaup/collection.hpp"

namespace scaup::inline v0 {

/// A QueryRequest, borrowed for the call.
struct RequestView {
  std::string_view text = {};
  std::span<const float> vector = {};
  const QueryOptions& options;
};

/// "document 3 (\"id\")": how messages name an item of a list.
[[nodiscard]] std::string item_name(std::string_view kind, std::size_t index, std::string_view id);

/// A vector given by a user. Absent `dimension`: any from 1 to 65,536.
[[nodiscard]] Status check_vector(std::span<const float> vector, Metric metric, std::optional<std::size_t> dimension);

/// Ids, texts, metadata and embeddings of a write, and that no id comes twice.
[[nodiscard]] Status check_documents(std::span<const Document> documents, const StoreSchema& schema);

/// Non-empty ids, none of them twice.
[[nodiscard]] Status check_ids(std::span<const std::string> ids);
/// The same, but for ids that may come twice.
[[nodiscard]] Status check_each_id(std::span<const std::string> ids);

[[nodiscard]] Status check_updates(std::span<const MetadataUpdate> updates);

[[nodiscard]] Status check_self_recall(const SelfRecallOptions& options);
/// k, recall, ef, filter, group_by, and what the store can do.
[[nodiscard]] Status check_query_options(const QueryOptions& options, const StoreCapabilities& capabilities);
[[nodiscard]] Status check_filter(const Filter& filter, const StoreCapabilities& capabilities);

}  // namespace scaup::inline v0
