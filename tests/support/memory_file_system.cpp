#include "support/memory_file_system.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <mutex>
#include <new>
#include <utility>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "base/posix_file.hpp"
#include "support/memory_tree.hpp"

namespace scaup::test {
namespace {

namespace fs = std::filesystem;

// Images get other numbers than their origin: a program that remembers which files it has open must not mix them up.
std::uint64_t next_device() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

// Whether [offset, offset + size) can be named with off_t.
bool fits_off_t(std::uint64_t offset, std::uint64_t size) noexcept {
  const auto end = checked_add(offset, size);
  return end && *end <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

// The errno with which a change of [offset, offset + size) is refused, or 0.
int offset_refusal(std::uint64_t offset, std::uint64_t size) noexcept {
  return fits_off_t(offset, size) ? 0 : EFBIG;
}

// Bytes at an address that mmap could return.
class PageAlignedCopy {
 public:
  explicit PageAlignedCopy(const SparseBytes& bytes) {
    if (bytes.size() == 0) return;
    const auto size = static_cast<std::size_t>(bytes.size());
    memory_.reset(static_cast<std::byte*>(::operator new(size, kAlignment)));
    const std::span<std::byte> target(memory_.get(), size);
    bytes.read(0, target);
    span_ = target;
  }

  [[nodiscard]] const std::span<const std::byte>& span() const noexcept { return span_; }

 private:
  static constexpr std::align_val_t kAlignment{4096};
  struct Release {
    void operator()(std::byte* memory) const noexcept { ::operator delete(memory, kAlignment); }
  };

  std::unique_ptr<std::byte, Release> memory_;
  std::span<const std::byte> span_;
};

Status check_regular(std::string_view operation, const fs::path& path, const MemoryNode& node) {
  if (node.kind == FileKind::directory) return posix_error(operation, path, EISDIR);
  return {};
}

// The errno with which rename(2) refuses, or 0.
int rename_refusal(const MemoryNode& node, const Place& from, const Place& to) {
  const auto target = to.folder->entries.find(to.name);
  const bool is_folder = node.kind == FileKind::directory;
  if (target == to.folder->entries.end()) return is_folder && from.folder != to.folder ? EXDEV : 0;
  const MemoryNode& old = *target->second;
  if (is_folder && old.kind != FileKind::directory) return ENOTDIR;
  if (!is_folder && old.kind == FileKind::directory) return EISDIR;
  if (!old.entries.empty()) return ENOTEMPTY;
  return is_folder && from.folder != to.folder ? EXDEV : 0;
}

}  // namespace

struct MemoryFileSystem::State {
  mutable std::mutex mutex;
  MemoryTree tree;
  std::uint64_t changes = 0;
  std::uint64_t device = next_device();
  std::optional<std::uint64_t> quota;
  std::shared_ptr<const std::function<void(std::uint64_t)>> hook;

  // Numbers a call that changes something, tells the hook, and takes the lock.
  [[nodiscard]] std::unique_lock<std::mutex> begin_change() {
    std::unique_lock lock(mutex);
    const std::uint64_t number = ++changes;
    const auto told = hook;
    if (!told) return lock;
    lock.unlock();
    (*told)(number);
    lock.lock();
    return lock;
  }

  // How many bytes files may still grow.
  [[nodiscard]] std::uint64_t room() const {
    constexpr std::uint64_t kManyBytes = std::uint64_t{1} << 50U;
    if (!quota) return kManyBytes;
    const std::uint64_t used = tree.used_bytes();
    return used < *quota ? *quota - used : 0;
  }

  // Whether `node` may grow to `size`.
  [[nodiscard]] bool has_room(const MemoryNode& node, std::uint64_t size) const {
    return !quota || size <= node.contents.size() || size - node.contents.size() <= room();
  }

  void touch(MemoryNode& node) const { node.modified = changes; }
};

// What an open file and a held lock refer to.
class MemoryHandle {
 public:
  using State = MemoryFileSystem::State;
  MemoryHandle(std::shared_ptr<State> owner, NodePointer node, fs::path path)
      : owner_(std::move(owner)), node_(std::move(node)), path_(std::move(path)) {}

