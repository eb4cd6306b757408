// Compares the files of a folder with what was stored of them.

#include "rag/folder_plan.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/document_check.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// How a folder is told from another one: by its absolute path, without looking through links.
Result<std::string> root_name(const fs::path& folder) {
  std::error_code error;
  fs::path root = fs::absolute(folder, error).lexically_normal();
  if (error) return Error(ErrorCode::io, "folder \"" + folder.string() + "\": " + error.message(), error.value());
  if (!root.has_filename() && root.has_relative_path()) root = root.parent_path();
  std::string name = root.generic_string();
  if (Status valid = check_utf8("folder", name); !valid) return std::move(valid).error();
  return name;
}

// Time of change as it is stored. A file that changes twice within a step of the file system's clock has the same time
// after both; so the time says nothing where the file was as new as that when it was looked at. Full seconds are taken
// as a sign of a file system that counts in steps of two; others are as fine as the ticks of the kernel, 10 ms or less.
std::int64_t trusted_time(std::chrono::system_clock::time_point modified,
                          std::chrono::system_clock::time_point looked_at) {
  const auto time = std::chrono::duration_cast<nanoseconds>(modified.time_since_epoch());
  const auto step = time % 1s == 0ns ? nanoseconds(2s) : nanoseconds(50ms);
  const auto now = std::chrono::duration_cast<nanoseconds>(looked_at.time_since_epoch());
  return time > 0ns && time < now - step ? time.count() : 0;
}

bool looks_unchanged(const SourceFile& file, const std::vector<const SourceRecord*>& records) {
  return file.modified != 0 && std::ranges::all_of(records, [&](const SourceRecord* record) {
           const SourceFile& before = *record->file;
           return record->is_whole && before.size == file.size && before.modified == file.modified &&
                  before.sources == records.size();
         });
}

}  // namespace

Result<FolderPlan> FolderPlan::make(const fs::path& folder, const SourceTable& table, const IngestOptions& options,
                                    const std::stop_token& stop) {
  FolderPlan plan;
  auto root = root_name(folder);
  if (!root) return std::move(root).error();
  plan.root_ = *std::move(root);
  const auto looked_at = std::chrono::system_clock::now();
  auto list = list_files(folder, options.load, stop);
  if (!list) return std::move(list).error();
  for (SkippedFile& skipped : list->skipped) {
    plan.kept_.insert(skipped.path.generic_string());
    plan.skipped.push_back({skipped.path.generic_string(), std::move(skipped.error)});
  }
  const Records records = plan.records_of_folder(table);
  for (const FoundFile& found : list->files) {
    plan.add({.folder = plan.root_,
              .file = found.path.generic_string(),
              .size = found.size,
              .modified = trusted_time(found.modified, looked_at)},
             records, options.compare);
  }
  return plan;
}

FolderPlan::Records FolderPlan::records_of_folder(const SourceTable& table) const {
  Records records;
  for (const auto& [id, record] : table.records()) {
    if (record.file && record.file->folder == root_) records[record.file->file].push_back(&record);
  }
  return records;
}

void FolderPlan::add(SourceFile file, const Records& records, FileComparison compare) {
  const auto found = records.find(file.file);
  if (compare == FileComparison::content || found == records.end() || !looks_unchanged(file, found->second)) {
    to_read.push_back(std::move(file));
    return;
  }
  ++unchanged_files;
  unchanged_sources += found->second.size();
  kept_.insert(std::move(file.file));
}

// Itself, or a folder above it.
bool FolderPlan::is_kept(const std::string& file) const {
  if (kept_.contains(file)) return true;
  for (std::size_t slash = file.find('/'); slash != std::string::npos; slash = file.find('/', slash + 1)) {
    if (kept_.contains(file.substr(0, slash))) return true;
  }
  return false;
}

std::vector<std::string> FolderPlan::vanished(const SourceTable& table, const std::set<std::string>& seen,
                                              const std::set<std::string>& failed) const {
  std::vector<std::string> ids;
  for (const auto& [id, record] : table.records()) {
    if (!record.file || record.file->folder != root_ || seen.contains(id)) continue;
    if (!failed.contains(record.file->file) && !is_kept(record.file->file)) ids.push_back(id);
  }
  return ids;
}

}  // namespace scaup::inline v0
