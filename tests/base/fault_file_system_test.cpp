#include "support/fault_file_system.hpp"

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/file_text.hpp"
#include "support/memory_file_system.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

namespace fs = std::filesystem;

struct Step {
  CallKind kind;
  Status status;
};

template <typename T>
Status status_of(const Result<T>& result) {
  return result ? Status() : Status(result.error());
}

// Writes a file in all ways there are; stops at the first failure and tells which call it was.
Step write_file(FaultFileSystem& files, const fs::path& folder) {
  auto file = files.open_for_write(folder / "tmp", OpenMode::create_new);
  if (!file) return {CallKind::open, file.error()};
  if (Status status = (*file)->preallocate(100); !status) return {CallKind::preallocate, status};
  if (Status status = (*file)->write_at(0, bytes_of("text")); !status) return {CallKind::write, status};
  if (Status status = (*file)->truncate(4); !status) return {CallKind::truncate, status};
  if (auto size = (*file)->size(); !size) return {CallKind::info, size.error()};
  if (Status status = (*file)->sync(); !status) return {CallKind::sync, status};
  if (Status status = (*file)->close(); !status) return {CallKind::close, status};
  if (Status status = files.rename(folder / "tmp", folder / "file"); !status) return {CallKind::rename, status};
  return {CallKind::sync_directory, files.sync_directory(folder)};
}

// Looks at it in all ways there are, and removes it.
Step read_file(FaultFileSystem& files, const fs::path& folder) {
  const auto file = files.open_for_read(folder / "file");
  if (!file) return {CallKind::open, file.error()};
  std::vector<std::byte> out(4);
  if (auto size = (*file)->size(); !size) return {CallKind::info, size.error()};
  if (auto count = (*file)->read_at(0, out); !count) return {CallKind::read, count.error()};
  if (auto mapping = (*file)->map(); !mapping) return {CallKind::map, mapping.error()};
  if (auto info = files.info(folder / "file"); !info) return {CallKind::info, info.error()};
  if (auto entries = files.list(folder); !entries) return {CallKind::list, entries.error()};
  if (auto space = files.free_space(folder); !space) return {CallKind::free_space, space.error()};
  if (auto lock = files.lock(folder / "LOCK", LockMode::shared); !lock) return {CallKind::lock, lock.error()};
  if (Status status = files.create_directory(folder / "sub"); !status) return {CallKind::create_directory, status};
  return {CallKind::remove, files.remove(folder / "file")};
}

Step run_all(FaultFileSystem& files, const fs::path& folder) {
  if (Step step = write_file(files, folder); !step.status) return step;
  return read_file(files, folder);
}

}  // namespace

TEST_CASE("faults: each call fails in its turn with the errno asked for, until none is left") {
  const bool in_memory = GENERATE(true, false);
  const int error = GENERATE(EIO, ENOSPC, EDQUOT, EROFS);
  std::set<CallKind> failed;
  std::uint64_t call = 1;
  for (;; ++call) {
    const TempFolder folder;
    const std::shared_ptr<FileSystem> memory = std::make_shared<MemoryFileSystem>();
    FaultFileSystem files(in_memory ? memory : posix_file_system());
    files.set_plan({.call = call, .error = error});
    const Step step = run_all(files, in_memory ? fs::path("/") : folder.path());
    if (files.failures() == 0) {
      require_ok(step.status);
      REQUIRE(files.calls() == call - 1);
      break;
    }
    require_error(step.status, ErrorCode::io);
    REQUIRE(step.status.error().detail() == error);
    REQUIRE(files.calls() == call);
    failed.insert(step.kind);
  }
  REQUIRE(failed.size() == kCallKinds);
}

