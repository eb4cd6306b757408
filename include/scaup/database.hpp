#pragma once
// Database: collections by name.

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A set of named collections; a handle, cheap to copy: copies are the same database.
/// Names are 1 to 255 bytes of UTF-8 without control characters.
///
/// Thread-safe: any member from any thread at any time.
class SCAUP_API Database {
 public:
  /// A new, empty database that lives in memory and ends with its last handle.
  [[nodiscard]] static Database in_memory();

  /// Errors: `already_exists`; `invalid_argument` for a bad name or options.
  [[nodiscard]] Result<Collection> create_collection(std::string_view name, const CollectionOptions& options = {});

  /// Errors: `not_found`.
  [[nodiscard]] Result<Collection> get_collection(std::string_view name) const;
  /// The same, and attaches `options.embedder` if the collection has none here.
  /// Errors: also `embedder_mismatch`, `dimension_mismatch` and `invalid_argument` where the options
  /// contradict the collection.
  [[nodiscard]] Result<Collection> get_collection(std::string_view name, const CollectionOptions& options) const;

  /// The collection if it is there, as with `get_collection(name, options)`; else a new one. Two callers at
  /// once get the same collection.
  [[nodiscard]] Result<Collection> get_or_create_collection(std::string_view name,
                                                            const CollectionOptions& options = {});

  /// Names in ascending order.
  [[nodiscard]] Result<std::vector<std::string>> list_collections() const;

  /// Removes a collection and all it holds; its handles answer `not_found` from then on.
  /// Errors: `not_found`.
  Status remove_collection(std::string_view name);

  struct State;

 private:
  explicit Database(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace scaup::inline v0