  [[nodiscard]] std::unique_lock<std::mutex> lock() const { return std::unique_lock(owner_->mutex); }
  [[nodiscard]] State& state() const noexcept { return *owner_; }
  [[nodiscard]] MemoryNode& node() const noexcept { return *node_; }
  [[nodiscard]] const fs::path& path() const noexcept { return path_; }

 private:
  std::shared_ptr<State> owner_;
  NodePointer node_;
  fs::path path_;
};

namespace {

class ReadableHandle final : public ReadableFile {
 public:
  explicit ReadableHandle(MemoryHandle handle) : handle_(std::move(handle)) {}

  Result<std::uint64_t> size() const override {
    const auto lock = handle_.lock();
    return handle_.node().contents.size();
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (!fits_off_t(offset, out.size())) return posix_error("read", handle_.path(), EOVERFLOW);
    const auto lock = handle_.lock();
    return handle_.node().contents.current().read(offset, out);
  }

  Result<std::shared_ptr<const std::span<const std::byte>>> map() const override {
    return guarded([&]() -> Result<std::shared_ptr<const std::span<const std::byte>>> {
      const auto lock = handle_.lock();
      const auto copy = std::make_shared<const PageAlignedCopy>(handle_.node().contents.current());
      return std::shared_ptr<const std::span<const std::byte>>(copy, &copy->span());
    });
  }

 private:
  MemoryHandle handle_;
};

class WritableHandle final : public MemoryWritableFile {
 public:
  explicit WritableHandle(MemoryHandle handle) : handle_(std::move(handle)) {}

  Result<std::uint64_t> size() const override {
    if (!is_open_) return posix_error("size of", handle_.path(), EBADF);
    const auto lock = handle_.lock();
    return handle_.node().contents.size();
  }

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return change("write", offset_refusal(offset, bytes.size()), [&](const State& state, MemoryNode& node) {
      if (bytes.empty() || state.has_room(node, offset + bytes.size())) {
        node.contents.write(offset, bytes);
        return 0;
      }
      const std::uint64_t end = node.contents.size() + state.room();
      if (end > offset) node.contents.write(offset, bytes.first(static_cast<std::size_t>(end - offset)));
      return ENOSPC;
    });
  }

  Status preallocate(std::uint64_t size) override {
    return change("preallocate", offset_refusal(0, size), [&](const State& state, MemoryNode& node) {
      if (!state.has_room(node, size)) return ENOSPC;
      node.contents.resize(std::max(size, node.contents.size()));
      return 0;
    });
  }

  Status truncate(std::uint64_t size) override {
    return change("truncate", offset_refusal(0, size), [&](const State& state, MemoryNode& node) {
      if (!state.has_room(node, size)) return ENOSPC;
      node.contents.resize(size);
      return 0;
    });
  }

  Status sync() override {
    return change("sync", 0, [](const State&, MemoryNode& node) {
      node.contents.sync();
      return 0;
    });
  }

  Status close() override {
    is_open_ = false;
    return {};
  }

  void forget_unsynced() override {
    const auto lock = handle_.lock();
    handle_.node().contents.forget_unsynced();
  }

 private:
  using State = MemoryHandle::State;

  // `refusal` is the errno of what is asked, or 0; `body` returns the same.
  template <typename Body>
  Status change(std::string_view operation, int refusal, Body&& body) {
    return guarded([&]() -> Status {
      const auto lock = handle_.state().begin_change();
      if (!is_open_) return posix_error(operation, handle_.path(), EBADF);
      if (refusal != 0) return posix_error(operation, handle_.path(), refusal);
      const int number = body(std::as_const(handle_.state()), handle_.node());
      handle_.state().touch(handle_.node());
      if (number == 0) return {};
      return posix_error(operation, handle_.path(), number);
    });
  }

