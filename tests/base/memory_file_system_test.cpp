#include "support/memory_file_system.hpp"

#include <cerrno>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/read_file.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::MemoryFileSystem;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kVariants = 400;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string read(const FileSystem& files, const fs::path& path) {
  return text_of(require_ok(read_whole_file(files, path, std::uint64_t{64} << 20U)));
}

// The text of a file; "-" if there is none.
std::string read_or_dash(const FileSystem& files, const fs::path& path) {
  return files.info(path) ? read(files, path) : "-";
}

void write(FileSystem& files, const fs::path& path, std::string_view text) {
  require_ok(require_ok(files.open_for_write(path, OpenMode::create_new))->write_at(0, bytes_of(text)));
}

// A file that is durable with its name.
std::unique_ptr<WritableFile> durable_file(MemoryFileSystem& files, const fs::path& path, std::string_view text) {
  auto file = require_ok(files.open_for_write(path, OpenMode::create_new));
  require_ok(file->write_at(0, bytes_of(text)));
  require_ok(file->sync());
  require_ok(files.sync_directory(path.parent_path()));
  return file;
}

// What `describe` says of each image of the first variants.
template <typename Describe>
std::set<std::string> outcomes(const MemoryFileSystem& files, Describe&& describe) {
  std::set<std::string> found;
  for (std::uint64_t variant = 0; variant < kVariants; ++variant) found.insert(describe(*files.crash_image(variant)));
  return found;
}

// One letter a sector, "0" for zeros, "?" where a sector is not of one kind.
std::string sectors(const std::string& text) {
  std::string letters;
  for (std::size_t at = 0; at < text.size(); at += 512) {
    const std::string sector = text.substr(at, 512);
    const bool is_plain = sector.find_first_not_of(sector[0]) == std::string::npos;
    letters += !is_plain ? '?' : sector[0] == '\0' ? '0' : sector[0];
  }
  return letters;
}

std::string block(char letter, std::size_t count = 1) {
  return std::string(512 * count, letter);
}

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

std::string names_in(const FileSystem& files, const fs::path& folder) {
  std::string names;
  for (const DirectoryEntry& entry : require_ok(files.list(folder))) {
    names += entry.name.string() + (entry.kind == FileKind::directory ? "/ " : " ");
  }
  return names;
}

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

TEST_CASE("power cut: variant 0 loses all that is not synced, variant 1 nothing") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", "old");
  require_ok(file->write_at(0, bytes_of("newer")));
  write(files, "/b", "b");
  REQUIRE(read(*files.crash_image(0), "/a") == "old");
  REQUIRE(names_in(*files.crash_image(0), "/") == "a ");
  REQUIRE(read(*files.crash_image(1), "/a") == "newer");
  REQUIRE(read(*files.crash_image(1), "/b") == "b");
  REQUIRE(read(files, "/a") == "newer");
}

TEST_CASE("power cut: a sync makes bytes durable, a folder's sync the name") {
  MemoryFileSystem files;
  auto file = require_ok(files.open_for_write("/a", OpenMode::create_new));
  require_ok(file->write_at(0, bytes_of("text")));
  SECTION("bytes without a name") {
    require_ok(file->sync());
    REQUIRE(outcomes(files, [](auto& image) { return read_or_dash(image, "/a"); }) ==
            std::set<std::string>{"-", "text"});
  }
  SECTION("a name without bytes") {
    require_ok(files.sync_directory("/"));
    REQUIRE(outcomes(files, [](auto& image) { return read_or_dash(image, "/a"); }) ==
            std::set<std::string>{"", "text", std::string(4, '\0')});
  }
  SECTION("both") {
    require_ok(file->sync());
    require_ok(files.sync_directory("/"));
    REQUIRE(outcomes(files, [](auto& image) { return read_or_dash(image, "/a"); }) == std::set<std::string>{"text"});
  }
}

TEST_CASE("power cut: a write is torn at sectors, in every combination and no other") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A', 3));
  require_ok(file->write_at(0, bytes_of(block('B', 3))));
  REQUIRE(outcomes(files, [](auto& image) { return sectors(read(image, "/a")); }) ==
          std::set<std::string>{"AAA", "AAB", "ABA", "ABB", "BAA", "BAB", "BBA", "BBB"});
}