TEST_CASE("faults: a plan for some kinds counts those alone, once or from then on") {
  FaultFileSystem files(std::make_shared<MemoryFileSystem>());
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  files.set_plan({.call = 2, .repeat = repeat, .kinds = {CallKind::write, CallKind::sync}});
  require_ok(file->write_at(0, bytes_of("a")));
  require_ok(file->truncate(1));
  require_error(file->sync(), ErrorCode::io, {"sync", "/a"});
  REQUIRE(file->write_at(0, bytes_of("b")).has_value() == (repeat == Repeat::once));
  require_ok(files.sync_directory("/"));
  REQUIRE(files.failures() == (repeat == Repeat::once ? 1U : 2U));
  REQUIRE(files.calls() == 5);
  REQUIRE(files.calls(CallKind::write) == 2);
  files.set_plan({});
  require_ok(file->write_at(0, bytes_of("c")));
  REQUIRE(files.calls() == 1);
}

TEST_CASE("faults: a failing write puts only the part that was asked for") {
  const auto memory = std::make_shared<MemoryFileSystem>();
  FaultFileSystem files(memory);
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  const auto [asked, there] = GENERATE(table<std::size_t, std::string>({{0, ""}, {3, "tex"}, {100, "tex"}}));
  files.set_plan({.call = 1, .error = ENOSPC, .written_bytes = asked});
  REQUIRE(file->write_at(0, bytes_of("text")).error().detail() == ENOSPC);
  REQUIRE(read(*memory, "/a") == there);
}

TEST_CASE("faults: a failed call has not happened") {
  const auto memory = std::make_shared<MemoryFileSystem>();
  FaultFileSystem files(memory);
  require_ok(files.open_for_write("/a", OpenMode::create_new));
  files.set_plan({.call = 1, .repeat = Repeat::from_then_on});
  require_error(files.rename("/a", "/b"), ErrorCode::io, {"/a", "/b"});
  require_error(files.remove("/a"), ErrorCode::io);
  require_error(files.open_for_write("/c", OpenMode::create_new), ErrorCode::io);
  require_error(files.lock("/d", LockMode::exclusive), ErrorCode::io);
  REQUIRE(require_ok(memory->list("/")).size() == 1);
  require_ok(memory->info("/a"));
}

TEST_CASE("faults: after a failed sync that forgets, a later sync succeeds and the bytes are still lost") {
  const auto memory = std::make_shared<MemoryFileSystem>();
  FaultFileSystem files(memory);
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  require_ok(file->write_at(0, bytes_of("old")));
  require_ok(file->sync());
  require_ok(files.sync_directory("/"));
  require_ok(file->write_at(0, bytes_of("newer")));
  const SyncFailure sync_failure = GENERATE(SyncFailure::forget, SyncFailure::keep);
  files.set_plan({.call = 1, .kinds = {CallKind::sync}, .sync_failure = sync_failure});
  require_error(file->sync(), ErrorCode::io);
  require_ok(file->sync());
  REQUIRE(read(*memory, "/a") == "newer");
  for (const std::uint64_t variant : {0U, 2U, 3U}) {
    REQUIRE(read(*memory->crash_image(variant), "/a") == (sync_failure == SyncFailure::forget ? "old" : "newer"));
  }
  REQUIRE(read(*memory->crash_image(1), "/a") == "newer");
  require_ok(file->write_at(6, bytes_of("!")));
  require_ok(file->sync());
  const std::string durable =
      sync_failure == SyncFailure::forget ? std::string("old\0\0\0!", 7) : std::string("newer\0!", 7);
  REQUIRE(read(*memory->crash_image(0), "/a") == durable);
}

TEST_CASE("faults: the hook hears of each call before it") {
  FaultFileSystem files(std::make_shared<MemoryFileSystem>());
  std::vector<std::pair<CallKind, fs::path>> heard;
  files.on_call([&](CallKind kind, const fs::path& path) { heard.emplace_back(kind, path); });
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  require_ok(file->sync());
  files.on_call({});
  require_ok(file->close());
  REQUIRE(heard == std::vector<std::pair<CallKind, fs::path>>{{CallKind::open, "/a"}, {CallKind::sync, "/a"}});
}
