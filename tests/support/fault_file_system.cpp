#include "support/fault_file_system.hpp"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "base/posix_file.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

namespace fs = std::filesystem;

// The plan and the counters, which the file system shares with its open files.
class FaultFileSystem::Control {
 public:
  using Hook = std::function<void(CallKind, const fs::path&)>;

  // Counts a call; returns the plan if it is to fail.
  [[nodiscard]] std::optional<FaultPlan> begin(CallKind kind, const fs::path& path) {
    const auto [fault, hook] = count(kind);
    if (hook) (*hook)(kind, path);
    return fault;
  }

  // The same, for calls of which nothing happens when they fail.
  [[nodiscard]] Status admit(CallKind kind, std::string_view operation, const fs::path& path) {
    const auto fault = begin(kind, path);
    if (!fault) return {};
    return posix_error(operation, path, fault->error);
  }

  void set_plan(FaultPlan plan) {
    const std::lock_guard lock(mutex_);
    plan_ = std::move(plan);
    calls_ = {};
    chosen_calls_ = failures_ = 0;
  }

  void set_hook(std::shared_ptr<const Hook> hook) {
    const std::lock_guard lock(mutex_);
    hook_.swap(hook);
  }

  [[nodiscard]] std::array<std::uint64_t, kCallKinds> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  [[nodiscard]] std::uint64_t failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  [[nodiscard]] std::pair<std::optional<FaultPlan>, std::shared_ptr<const Hook>> count(CallKind kind) {
    const std::lock_guard lock(mutex_);
    ++calls_.at(static_cast<std::size_t>(kind));
    if (!plan_.kinds.empty() && std::ranges::count(plan_.kinds, kind) == 0) return {std::nullopt, hook_};
    ++chosen_calls_;
    const bool is_late = plan_.repeat == Repeat::from_then_on && chosen_calls_ > plan_.call;
    if (plan_.call == 0 || (chosen_calls_ != plan_.call && !is_late)) return {std::nullopt, hook_};
    ++failures_;
    return {plan_, hook_};
  }

  mutable std::mutex mutex_;
  FaultPlan plan_;
  std::array<std::uint64_t, kCallKinds> calls_ = {};
  std::uint64_t chosen_calls_ = 0;
  std::uint64_t failures_ = 0;
  std::shared_ptr<const Hook> hook_;
};

namespace {

using Control = FaultFileSystem::Control;

class FaultReadableFile final : public ReadableFile {
 public:
  FaultReadableFile(std::unique_ptr<ReadableFile> inner, std::shared_ptr<Control> control, fs::path path)
      : inner_(std::move(inner)), control_(std::move(control)), path_(std::move(path)) {}

  Result<std::uint64_t> size() const override {
    if (Status status = control_->admit(CallKind::info, "size of", path_); !status) return status.error();
    return inner_->size();
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (Status status = control_->admit(CallKind::read, "read", path_); !status) return status.error();
    return inner_->read_at(offset, out);
  }

  Result<std::shared_ptr<const std::span<const std::byte>>> map() const override {
    if (Status status = control_->admit(CallKind::map, "map", path_); !status) return status.error();
    return inner_->map();
  }

 private:
  std::unique_ptr<ReadableFile> inner_;
  std::shared_ptr<Control> control_;
  fs::path path_;
};

class FaultWritableFile final : public WritableFile {
 public:
  FaultWritableFile(std::unique_ptr<WritableFile> inner, std::shared_ptr<Control> control, fs::path path)
      : inner_(std::move(inner)), control_(std::move(control)), path_(std::move(path)) {}

  Result<std::uint64_t> size() const override {
    if (Status status = control_->admit(CallKind::info, "size of", path_); !status) return status.error();
    return inner_->size();
  }

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const auto fault = control_->begin(CallKind::write, path_);
    if (!fault) return inner_->write_at(offset, bytes);
    const std::size_t part = bytes.empty() ? 0 : std::min(fault->written_bytes, bytes.size() - 1);
    if (part > 0) {
      if (Status status = inner_->write_at(offset, bytes.first(part)); !status) return status;
    }
    return posix_error("write", path_, fault->error);
  }

  void start_writeback(std::uint64_t offset, std::uint64_t size) noexcept override {
    inner_->start_writeback(offset, size);  // it cannot fail
  }

  Status preallocate(std::uint64_t size) override {
    if (Status status = control_->admit(CallKind::preallocate, "preallocate", path_); !status) return status;
    return inner_->preallocate(size);
  }