TEST_CASE("power cut: a later write may be there without an earlier one, but not inside one sector") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A', 2));
  require_ok(file->write_at(0, bytes_of(block('B'))));
  require_ok(file->write_at(512, bytes_of(block('C'))));
  require_ok(file->write_at(0, bytes_of(block('D'))));
  REQUIRE(outcomes(files, [](auto& image) { return sectors(read(image, "/a")); }) ==
          std::set<std::string>{"AA", "AC", "BA", "BC", "DA", "DC"});
  require_ok(file->sync());
  require_ok(file->write_at(0, bytes_of("1")));
  require_ok(file->write_at(5, bytes_of("2")));
  REQUIRE(outcomes(files, [](auto& image) { return read(image, "/a").substr(0, 6); }) ==
          std::set<std::string>{"DDDDDD", "1DDDDD", "1DDDD2"});
}

TEST_CASE("power cut: a grown file has any of its sizes, and zeros where blocks are lost") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A'));
  require_ok(file->write_at(512, bytes_of(block('B'))));
  require_ok(file->preallocate(3 * 512));
  REQUIRE(outcomes(files, [](auto& image) { return sectors(read(image, "/a")); }) ==
          std::set<std::string>{"A", "A0", "AB", "A00", "AB0"});
}

TEST_CASE("power cut: a truncation is lost or kept, and what came before it never returns after it") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A', 2));
  require_ok(file->truncate(512));
  require_ok(file->write_at(512, bytes_of(block('B'))));
  REQUIRE(outcomes(files, [](auto& image) { return sectors(read(image, "/a")); }) ==
          std::set<std::string>{"AA", "AB", "A", "A0"});
}

TEST_CASE("power cut: a rename is all or nothing") {
  MemoryFileSystem files;
  durable_file(files, "/old", "old");
  durable_file(files, "/new", "new");
  require_ok(files.rename("/new", "/old"));
  const auto describe = [](auto& image) { return read_or_dash(image, "/new") + read_or_dash(image, "/old"); };
  REQUIRE(outcomes(files, describe) == std::set<std::string>{"newold", "-new"});
  require_ok(files.sync_directory("/"));
  REQUIRE(outcomes(files, describe) == std::set<std::string>{"-new"});
}

TEST_CASE("power cut: a rename before the sync of the file shows a file without its bytes") {
  MemoryFileSystem files;
  durable_file(files, "/old", "old");
  write(files, "/tmp", "new");
  require_ok(files.rename("/tmp", "/old"));
  require_ok(files.sync_directory("/"));
  REQUIRE(outcomes(files, [](auto& image) { return read_or_dash(image, "/old"); }) ==
          std::set<std::string>{"", "new", std::string(3, '\0')});
}

TEST_CASE("power cut: changes of different names are lost independently, those of one name in order") {
  MemoryFileSystem files;
  durable_file(files, "/a", "a");
  durable_file(files, "/b", "b");
  SECTION("different names") {
    require_ok(files.remove("/a"));
    require_ok(files.remove("/b"));
    REQUIRE(outcomes(files, [](auto& image) { return names_in(image, "/"); }) ==
            std::set<std::string>{"a b ", "a ", "b ", ""});
  }
  SECTION("one name") {
    require_ok(files.rename("/a", "/c"));
    require_ok(files.rename("/c", "/d"));
    require_ok(files.remove("/d"));
    REQUIRE(outcomes(files, [](auto& image) { return names_in(image, "/"); }) ==
            std::set<std::string>{"a b ", "b c ", "b d ", "b "});
  }
}

TEST_CASE("power cut: one folder's sync says nothing of another, but takes a rename whole") {
  MemoryFileSystem files;
  require_ok(files.create_directory("/x"));
  require_ok(files.create_directory("/y"));
  require_ok(files.sync_directory("/"));
  durable_file(files, "/x/a", "a");
  require_ok(files.rename("/x/a", "/y/a"));
  write(files, "/x/b", "");
  const auto describe = [](auto& image) { return names_in(image, "/x") + "|" + names_in(image, "/y"); };
  REQUIRE(outcomes(files, describe) == std::set<std::string>{"a |", "a b |", "|a ", "b |a "});
  require_ok(files.sync_directory("/y"));
  REQUIRE(outcomes(files, describe) == std::set<std::string>{"|a ", "b |a "});
}

TEST_CASE("power cut: a folder whose name is lost takes its files with it") {
  MemoryFileSystem files;
  require_ok(files.create_directory("/x"));
  durable_file(files, "/x/a", "a");
  REQUIRE(outcomes(files, [](auto& image) { return names_in(image, "/"); }) == std::set<std::string>{"", "x/ "});
  REQUIRE(read(*files.crash_image(1), "/x/a") == "a");
}

