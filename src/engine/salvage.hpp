#pragma once
// Salvage of a collection: out of damaged files everything that verifies, and a list of what does not.
//
// The steps, each safe on disk before the next, so that after an interruption the next opening finds the old state or
// the new one, and can begin again:
//
// 1. The state is put together in memory: the newest checkpoint that says what it holds, row by row, then all logs
//    since.
// 2. All files are copied to `quarantine/` of the database.
// 3. A new checkpoint and a new log are written, under numbers that no file had.
// 4. The manifest is replaced: from here on the new state counts.
// 5. The old files are removed.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/store_context.hpp"
#include "scaup/storage.hpp"
#include "storage/catalog.hpp"

namespace scaup::inline v0 {

/// Writes down what was lost and what was put right.
/// Lifetime: `recovery` is borrowed. Single-threaded: one thread at a time, even for const members.
class SalvageReport {
 public:
  /// `folder` is that of the database.
  SalvageReport(CollectionRecovery& recovery, std::filesystem::path folder)
      : recovery_(recovery), folder_(std::move(folder)) {}

  void lost(const std::filesystem::path& file, std::uint64_t begin, std::uint64_t end, std::string reason) {
    recovery_.lost.push_back({.file = name_of(file), .begin = begin, .end = end, .reason = std::move(reason)});
  }
  void note(std::string what) { recovery_.notes.push_back(std::move(what)); }
  void torn(std::uint64_t bytes) noexcept { recovery_.torn_bytes += bytes; }
  void replayed(std::size_t writes) noexcept { recovery_.writes_replayed += writes; }
  /// The path of a file in the database.
  [[nodiscard]] std::string name_of(const std::filesystem::path& file) const {
    return file.lexically_relative(folder_).native();
  }

 private:
  CollectionRecovery& recovery_;
  std::filesystem::path folder_;
};

/// Whether the files that opening does not need are what they should be: graph and words.
/// Errors: `corruption`; those of reading the manifest.
[[nodiscard]] Status check_derived_files(const std::shared_ptr<const StoreContext>& context, std::uint32_t number);

/// Salvages a collection that cannot be opened because of `damage`. Afterwards it can.
/// Errors: `corruption` where no checkpoint says which metric and dimension the vectors have; `io`. The files are as
/// they were then.
[[nodiscard]] Result<CollectionRecovery> salvage_collection(const std::shared_ptr<const StoreContext>& context,
                                                            const CatalogEntry& entry, const Error& damage);

}  // namespace scaup::inline v0
