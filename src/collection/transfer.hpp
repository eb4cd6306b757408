#pragma once
// Whole collections out of a database and into it, through archives.

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "collection/database_state.hpp"
#include "scaup/archive.hpp"

namespace scaup::inline v0 {

// See Database::export_to and its neighbours.

[[nodiscard]] Result<TransferReport> export_archive(Database::State& database, ByteSink& sink,
                                                    const ExportOptions& options, const std::stop_token& stop);
[[nodiscard]] Result<TransferReport> export_archive_file(Database::State& database, const std::filesystem::path& path,
                                                         const ExportOptions& options, const std::stop_token& stop);
[[nodiscard]] Result<TransferReport> import_archive(Database::State& database, ByteSource& source,
                                                    const ImportOptions& options, const std::stop_token& stop);
[[nodiscard]] Result<TransferReport> import_archive_file(Database::State& database, const std::filesystem::path& path,
                                                         const ImportOptions& options, const std::stop_token& stop);

/// That no name of a choice of collections comes twice. Errors: `invalid_argument`.
[[nodiscard]] Status check_choice(const std::vector<std::string>& names);

/// Puts `place` before the message of a failed result.
template <typename T>
[[nodiscard]] Result<T> in_place(Result<T> result, std::string_view place) {
  if (result || result.error().code() == ErrorCode::out_of_memory) return result;
  Error error = std::move(result).error();
  error.add_context(place);
  return error;
}

}  // namespace scaup::inline v0
