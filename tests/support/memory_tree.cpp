#include "support/memory_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "base/posix_file.hpp"

namespace scaup::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestName = 255;

std::vector<std::string> names_of(const fs::path& path) {
  std::vector<std::string> names;
  for (const fs::path& part : path.relative_path()) {
    if (part.empty() || part == ".") continue;
    if (part != "..") names.push_back(part.native());
    if (part == ".." && !names.empty()) names.pop_back();
  }
  return names;
}

std::uint64_t used_below(const MemoryNode& node) {
  std::uint64_t used = node.contents.size();
  for (const auto& [name, child] : node.entries) used += used_below(*child);
  return used;
}

}  // namespace

// Names in folders, to ask which changes depend on which.
class MemoryTree::Names {
 public:
  [[nodiscard]] bool meets(const EntryChange& change) const { return holds(change.from) || holds(change.to); }
  void add(const EntryChange& change) {
    if (change.from) names_.emplace(change.from->folder.get(), change.from->name);
    if (change.to) names_.emplace(change.to->folder.get(), change.to->name);
  }

 private:
  [[nodiscard]] bool holds(const std::optional<Place>& place) const {
    return place && names_.contains({place->folder.get(), place->name});
  }

  std::set<std::pair<const MemoryNode*, std::string>> names_;
};

MemoryTree::MemoryTree() : root_(std::make_shared<MemoryNode>()) {
  root_->inode = last_inode_;
  root_->kind = FileKind::directory;
}

Result<NodePointer> MemoryTree::find(std::string_view operation, const fs::path& path) const {
  if (Status status = check_path(operation, path); !status) return std::move(status).error();
  if (path.empty()) return posix_error(operation, path, ENOENT);
  NodePointer node = root_;
  for (const std::string& name : names_of(path)) {
    if (node->kind != FileKind::directory) return posix_error(operation, path, ENOTDIR);
    if (name.size() > kLongestName) return posix_error(operation, path, ENAMETOOLONG);
    const auto entry = node->entries.find(name);
    if (entry == node->entries.end()) return posix_error(operation, path, ENOENT);
    node = entry->second;
  }
  return node;
}

Result<Place> MemoryTree::place_of(std::string_view operation, const fs::path& path) const {
  if (Status status = check_path(operation, path); !status) return std::move(status).error();
  std::vector<std::string> names = names_of(path);
  if (names.empty()) return posix_error(operation, path, path.empty() ? ENOENT : EBUSY);
  Place place = {.folder = root_, .name = std::move(names.back())};
  names.pop_back();
  fs::path folder = "/";
  for (const std::string& name : names) folder /= name;
  auto found = find(operation, folder);
  if (!found) return posix_error(operation, path, found.error().detail());
  if ((*found)->kind != FileKind::directory) return posix_error(operation, path, ENOTDIR);
  if (place.name.size() > kLongestName) return posix_error(operation, path, ENAMETOOLONG);
  place.folder = *std::move(found);
  return place;
}

NodePointer MemoryTree::create(const Place& place, FileKind kind) {
  auto node = std::make_shared<MemoryNode>();
  node->inode = ++last_inode_;
  node->kind = kind;
  note({.to = place, .node = node});
  return node;
}

void MemoryTree::remove(const Place& place) {
  note({.from = place});
}

void MemoryTree::rename(const Place& from, const Place& to) {
  note({.from = from, .to = to, .node = from.folder->entries.at(from.name)});
}

void MemoryTree::sync_folder(const NodePointer& folder) {
  Names needed;
  std::vector<EntryChange> durable;
  std::vector<EntryChange> others;
  for (auto change = unsynced_.rbegin(); change != unsynced_.rend(); ++change) {
    const bool is_here =
        (change->from && change->from->folder == folder) || (change->to && change->to->folder == folder);
    const bool is_needed = is_here || needed.meets(*change);
    if (is_needed) needed.add(*change);
    (is_needed ? durable : others).push_back(std::move(*change));
  }
  for (auto change = durable.rbegin(); change != durable.rend(); ++change) {
    apply(*change, [](MemoryNode& node) -> MemoryEntries& { return node.durable_entries; });
  }
  unsynced_.assign(std::make_move_iterator(others.rbegin()), std::make_move_iterator(others.rend()));
}

std::uint64_t MemoryTree::used_bytes() const {
  return used_below(*root_);
}

MemoryTree MemoryTree::after_power_cut(CrashChoice& choice) const {
  Views views;  // the durable entries of those folders that kept changes alter
  for (const EntryChange* change : kept_changes(choice)) {
    apply(*change, [&](MemoryNode& node) -> MemoryEntries& {
      return views.try_emplace(&node, node.durable_entries).first->second;
    });
  }
  MemoryTree tree;
  tree.root_ = copy_of(*root_, views, choice);
  tree.last_inode_ = last_inode_;
  return tree;
}

template <typename EntriesOf>
void MemoryTree::apply(const EntryChange& change, EntriesOf&& entries_of) {
  if (change.from) entries_of(*change.from->folder).erase(change.from->name);
  if (change.to) entries_of(*change.to->folder).insert_or_assign(change.to->name, change.node);
}

void MemoryTree::note(EntryChange change) {
  apply(change, [](MemoryNode& node) -> MemoryEntries& { return node.entries; });
  unsynced_.push_back(std::move(change));
}

// Either as a journal does (all up to a moment), or each by itself, or all but one; then none without what it needs.
std::vector<const MemoryTree::EntryChange*> MemoryTree::kept_changes(CrashChoice& choice) const {
  std::vector<const EntryChange*> kept;
  if (choice.loses_all() || unsynced_.empty()) return kept;
  const std::uint64_t style = choice.keeps_all() ? 0 : choice.below(3);
  const std::uint64_t moment = choice.keeps_all() ? unsynced_.size() : choice.below(unsynced_.size() + 1);
  Names lost;
  for (std::size_t number = 0; number < unsynced_.size(); ++number) {
    const EntryChange& change = unsynced_[number];
    const bool wanted = style == 0 ? number < moment : style == 1 ? choice.below(2) == 0 : number != moment;
    if (wanted && !lost.meets(change)) {
      kept.push_back(&change);
    } else {
      lost.add(change);
    }
  }
  return kept;
}

NodePointer MemoryTree::copy_of(const MemoryNode& node, const Views& views, CrashChoice& choice) {
  auto copy = std::make_shared<MemoryNode>();
  copy->inode = node.inode;
  copy->kind = node.kind;
  copy->modified = node.modified;
  if (node.kind == FileKind::regular) copy->contents = FileContents(node.contents.after_power_cut(choice));
  const auto view = views.find(&node);
  for (const auto& [name, child] : view == views.end() ? node.durable_entries : view->second) {
    copy->entries.emplace(name, copy_of(*child, views, choice));
  }
  copy->durable_entries = copy->entries;
  return copy;
}

}  // namespace scaup::test
