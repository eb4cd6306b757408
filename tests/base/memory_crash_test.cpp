// What a power cut leaves of a MemoryFileSystem: hand-made histories whose legal outcomes can be listed.

#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/file_text.hpp"
#include "support/memory_file_system.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint64_t kVariants = 400;

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

}  // namespace

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

TEST_CASE("power cut: a durable rename has what it needs of other folders, and the file never has both names") {
  MemoryFileSystem files;
  require_ok(files.create_directory("/x"));
  require_ok(files.create_directory("/y"));
  require_ok(files.sync_directory("/"));
  write(files, "/x/a", "");
  require_ok(files.rename("/x/a", "/y/a"));
  require_ok(files.sync_directory("/y"));
  const auto describe = [](auto& image) { return names_in(image, "/x") + "|" + names_in(image, "/y"); };
  REQUIRE(outcomes(files, describe) == std::set<std::string>{"|a "});
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
