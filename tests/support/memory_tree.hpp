#pragma once
// The folders and files of a MemoryFileSystem: entries as they show, entries as they are durable, and the changes
// between.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scaup/file_system.hpp"
#include "support/crash_choice.hpp"
#include "support/file_contents.hpp"

namespace scaup::test {

struct MemoryNode;
using NodePointer = std::shared_ptr<MemoryNode>;
using MemoryEntries = std::map<std::string, NodePointer, std::less<>>;

/// A file or a folder; it lives as long as an entry, a handle or a change that is not durable refers to it.
struct MemoryNode {
  std::uint64_t inode = 0;
  FileKind kind = FileKind::regular;
  std::uint64_t modified = 0;          // the number of the change
  FileContents contents = {};          // of a file
  MemoryEntries entries = {};          // of a folder
  MemoryEntries durable_entries = {};  // the same as of the last sync_directory
  int shared_locks = 0;
  int exclusive_locks = 0;  // 0 or 1
};

/// Where an entry is or could be.
struct Place {
  NodePointer folder = {};
  std::string name = {};
};

/// The tree. The model of a power cut, for the changes of entries that are not durable:
///
/// - A creation, a removal and a rename are each all or nothing: never do both names of a rename show the file, never
///   does neither.
/// - A change is kept only with all earlier ones that share a name (in the same folder) with it. Apart from that any
///   subset may be kept, in one folder or several: a removal may be durable where an earlier rename beside it is not.
/// - `sync_folder` makes durable every change with a name in that folder, and the earlier ones that those need.
/// - A folder or file whose entry is lost is lost with all in it, synced or not. A kept entry shows whatever
///   FileContents leaves of the file; nothing, if it was never synced.
///
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access; `after_power_cut` counts
/// as a change.
class MemoryTree {
 public:
  MemoryTree();

  /// The node at `path`, from the root whether or not the path begins with "/". ".." is taken away with the name
  /// before.
  [[nodiscard]] Result<NodePointer> find(std::string_view operation, const std::filesystem::path& path) const;
  /// The folder that holds or would hold the last name of `path`.
  [[nodiscard]] Result<Place> place_of(std::string_view operation, const std::filesystem::path& path) const;

  /// The next three do not check: `place` is free, taken, and as rename(2) wants it.
  NodePointer create(const Place& place, FileKind kind);
  void remove(const Place& place);
  void rename(const Place& from, const Place& to);
  void sync_folder(const NodePointer& folder);

  /// Sum of the sizes of all files that have a name.
  [[nodiscard]] std::uint64_t used_bytes() const;
  [[nodiscard]] MemoryTree after_power_cut(CrashChoice& choice) const;

 private:
  struct EntryChange {
    std::optional<Place> from = {};  // absent: a creation
    std::optional<Place> to = {};    // absent: a removal
    NodePointer node = {};
  };
  class Names;
  using Views = std::unordered_map<const MemoryNode*, MemoryEntries>;

  template <typename EntriesOf>
  static void apply(const EntryChange& change, EntriesOf&& entries_of);
  void note(EntryChange change);
  [[nodiscard]] std::vector<const EntryChange*> kept_changes(CrashChoice& choice) const;
  static NodePointer copy_of(const MemoryNode& node, const Views& views, CrashChoice& choice);

  NodePointer root_;
  std::vector<EntryChange> unsynced_;
  std::uint64_t last_inode_ = 1;
};

}  // namespace scaup::test
