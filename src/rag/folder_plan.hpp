#pragma once
// Which files of a folder an ingestion must read, and which sources are no longer in it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "rag/source_table.hpp"
#include "scaup/ingest.hpp"

namespace scaup::inline v0 {

/// What becomes of sources that are no longer in their folder.
enum class Vanished : std::uint8_t { stay, go };

/// Single-threaded.
class FolderPlan {
 public:
  /// Lists the folder and looks up its files in the table. Errors: those of list_files; `invalid_argument` for a folder
  /// whose name is not UTF-8.
  [[nodiscard]] static Result<FolderPlan> make(const std::filesystem::path& folder, const SourceTable& table,
                                               const IngestOptions& options, const std::stop_token& stop);

  std::vector<SourceFile> to_read = {};
  std::vector<SkippedSource> skipped = {};
  std::size_t unchanged_files = 0;
  std::size_t unchanged_sources = 0;

  [[nodiscard]] std::size_t files() const noexcept { return to_read.size() + skipped.size() + unchanged_files; }
  /// Ids of sources that were loaded from this folder and are not in it any more, where all of `to_read` was read and
  /// gave the sources `seen`; of `failed` files it is not known what they hold.
  [[nodiscard]] std::vector<std::string> vanished(const SourceTable& table, const std::set<std::string>& seen,
                                                  const std::set<std::string>& failed) const;

 private:
  using Records = std::map<std::string_view, std::vector<const SourceRecord*>>;  // by file

  [[nodiscard]] Records records_of_folder(const SourceTable& table) const;
  void add(SourceFile file, const Records& records, FileComparison compare);
  [[nodiscard]] bool is_kept(const std::string& file) const;

  std::string root_ = {};
  std::set<std::string> kept_ = {};  // files that are unchanged, and files and folders that were skipped
};

}  // namespace scaup::inline v0
