#pragma once
// Reads every byte of a database on disk and names what is damaged.

#include <filesystem>
#include <stop_token>

#include "scaup/result.hpp"
#include "scaup/storage.hpp"

namespace scaup::inline v0 {

/// Opens the database for reading, so nobody may have it open for writing.
/// Errors: those of opening the folder; `cancelled`. Damage in collections is in the report.
[[nodiscard]] Result<VerifyReport> verify_database(const std::filesystem::path& folder, const DatabaseOptions& options,
                                                   const std::stop_token& stop);

}  // namespace scaup::inline v0
