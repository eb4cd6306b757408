#pragma once
// The folder of a database where damaged files are kept: nothing the library finds damaged is ever deleted.

#include <filesystem>
#include <string>

#include "engine/store_context.hpp"

namespace scaup::inline v0 {

/// Copies a file to `quarantine/` of the database under this name, or this name with a number where another file has
/// it, and syncs the copy. A file that is there already with the same bytes is taken for the copy, so that it can be
/// done again after an interruption. Returns the copy's path in the database.
/// Errors: `io`.
[[nodiscard]] Result<std::string> keep_in_quarantine(const StoreContext& context, const std::filesystem::path& file,
                                                     const std::string& name);

}  // namespace scaup::inline v0