  Status truncate(std::uint64_t size) override {
    if (Status status = control_->admit(CallKind::truncate, "truncate", path_); !status) return status;
    return inner_->truncate(size);
  }

  Status sync() override {
    const auto fault = control_->begin(CallKind::sync, path_);
    if (!fault) return inner_->sync();
    auto* const memory = dynamic_cast<MemoryWritableFile*>(inner_.get());
    if (fault->sync_failure == SyncFailure::forget && memory != nullptr) memory->forget_unsynced();
    return posix_error("sync", path_, fault->error);
  }

  // As on Linux, the file is closed even where closing reports an error.
  Status close() override {
    const Status planned = control_->admit(CallKind::close, "close", path_);
    Status closed = inner_->close();
    return planned ? closed : planned;
  }

 private:
  std::unique_ptr<WritableFile> inner_;
  std::shared_ptr<Control> control_;
  fs::path path_;
};

}  // namespace

FaultFileSystem::FaultFileSystem(std::shared_ptr<FileSystem> inner)
    : inner_(std::move(inner)), control_(std::make_shared<Control>()) {}
FaultFileSystem::~FaultFileSystem() = default;

Result<std::unique_ptr<ReadableFile>> FaultFileSystem::open_for_read(const fs::path& path, Links links) const {
  if (Status status = control_->admit(CallKind::open, "open", path); !status) return status.error();
  auto file = inner_->open_for_read(path, links);
  if (!file) return file;
  return std::make_unique<FaultReadableFile>(*std::move(file), control_, path);
}

Result<std::unique_ptr<WritableFile>> FaultFileSystem::open_for_write(const fs::path& path, OpenMode mode) {
  const std::string_view operation = mode == OpenMode::create_new ? "create" : "open for writing";
  if (Status status = control_->admit(CallKind::open, operation, path); !status) return status.error();
  auto file = inner_->open_for_write(path, mode);
  if (!file) return file;
  return std::make_unique<FaultWritableFile>(*std::move(file), control_, path);
}

Result<std::vector<DirectoryEntry>> FaultFileSystem::list(const fs::path& folder) const {
  if (Status status = control_->admit(CallKind::list, "list", folder); !status) return status.error();
  return inner_->list(folder);
}

Result<FileInfo> FaultFileSystem::info(const fs::path& path, Links links) const {
  if (Status status = control_->admit(CallKind::info, "info of", path); !status) return status.error();
  return inner_->info(path, links);
}

Status FaultFileSystem::create_directory(const fs::path& path) {
  if (Status status = control_->admit(CallKind::create_directory, "create folder", path); !status) return status;
  return inner_->create_directory(path);
}

Status FaultFileSystem::rename(const fs::path& from, const fs::path& to) {
  const std::string operation = "rename \"" + from.native() + "\" to";
  if (Status status = control_->admit(CallKind::rename, operation, to); !status) return status;
  return inner_->rename(from, to);
}

Status FaultFileSystem::remove(const fs::path& path) {
  if (Status status = control_->admit(CallKind::remove, "remove", path); !status) return status;
  return inner_->remove(path);
}

Status FaultFileSystem::sync_directory(const fs::path& path) {
  if (Status status = control_->admit(CallKind::sync_directory, "sync folder", path); !status) return status;
  return inner_->sync_directory(path);
}

Result<std::uint64_t> FaultFileSystem::free_space(const fs::path& path) const {
  if (Status status = control_->admit(CallKind::free_space, "free space of", path); !status) return status.error();
  return inner_->free_space(path);
}

Result<std::unique_ptr<FileLock>> FaultFileSystem::lock(const fs::path& path, LockMode mode) {
  if (Status status = control_->admit(CallKind::lock, "lock", path); !status) return status.error();
  return inner_->lock(path, mode);
}

void FaultFileSystem::set_plan(FaultPlan plan) {
  control_->set_plan(std::move(plan));
}

std::uint64_t FaultFileSystem::calls() const {
  const auto calls = control_->calls();
  return std::accumulate(calls.begin(), calls.end(), std::uint64_t{0});
}

std::uint64_t FaultFileSystem::calls(CallKind kind) const {
  return control_->calls().at(static_cast<std::size_t>(kind));
}

std::uint64_t FaultFileSystem::failures() const {
  return control_->failures();
}

void FaultFileSystem::on_call(std::function<void(CallKind, const fs::path&)> hook) {
  control_->set_hook(hook ? std::make_shared<const Control::Hook>(std::move(hook)) : nullptr);
}

}  // namespace scaup::test
