#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/read_file.hpp"
#include "scaup/file_system.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string read(const FileSystem& files, const fs::path& path) {
  return text_of(require_ok(read_whole_file(files, path, 1 << 20)));
}

mode_t mode_of(const fs::path& path) {
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

// How many descriptors this process has open.
std::ptrdiff_t open_descriptors() {
  return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

}  // namespace

TEST_CASE("files: what is written at offsets is read back, with zeros in the gaps") {
  const TempFolder folder;
  const auto files = posix_file_system();
  auto file = require_ok(files->open_for_write(folder / "a", OpenMode::create_new));
  require_ok(file->write_at(4, bytes_of("four")));
  require_ok(file->write_at(0, bytes_of("0")));
  require_ok(file->write_at(0, {}));
  REQUIRE(require_ok(file->size()) == 8);
  require_ok(file->sync());
  require_ok(file->close());
  REQUIRE(read(*files, folder / "a") == std::string("0\0\0\0four", 8));
}

TEST_CASE("files: a read gives less than asked only at the end") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto file = require_ok(files->open_for_read(folder.write("a", "0123456789")));
  std::vector<std::byte> out(4);
  REQUIRE(require_ok(file->read_at(0, out)) == 4);
  REQUIRE(text_of(out) == "0123");
  REQUIRE(require_ok(file->read_at(8, out)) == 2);
  REQUIRE(text_of(out).substr(0, 2) == "89");
  REQUIRE(require_ok(file->read_at(10, out)) == 0);
  REQUIRE(require_ok(file->read_at(std::uint64_t{1} << 40, out)) == 0);
  REQUIRE(require_ok(file->read_at(0, {})) == 0);
  REQUIRE(require_ok(file->size()) == 10);
}

TEST_CASE("files: offsets that the system cannot name are errors") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto reading = require_ok(files->open_for_read(folder.write("a", "text")));
  std::vector<std::byte> out(4);
  require_error(reading->read_at(~std::uint64_t{0} - 1, out), ErrorCode::io);
  const auto writing = require_ok(files->open_for_write(folder / "a", OpenMode::open_existing));
  require_error(writing->write_at(~std::uint64_t{0} - 1, out), ErrorCode::io);
  require_error(writing->truncate(~std::uint64_t{0}), ErrorCode::io);
  require_error(writing->preallocate(~std::uint64_t{0}), ErrorCode::io);
  REQUIRE(read(*files, folder / "a") == "text");
}

TEST_CASE("files: create_new refuses what is there, open_existing what is not") {
  const TempFolder folder;
  const auto files = posix_file_system();
  folder.write("old", "text");
  const auto taken = files->open_for_write(folder / "old", OpenMode::create_new);
  require_error(taken, ErrorCode::already_exists, {"create", "old"});
  REQUIRE(taken.error().detail() == EEXIST);
  const auto missing = files->open_for_write(folder / "new", OpenMode::open_existing);
  require_error(missing, ErrorCode::not_found, {"open for writing", "new"});
  REQUIRE(missing.error().detail() == ENOENT);
  require_error(files->open_for_read(folder / "new"), ErrorCode::not_found);
  REQUIRE_FALSE(fs::exists(folder / "new"));
  require_ok(files->open_for_write(folder / "old", OpenMode::open_existing));
  REQUIRE(read(*files, folder / "old") == "text");
}

TEST_CASE("files: what is created belongs to its owner alone") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const mode_t before = umask(0);
  require_ok(files->open_for_write(folder / "file", OpenMode::create_new));
  require_ok(files->create_directory(folder / "sub"));
  require_ok(files->lock(folder / "lock", LockMode::exclusive));
  umask(before);
  REQUIRE(mode_of(folder / "file") == 0600);
  REQUIRE(mode_of(folder / "sub") == 0700);
  REQUIRE(mode_of(folder / "lock") == 0600);
}

