#pragma once
// The folder of a database: its lock, its catalog, and the folders of its collections.
//
// Invariant: a collection exists from the moment at which the catalog names it, and until it no longer does. Folders
// that the catalog does not name are what a crash left of collections in the making or in removal; opening removes
// them.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/store_context.hpp"
#include "storage/catalog.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class DatabaseFolder {
 public:
  /// Opens a database, or makes one where the folder is absent or empty and may be written.
  /// With `Recovery::salvage` a catalog that is damaged or gone is made anew.
  /// Errors: `locked`; `not_found` when opened for reading; `invalid_argument` for a folder that holds something else
  /// and for options out of range; `corruption`, `unsupported_format`, `io`.
  [[nodiscard]] static Result<std::unique_ptr<DatabaseFolder>> open(const std::filesystem::path& path,
                                                                    DatabaseOptions options);

  [[nodiscard]] const std::shared_ptr<const StoreContext>& context() const noexcept { return context_; }
  [[nodiscard]] const std::vector<CatalogEntry>& collections() const noexcept { return catalog_.entries; }

  /// What was found out of order in the catalog, if anything was.
  [[nodiscard]] const std::optional<CollectionRecovery>& recovery() const noexcept { return recovery_; }

  /// A number for a new collection. The catalog on the disk says that it is taken before any file bears it, so that a
  /// folder with a greater number than the catalog knows betrays a catalog that was put back from an earlier day.
  /// Errors: `io`, `read_only`.
  [[nodiscard]] Result<std::uint32_t> take_number();
  /// Adds these collections to the catalog and takes those out, all at once, safe when it returns.
  /// Errors: `io`, `read_only`; the catalog is as before, unless it is `in_doubt`.
  [[nodiscard]] Status change(std::span<const CatalogEntry> added, std::span<const std::uint32_t> removed);
  /// Whether the last change failed in such a way that nobody knows whether the disk has it. What it would have removed
  /// must not be written to: that could be lost. The next change that succeeds ends the doubt.
  [[nodiscard]] bool in_doubt() const noexcept { return in_doubt_; }
  /// Removes the files of a collection that the catalog does not name. What cannot be removed, the next opening tries.
  void remove_files(std::uint32_t number) const noexcept;

 private:
  DatabaseFolder(std::shared_ptr<StoreContext> context, Catalog catalog)
      : context_(std::move(context)), catalog_(std::move(catalog)) {}

  [[nodiscard]] static Result<Catalog> create(StoreContext& context);
  void remove_unnamed() const noexcept;
  [[nodiscard]] bool is_as_before() const noexcept;

  std::shared_ptr<const StoreContext> context_;
  Catalog catalog_;
  std::optional<CollectionRecovery> recovery_;
  bool in_doubt_ = false;
};

}  // namespace scaup::inline v0