TEST_CASE("power cut: an image can go on, and lose again, without touching its origin") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A', 20));
  const auto image = files.crash_image(0);
  auto again = require_ok(image->open_for_write("/a", OpenMode::open_existing));
  require_ok(again->write_at(0, bytes_of(block('B', 20))));
  require_ok(file->write_at(0, bytes_of(block('C', 20))));
  REQUIRE(sectors(read(*image, "/a")) == std::string(20, 'B'));
  REQUIRE(sectors(read(*image->crash_image(0), "/a")) == std::string(20, 'A'));
  REQUIRE(sectors(read(files, "/a")) == std::string(20, 'C'));
}

TEST_CASE("power cut: locks do not survive it") {
  MemoryFileSystem files;
  const auto held = require_ok(files.lock("/LOCK", LockMode::exclusive));
  require_ok(files.crash_image(1)->lock("/LOCK", LockMode::exclusive));
}

TEST_CASE("power cut: the same variant of the same history is the same image") {
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", block('A', 64));
  require_ok(file->write_at(0, bytes_of(block('B', 64))));
  for (std::uint64_t variant = 0; variant < 50; ++variant) {
    REQUIRE(read(*files.crash_image(variant), "/a") == read(*files.crash_image(variant), "/a"));
  }
}

TEST_CASE("power cut: what was synced is in every image, whatever came before and after") {
  // Random work on one file, beside the plainest model of what it shows; after a sync every image shows just that.
  std::mt19937_64 random(3);
  MemoryFileSystem files;
  auto file = durable_file(files, "/a", "");
  std::string expected;
  for (int step = 0; step < 400; ++step) {
    const std::uint64_t offset = random() % 20'000;
    if (random() % 6 == 0) {
      expected.resize(offset, '\0');
      require_ok(file->truncate(offset));
    } else {
      const std::string text(random() % 6'000 + 1, static_cast<char>('a' + step % 26));
      expected.resize(std::max(expected.size(), offset + text.size()), '\0');
      expected.replace(offset, text.size(), text);
      require_ok(file->write_at(offset, bytes_of(text)));
    }
    REQUIRE(read(files, "/a") == expected);
    if (random() % 4 != 0) continue;
    require_ok(file->sync());
    for (const std::uint64_t variant : {0U, 1U, 2U, 3U}) REQUIRE(read(*files.crash_image(variant), "/a") == expected);
  }
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

TEST_CASE("power cut: every moment of a store's day can be looked at") {
  // A log that is preallocated to 4 MiB, files put in place by rename: 500 calls, 20 images before each. After a power
  // cut CURRENT names a file that is whole, and the log holds what was synced.
  MemoryFileSystem files;
  auto log = durable_file(files, "/log", "");
  require_ok(log->preallocate(std::uint64_t{4} << 20U));
  require_ok(log->sync());
  std::uint64_t synced = 0;
  std::string current = "-";
  std::string next = "-";
  std::uint64_t images = 0;
  files.on_change([&](std::uint64_t) {
    for (std::uint64_t variant = 0; variant < 20; ++variant, ++images) {
      const auto image = files.crash_image(variant);
      const std::string named = read_or_dash(*image, "/CURRENT");
      if (named != current && named != next) FAIL("CURRENT is " + named);
      if (named != "-" && read(*image, named) != std::string(5'000, named.back())) FAIL(named + " is not whole");
      std::vector<std::byte> bytes(synced);
      require_ok(require_ok(image->open_for_read("/log"))->read_at(0, bytes));
      if (text_of(bytes) != std::string(synced, 'r')) FAIL("the log lost what was synced");
    }
  });
  for (std::uint64_t round = 0; files.changes() < 500; ++round) {
    for (std::uint64_t record = 0; record < 10; ++record) {
      require_ok(log->write_at(synced, bytes_of(std::string(300, 'r'))));
      require_ok(log->sync());
      synced += 300;
    }
    next = "/file" + std::string(1, static_cast<char>('a' + round));
    auto file = require_ok(files.open_for_write(next, OpenMode::create_new));
    require_ok(file->write_at(0, bytes_of(std::string(5'000, next.back()))));
    require_ok(file->sync());
    auto pointer = require_ok(files.open_for_write("/tmp", OpenMode::create_new));
    require_ok(pointer->write_at(0, bytes_of(next)));
    require_ok(pointer->sync());
    require_ok(files.sync_directory("/"));
    require_ok(files.rename("/tmp", "/CURRENT"));
    require_ok(files.sync_directory("/"));
    if (current != "-") require_ok(files.remove(current));
    current = next;
  }
  REQUIRE(images >= 490 * 20);
}