TEST_CASE("files: preallocate and truncate change the size and keep the contents") {
  const TempFolder folder;
  const auto files = posix_file_system();
  auto file = require_ok(files->open_for_write(folder / "a", OpenMode::create_new));
  require_ok(file->preallocate(0));
  REQUIRE(require_ok(file->size()) == 0);
  require_ok(file->write_at(0, bytes_of("text")));
  require_ok(file->preallocate(100'000));
  REQUIRE(require_ok(file->size()) == 100'000);
  require_ok(file->preallocate(10));
  REQUIRE(require_ok(file->size()) == 100'000);
  require_ok(file->truncate(4));
  REQUIRE(read(*files, folder / "a") == "text");
  require_ok(file->truncate(6));
  REQUIRE(read(*files, folder / "a") == std::string("text\0\0", 6));
}

TEST_CASE("files: a closed file refuses work, and closing twice is harmless") {
  const TempFolder folder;
  const auto files = posix_file_system();
  auto file = require_ok(files->open_for_write(folder / "a", OpenMode::create_new));
  require_ok(file->close());
  require_ok(file->close());
  const auto late = file->write_at(0, bytes_of("text"));
  require_error(late, ErrorCode::io);
  REQUIRE(late.error().detail() == EBADF);
}

TEST_CASE("files: a mapping shows the whole file, and outlives the file") {
  const TempFolder folder;
  const auto files = posix_file_system();
  auto file = require_ok(files->open_for_read(folder.write("a", "mapped text")));
  const auto mapping = require_ok(file->map());
  file.reset();
  require_ok(files->remove(folder / "a"));
  REQUIRE(text_of(*mapping) == "mapped text");
}

TEST_CASE("files: an empty file maps to nothing") {
  const TempFolder folder;
  const auto file = require_ok(posix_file_system()->open_for_read(folder.write("a", "")));
  REQUIRE(require_ok(file->map())->empty());
}

TEST_CASE("files: only regular files are opened, and nothing waits") {
  const TempFolder folder;
  const auto files = posix_file_system();
  require_ok(files->create_directory(folder / "sub"));
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const auto directory = files->open_for_read(folder / "sub");
  require_error(directory, ErrorCode::io, {"open", "sub"});
  REQUIRE(directory.error().detail() == EISDIR);
  require_error(files->open_for_read(folder / "fifo"), ErrorCode::io, {"not a regular file"});
  require_error(files->open_for_write(folder / "fifo", OpenMode::open_existing), ErrorCode::io);
  require_error(files->open_for_write(folder / "sub", OpenMode::open_existing), ErrorCode::io);
  require_error(files->open_for_read("/dev/null"), ErrorCode::io);
  require_error(files->lock(folder / "fifo", LockMode::exclusive), ErrorCode::io);
}

TEST_CASE("files: links are followed or refused as asked") {
  const TempFolder folder;
  const auto files = posix_file_system();
  folder.write("target", "text");
  fs::create_symlink("target", folder / "link");
  REQUIRE(read(*files, folder / "link") == "text");
  const auto refused = files->open_for_read(folder / "link", Links::refuse);
  require_error(refused, ErrorCode::io);
  REQUIRE(refused.error().detail() == ELOOP);
  REQUIRE(require_ok(files->info(folder / "link")).kind == FileKind::regular);
  REQUIRE(require_ok(files->info(folder / "link", Links::refuse)).kind == FileKind::link);
  require_error(files->lock(folder / "link", LockMode::exclusive), ErrorCode::io);
}

TEST_CASE("files: a path with a zero in it is refused, not shortened") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const fs::path good = folder.write("keep", "text");
  const fs::path bad = good.native() + std::string("\0.tmp", 5);
  require_error(files->open_for_read(bad), ErrorCode::io);
  require_error(files->remove(bad), ErrorCode::io);
  require_error(files->rename(good, bad), ErrorCode::io);
  require_error(files->rename(bad, folder / "other"), ErrorCode::io);
  require_error(files->info(bad), ErrorCode::io);
  require_error(files->create_directory(bad), ErrorCode::io);
  REQUIRE(read(*files, good) == "text");
}

TEST_CASE("files: a folder is listed by name, links not followed") {
  const TempFolder folder;
  const auto files = posix_file_system();
  for (const char* name : {"b", "a", "B", "a.b", "\xC3\xA9", ".hidden"}) folder.write(name, "");
  fs::create_directory(folder / "sub");
  fs::create_symlink("nowhere", folder / "link");
  REQUIRE(mkfifo((folder / "fifo").c_str(), 0600) == 0);
  const auto entries = require_ok(files->list(folder.path()));
  std::vector<std::string> names;
  for (const DirectoryEntry& entry : entries) names.push_back(entry.name.string());
  REQUIRE(names == std::vector<std::string>{".hidden", "B", "a", "a.b", "b", "fifo", "link", "sub", "\xC3\xA9"});
  REQUIRE(entries[2].kind == FileKind::regular);
  REQUIRE(entries[5].kind == FileKind::other);
  REQUIRE(entries[6].kind == FileKind::link);
  REQUIRE(entries[7].kind == FileKind::directory);
}

TEST_CASE("files: listing what is no folder is an error") {
  const TempFolder folder;
  const auto files = posix_file_system();
  require_error(files->list(folder / "missing"), ErrorCode::not_found);
  const auto file = files->list(folder.write("file", ""));
  require_error(file, ErrorCode::io);
  REQUIRE(file.error().detail() == ENOTDIR);
}

TEST_CASE("files: info tells size, time and identity") {
  const TempFolder folder;
  const auto files = posix_file_system();
  folder.write("a", "12345");
  fs::create_hard_link(folder / "a", folder / "same");
  folder.write("b", "");
  const FileInfo info = require_ok(files->info(folder / "a"));
  const FileInfo same = require_ok(files->info(folder / "same"));
  const FileInfo other = require_ok(files->info(folder / "b"));
  REQUIRE(info.size == 5);
  REQUIRE(info.device == same.device);
  REQUIRE(info.inode == same.inode);
  REQUIRE(info.inode != other.inode);
  const timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 86400, .tv_nsec = 500'000'000}};
  REQUIRE(utimensat(AT_FDCWD, (folder / "a").c_str(), times, 0) == 0);
  REQUIRE(require_ok(files->info(folder / "a")).modified.time_since_epoch() == std::chrono::milliseconds(86'400'500));
  require_error(files->info(folder / "missing"), ErrorCode::not_found);
}

TEST_CASE("files: a rename replaces the old file in one step") {
  const TempFolder folder;
  const auto files = posix_file_system();
  require_ok(files->rename(folder.write("new", "new"), folder.write("old", "old")));
  REQUIRE(read(*files, folder / "old") == "new");
  REQUIRE_FALSE(fs::exists(folder / "new"));
  require_error(files->rename(folder / "new", folder / "old"), ErrorCode::not_found, {"new", "old"});
  require_ok(files->sync_directory(folder.path()));
  require_error(files->sync_directory(folder / "old"), ErrorCode::io);
}

TEST_CASE("files: files and empty folders are removed, full folders are not") {
  const TempFolder folder;
  const auto files = posix_file_system();
  folder.write("sub/file", "");
  const auto full = files->remove(folder / "sub");
  require_error(full, ErrorCode::io);
  REQUIRE(full.error().detail() == ENOTEMPTY);
  require_ok(files->remove(folder / "sub/file"));
  require_ok(files->remove(folder / "sub"));
  REQUIRE_FALSE(fs::exists(folder / "sub"));
  require_error(files->remove(folder / "sub"), ErrorCode::not_found);
  fs::create_symlink(folder.write("target", ""), folder / "link");
  require_ok(files->remove(folder / "link"));
  REQUIRE(fs::exists(folder / "target"));
}

TEST_CASE("files: a folder that is there is not created again") {
  const TempFolder folder;
  const auto files = posix_file_system();
  require_ok(files->create_directory(folder / "sub"));
  require_error(files->create_directory(folder / "sub"), ErrorCode::already_exists);
  require_error(files->create_directory(folder / "no/sub"), ErrorCode::not_found);
}

TEST_CASE("files: free space is more than nothing where there is a disk") {
  const TempFolder folder;
  REQUIRE(require_ok(posix_file_system()->free_space(folder.path())) > 0);
  require_error(posix_file_system()->free_space(folder / "missing"), ErrorCode::not_found);
}

TEST_CASE("files: locks exclude each other inside one process too") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const fs::path path = folder / "lock";
  SECTION("exclusive against both") {
    const auto held = require_ok(files->lock(path, LockMode::exclusive));
    require_error(files->lock(path, LockMode::exclusive), ErrorCode::locked, {"lock"});
    require_error(files->lock(path, LockMode::shared), ErrorCode::locked);
  }
  SECTION("shared with shared") {
    const auto first = require_ok(files->lock(path, LockMode::shared));
    const auto second = require_ok(files->lock(path, LockMode::shared));
    require_error(files->lock(path, LockMode::exclusive), ErrorCode::locked);
  }
  require_ok(files->lock(path, LockMode::exclusive));
  REQUIRE(fs::exists(path));
}

