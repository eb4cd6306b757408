#include "support/memory_file_system.hpp"

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/file_text.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

namespace fs = std::filesystem;

// The same behaviours on the real and on the memory one.
struct Subject {
  TempFolder folder;
  std::shared_ptr<FileSystem> files;
  fs::path root;

  explicit Subject(bool in_memory) : files(in_memory ? std::make_shared<MemoryFileSystem>() : posix_file_system()) {
    root = in_memory ? fs::path("/t") : folder.path();
    if (in_memory) require_ok(files->create_directory(root));
  }
};

// The calls so far in words, with the errno of each that failed: both file systems must tell the same story.
class Story {
 public:
  template <typename T>
  void add(std::string_view what, const Result<T>& result) {
    text_ += what;
    if (result) text_ += ": ok\n";
    if (!result) text_ += ": " + std::string(to_string(result.error().code())) + " " + number(result.error()) + "\n";
  }
  void add(std::string_view what, std::string_view value) {
    text_ += std::string(what) + " = " + std::string(value) + "\n";
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  static std::string number(const Error& error) { return std::to_string(error.detail()); }
  std::string text_;
};

void tell_writing(FileSystem& files, const fs::path& root, Story& story) {
  auto file = require_ok(files.open_for_write(root / "a", OpenMode::create_new));
  story.add("write with a gap", file->write_at(4, bytes_of("four")));
  story.add("write", file->write_at(0, bytes_of("0")));
  story.add("write nothing", file->write_at(100, {}));
  story.add("size", std::to_string(require_ok(file->size())));
  story.add("preallocate", file->preallocate(100'000));
  story.add("preallocate less", file->preallocate(10));
  story.add("size", std::to_string(require_ok(file->size())));
  story.add("truncate", file->truncate(6));
  story.add("truncate up", file->truncate(9));
  story.add("contents", read(files, root / "a"));
  story.add("write too far", file->write_at(~std::uint64_t{0} - 1, bytes_of("text")));
  story.add("truncate too far", file->truncate(~std::uint64_t{0}));
  story.add("preallocate too far", file->preallocate(~std::uint64_t{0}));
  story.add("sync", file->sync());
  story.add("close", file->close());
  story.add("close again", file->close());
  story.add("late write", file->write_at(0, bytes_of("x")));
  story.add("late sync", file->sync());
  story.add("late size", file->size());
}

void tell_reading(FileSystem& files, const fs::path& root, Story& story) {
  write(files, root / "r", "0123456789");
  const auto file = require_ok(files.open_for_read(root / "r"));
  std::vector<std::byte> out(4);
  for (const std::uint64_t offset : {0U, 8U, 10U, 4096U}) {
    const std::size_t count = require_ok(file->read_at(offset, out));
    story.add("read", text_of(std::span(out).first(count)));
  }
  story.add("read too far", file->read_at(~std::uint64_t{0} - 1, out));
  const auto mapping = require_ok(file->map());
  story.add("remove while open", files.remove(root / "r"));
  story.add("mapped", text_of(*mapping));
  story.add("still readable", std::to_string(require_ok(file->read_at(0, out))));
  story.add("gone", files.open_for_read(root / "r"));
}

void tell_opening(FileSystem& files, const fs::path& root, Story& story) {
  write(files, root / "old", "text");
  require_ok(files.create_directory(root / "sub"));
  story.add("create what is there", files.open_for_write(root / "old", OpenMode::create_new));
  story.add("create over a folder", files.open_for_write(root / "sub", OpenMode::create_new));
  story.add("open what is not", files.open_for_write(root / "new", OpenMode::open_existing));
  story.add("read what is not", files.open_for_read(root / "new"));
  story.add("read a folder", files.open_for_read(root / "sub"));
  story.add("write a folder", files.open_for_write(root / "sub", OpenMode::open_existing));
  story.add("below a file", files.open_for_read(root / "old" / "x"));
  story.add("create below nothing", files.open_for_write(root / "no" / "x", OpenMode::create_new));
  story.add("folder below nothing", files.create_directory(root / "no" / "x"));
  story.add("folder again", files.create_directory(root / "sub"));
  story.add("long name", files.create_directory(root / std::string(256, 'n')));
  story.add("empty path", files.open_for_read(""));
  story.add("path with a zero", files.info(fs::path((root / "old").native() + std::string("\0x", 2))));
  story.add("list a file", files.list(root / "old"));
  story.add("list nothing", files.list(root / "no"));
  story.add("free space of nothing", files.free_space(root / "no"));
  story.add("dots", read(files, root / "sub" / ".." / "." / "old"));
  story.add("names", names_in(files, root));
}

void tell_names(FileSystem& files, const fs::path& root, Story& story) {
  for (const char* folder : {"full", "empty", "moved"}) require_ok(files.create_directory(root / folder));
  write(files, root / "full" / "f", "f");
  write(files, root / "one", "1");
  write(files, root / "two", "2");
  const auto replaced = require_ok(files.open_for_read(root / "two"));
  story.add("replace", files.rename(root / "one", root / "two"));
  story.add("now", read(files, root / "two"));
  std::vector<std::byte> out(4);
  story.add("replaced but open", text_of(std::span(out).first(require_ok(replaced->read_at(0, out)))));
  story.add("rename nothing", files.rename(root / "one", root / "two"));
  story.add("rename to below nothing", files.rename(root / "two", root / "no" / "x"));
  story.add("file over folder", files.rename(root / "two", root / "empty"));
  story.add("folder over file", files.rename(root / "empty", root / "two"));
  story.add("folder over full folder", files.rename(root / "empty", root / "full"));
  story.add("folder over empty folder", files.rename(root / "full", root / "empty"));
  story.add("folder away", files.rename(root / "empty", root / "elsewhere"));
  story.add("inside", read(files, root / "elsewhere" / "f"));
  story.add("onto itself", files.rename(root / "two", root / "two"));
  story.add("into another folder", files.rename(root / "two", root / "moved" / "two"));
  story.add("remove full", files.remove(root / "elsewhere"));
  story.add("remove", files.remove(root / "elsewhere" / "f"));
  story.add("remove empty", files.remove(root / "elsewhere"));
  story.add("remove again", files.remove(root / "elsewhere"));
  story.add("sync folder", files.sync_directory(root));
  story.add("sync file as folder", files.sync_directory(root / "moved" / "two"));
  story.add("sync nothing", files.sync_directory(root / "no"));
  story.add("names", names_in(files, root));
}

void tell_locks(FileSystem& files, const fs::path& root, Story& story) {
  auto held = files.lock(root / "LOCK", LockMode::exclusive);
  story.add("exclusive", held);
  story.add("second exclusive", files.lock(root / "LOCK", LockMode::exclusive));
  story.add("shared beside exclusive", files.lock(root / "LOCK", LockMode::shared));
  held = Error(ErrorCode::internal, "released");
  const auto first = files.lock(root / "LOCK", LockMode::shared);
  story.add("shared", first);
  story.add("shared beside shared", files.lock(root / "LOCK", LockMode::shared));
  story.add("exclusive beside shared", files.lock(root / "LOCK", LockMode::exclusive));
  require_ok(files.create_directory(root / "folder"));
  story.add("a folder", files.lock(root / "folder", LockMode::exclusive));
  story.add("below nothing", files.lock(root / "no" / "LOCK", LockMode::exclusive));
  story.add("names", names_in(files, root));
}

}  // namespace

TEST_CASE("memory files: calls and errors are those of the real file system") {
  using Tell = void (*)(FileSystem&, const fs::path&, Story&);
  const Tell tell = GENERATE(as<Tell>{}, &tell_writing, &tell_reading, &tell_opening, &tell_names, &tell_locks);
  Story stories[2];
  for (const bool in_memory : {false, true}) {
    const Subject subject(in_memory);
    tell(*subject.files, subject.root, stories[in_memory ? 1 : 0]);
  }
  REQUIRE(stories[1].text() == stories[0].text());
}

TEST_CASE("memory files: a mapping is aligned like a page and keeps what it saw") {
  MemoryFileSystem files;
  write(files, "/a", std::string(10'000, 'a'));
  const auto mapping = require_ok(require_ok(files.open_for_read("/a"))->map());
  REQUIRE(reinterpret_cast<std::uintptr_t>(mapping->data()) % 4096 == 0);
  require_ok(require_ok(files.open_for_write("/a", OpenMode::open_existing))->truncate(0));
  REQUIRE(text_of(*mapping) == std::string(10'000, 'a'));
  REQUIRE(require_ok(require_ok(files.open_for_read("/a"))->map())->empty());
}

TEST_CASE("memory files: info tells which file it is, also after a rename, and images are other disks") {
  MemoryFileSystem files;
  write(files, "/a", "12345");
  write(files, "/b", "");
  const FileInfo before = require_ok(files.info("/a"));
  REQUIRE(before.kind == FileKind::regular);
  REQUIRE(before.size == 5);
  REQUIRE(before.inode != require_ok(files.info("/b")).inode);
  require_ok(files.rename("/a", "/c"));
  REQUIRE(require_ok(files.info("/c")).inode == before.inode);
  REQUIRE(require_ok(files.info("/c")).device == before.device);
  REQUIRE(require_ok(files.crash_image(1)->info("/c")).device != before.device);
}

TEST_CASE("memory files: a quota refuses growth with ENOSPC, after what fits") {
  MemoryFileSystem files;
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  files.set_quota(1000);
  require_ok(file->write_at(0, bytes_of(std::string(600, 'a'))));
  REQUIRE(require_ok(files.free_space("/")) == 400);
  const auto full = file->write_at(500, bytes_of(std::string(600, 'b')));
  require_error(full, ErrorCode::io, {"write", "/a"});
  REQUIRE(full.error().detail() == ENOSPC);
  REQUIRE(read(files, "/a") == std::string(500, 'a') + std::string(500, 'b'));
  REQUIRE(file->preallocate(1001).error().detail() == ENOSPC);
  REQUIRE(file->truncate(1001).error().detail() == ENOSPC);
  require_ok(file->write_at(0, bytes_of("inside")));
  require_ok(file->truncate(10));
  REQUIRE(require_ok(files.free_space("/")) == 990);
  require_ok(files.remove("/a"));
  REQUIRE(require_ok(files.free_space("/")) == 1000);
}

TEST_CASE("memory files: the hook hears of each change before it happens, by number") {
  MemoryFileSystem files;
  std::vector<std::string> seen;
  files.on_change([&](std::uint64_t number) { seen.push_back(std::to_string(number) + read_or_dash(files, "/a")); });
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  require_ok(file->write_at(0, bytes_of("x")));
  require_ok(file->sync());
  REQUIRE(seen == std::vector<std::string>{"1-", "2", "3x"});
  files.on_change({});
  require_ok(files.remove("/a"));
  REQUIRE(files.changes() == 4);
  REQUIRE(seen.size() == 3);
}

TEST_CASE("memory files: many threads work at once") {
  MemoryFileSystem files;
  std::vector<std::jthread> threads;
  for (const char* name : {"/a", "/b", "/c"}) {
    threads.emplace_back([&files, name] {
      auto file = files.open_for_write(name, OpenMode::create_new);
      for (std::uint64_t at = 0; at < 200; ++at) {
        static_cast<void>((*file)->write_at(at * 8, bytes_of("12345678")));
        static_cast<void>((*file)->sync());
        static_cast<void>(files.crash_image(at)->list("/"));
      }
    });
  }
  threads.clear();
  for (const char* name : {"/a", "/b", "/c"}) REQUIRE(read(files, name).size() == 1600);
}