  MemoryHandle handle_;
  bool is_open_ = true;
};

class HeldLock final : public FileLock {
 public:
  HeldLock(MemoryHandle handle, LockMode mode) : handle_(std::move(handle)), mode_(mode) { count() += 1; }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;
  ~HeldLock() override {
    const auto lock = handle_.lock();
    count() -= 1;
  }

 private:
  [[nodiscard]] int& count() const noexcept {
    return mode_ == LockMode::shared ? handle_.node().shared_locks : handle_.node().exclusive_locks;
  }

  MemoryHandle handle_;
  LockMode mode_;
};

}  // namespace

MemoryFileSystem::MemoryFileSystem() : MemoryFileSystem(std::make_shared<State>()) {}
MemoryFileSystem::MemoryFileSystem(std::shared_ptr<State> state) : state_(std::move(state)) {}
MemoryFileSystem::~MemoryFileSystem() = default;

Result<std::unique_ptr<ReadableFile>> MemoryFileSystem::open_for_read(const fs::path& path, Links) const {
  return guarded([&]() -> Result<std::unique_ptr<ReadableFile>> {
    const std::lock_guard lock(state_->mutex);
    auto node = state_->tree.find("open", path);
    if (!node) return std::move(node).error();
    if (Status status = check_regular("open", path, **node); !status) return std::move(status).error();
    return std::make_unique<ReadableHandle>(MemoryHandle(state_, *std::move(node), path));
  });
}

Result<std::unique_ptr<WritableFile>> MemoryFileSystem::open_for_write(const fs::path& path, OpenMode mode) {
  return guarded([&]() -> Result<std::unique_ptr<WritableFile>> {
    if (mode == OpenMode::open_existing) {
      const std::lock_guard lock(state_->mutex);
      auto node = state_->tree.find("open for writing", path);
      if (!node) return std::move(node).error();
      if (Status status = check_regular("open for writing", path, **node); !status) return std::move(status).error();
      return std::make_unique<WritableHandle>(MemoryHandle(state_, *std::move(node), path));
    }
    const auto lock = state_->begin_change();
    if (state_->tree.find("create", path)) return posix_error("create", path, EEXIST);
    const auto place = state_->tree.place_of("create", path);
    if (!place) return place.error();
    NodePointer node = state_->tree.create(*place, FileKind::regular);
    state_->touch(*node);
    return std::make_unique<WritableHandle>(MemoryHandle(state_, std::move(node), path));
  });
}

Result<std::vector<DirectoryEntry>> MemoryFileSystem::list(const fs::path& folder) const {
  return guarded([&]() -> Result<std::vector<DirectoryEntry>> {
    const std::lock_guard lock(state_->mutex);
    const auto node = state_->tree.find("list", folder);
    if (!node) return node.error();
    if ((*node)->kind != FileKind::directory) return posix_error("list", folder, ENOTDIR);
    std::vector<DirectoryEntry> entries;
    for (const auto& [name, child] : (*node)->entries) entries.push_back({.name = name, .kind = child->kind});
    return entries;
  });
}

Result<FileInfo> MemoryFileSystem::info(const fs::path& path, Links) const {
  return guarded([&]() -> Result<FileInfo> {
    const std::lock_guard lock(state_->mutex);
    const auto node = state_->tree.find("info of", path);
    if (!node) return node.error();
    return FileInfo{.kind = (*node)->kind,
                    .size = (*node)->contents.size(),
                    .modified = std::chrono::system_clock::time_point(std::chrono::milliseconds((*node)->modified)),
                    .device = state_->device,
                    .inode = (*node)->inode};
  });
}

Status MemoryFileSystem::create_directory(const fs::path& path) {
  return guarded([&]() -> Status {
    const auto lock = state_->begin_change();
    if (state_->tree.find("create folder", path)) return posix_error("create folder", path, EEXIST);
    const auto place = state_->tree.place_of("create folder", path);
    if (!place) return place.error();
    state_->touch(*state_->tree.create(*place, FileKind::directory));
    return {};
  });
}

Status MemoryFileSystem::rename(const fs::path& from, const fs::path& to) {
  return guarded([&]() -> Status {
    const auto lock = state_->begin_change();
    if (Status status = check_path("rename", from); !status) return status;
    if (Status status = check_path("rename", to); !status) return status;
    const std::string operation = "rename \"" + from.native() + "\" to";
    const auto source = state_->tree.place_of("rename", from);
    if (!source) return posix_error(operation, to, source.error().detail());
    const auto target = state_->tree.place_of(operation, to);
    if (!target) return target.error();
    const auto found = source->folder->entries.find(source->name);
    if (found == source->folder->entries.end()) return posix_error(operation, to, ENOENT);
    if (source->folder == target->folder && source->name == target->name) return {};
    const int refusal = rename_refusal(*found->second, *source, *target);
    if (refusal != 0) return posix_error(operation, to, refusal);
    state_->tree.rename(*source, *target);
    return {};
  });
}

Status MemoryFileSystem::remove(const fs::path& path) {
  return guarded([&]() -> Status {
    const auto lock = state_->begin_change();
    const auto node = state_->tree.find("remove", path);
    if (!node) return node.error();
    const auto place = state_->tree.place_of("remove", path);
    if (!place) return place.error();
    if (!(*node)->entries.empty()) return posix_error("remove", path, ENOTEMPTY);
    state_->tree.remove(*place);
    return {};
  });
}

Status MemoryFileSystem::sync_directory(const fs::path& path) {
  return guarded([&]() -> Status {
    const auto lock = state_->begin_change();
    const auto node = state_->tree.find("sync folder", path);
    if (!node) return node.error();
    if ((*node)->kind != FileKind::directory) return posix_error("sync folder", path, ENOTDIR);
    state_->tree.sync_folder(*node);
    return {};
  });
}

Result<std::uint64_t> MemoryFileSystem::free_space(const fs::path& path) const {
  return guarded([&]() -> Result<std::uint64_t> {
    const std::lock_guard lock(state_->mutex);
    const auto node = state_->tree.find("free space of", path);
    if (!node) return node.error();
    return state_->room();
  });
}

Result<std::unique_ptr<FileLock>> MemoryFileSystem::lock(const fs::path& path, LockMode mode) {
  return guarded([&]() -> Result<std::unique_ptr<FileLock>> {
    const auto guard = state_->begin_change();
    auto node = state_->tree.find("lock", path);
    if (!node) {
      const auto place = state_->tree.place_of("lock", path);
      if (!place) return place.error();
      node = state_->tree.create(*place, FileKind::regular);
    }
    if (Status status = check_regular("lock", path, **node); !status) return std::move(status).error();
    const bool is_free = (*node)->exclusive_locks == 0 && (mode == LockMode::shared || (*node)->shared_locks == 0);
    if (is_free) return std::make_unique<HeldLock>(MemoryHandle(state_, *std::move(node), path), mode);
    return Error(ErrorCode::locked, "lock \"" + path.native() + "\": another holder has it", EWOULDBLOCK);
  });
}

void MemoryFileSystem::set_quota(std::optional<std::uint64_t> bytes) {
  const std::lock_guard lock(state_->mutex);
  state_->quota = bytes;
}

std::uint64_t MemoryFileSystem::changes() const {
  const std::lock_guard lock(state_->mutex);
  return state_->changes;
}

void MemoryFileSystem::on_change(std::function<void(std::uint64_t)> hook) {
  auto shared = hook ? std::make_shared<const std::function<void(std::uint64_t)>>(std::move(hook)) : nullptr;
  const std::lock_guard lock(state_->mutex);
  state_->hook.swap(shared);
}

std::shared_ptr<MemoryFileSystem> MemoryFileSystem::crash_image(std::uint64_t variant) const {
  CrashChoice choice(variant);
  auto state = std::make_shared<State>();
  const std::lock_guard lock(state_->mutex);
  state->tree = state_->tree.after_power_cut(choice);
  state->changes = state_->changes;
  state->quota = state_->quota;
  return std::shared_ptr<MemoryFileSystem>(new MemoryFileSystem(std::move(state)));
}

}  // namespace scaup::test