TEST_CASE("files: a lock is free again even while a forked child has a copy of its descriptor") {
  const TempFolder folder;
  const auto files = posix_file_system();
  int gate[2] = {-1, -1};
  REQUIRE(pipe(gate) == 0);
  auto held = require_ok(files->lock(folder / "lock", LockMode::exclusive));
  const pid_t child = fork();
  if (child == 0) {  // waits until the parent has looked
    ::close(gate[1]);
    char end = 0;
    _exit(::read(gate[0], &end, 1) == 0 ? 0 : 1);
  }
  REQUIRE(child > 0);
  held.reset();
  const bool free = files->lock(folder / "lock", LockMode::exclusive).has_value();
  ::close(gate[0]);
  ::close(gate[1]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(free);
}

TEST_CASE("files: no descriptor stays open, and none is inherited by other programs") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const std::ptrdiff_t before = open_descriptors();
  {
    const auto writing = require_ok(files->open_for_write(folder / "a", OpenMode::create_new));
    const auto reading = require_ok(files->open_for_read(folder / "a"));
    const auto lock = require_ok(files->lock(folder / "lock", LockMode::shared));
    REQUIRE(open_descriptors() == before + 3);
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      const int number = std::stoi(entry.path().filename().string());
      std::error_code gone;
      if (!fs::read_symlink(entry.path(), gone).native().starts_with(folder.path().native())) continue;
      REQUIRE((fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    }
    static_cast<void>(files->list(folder.path()));
    static_cast<void>(files->open_for_read(folder.path()));
    static_cast<void>(files->lock(folder.path(), LockMode::shared));
    static_cast<void>(files->sync_directory(folder.path()));
  }
  REQUIRE(open_descriptors() == before);
}

TEST_CASE("read_whole_file: reads up to the limit and not a byte more") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const fs::path path = folder.write("a", "12345");
  REQUIRE(text_of(require_ok(read_whole_file(*files, path, 5))) == "12345");
  require_error(read_whole_file(*files, path, 4), ErrorCode::invalid_argument, {"5 bytes", "at most 4"});
  REQUIRE(require_ok(read_whole_file(*files, folder.write("empty", ""), 0)).empty());
  REQUIRE(text_of(require_ok(read_whole_file(*files, path, ~std::uint64_t{0}))) == "12345");
  require_error(read_whole_file(*files, folder / "missing", 5), ErrorCode::not_found);
}

TEST_CASE("read_whole_file: a file whose size is not known before is read whole, within the limit") {
  const auto files = posix_file_system();  // files of /proc say that they are empty
  REQUIRE(require_ok(files->info("/proc/self/status")).size == 0);
  const std::string status = text_of(require_ok(read_whole_file(*files, "/proc/self/status", 1 << 20)));
  REQUIRE(status.find("VmRSS") != std::string::npos);
  require_error(read_whole_file(*files, "/proc/self/status", 100), ErrorCode::invalid_argument, {"at most 100"});
}
