#pragma once
// A catalog made anew from the folders of the collections.

#include "engine/store_context.hpp"
#include "scaup/storage.hpp"
#include "storage/catalog.hpp"

namespace scaup::inline v0 {

struct SalvagedCatalog {
  Catalog catalog = {};
  CollectionRecovery recovery = {};  ///< of no collection: its name is empty
};

/// Makes a catalog of all folders below `collections/` that hold files, and puts it in place of the damaged one, which
/// is kept in quarantine. Which database it is stands in the header of each file, the majority counts; names are those
/// that checkpoints noted, or else "collection-<number>".
/// Errors: `corruption` where no file says which database it is of; `io`.
[[nodiscard]] Result<SalvagedCatalog> salvage_catalog(const StoreContext& context, const std::filesystem::path& catalog,
                                                      const Error& damage);

}  // namespace scaup::inline v0
