// Section files: what is written reads back, damage is found where it is, and hostile tables are refused.

#include "storage/section_file.hpp"

#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "storage/failing_files.hpp"
#include "storage/log_bytes.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint64_t kChunk = kSectionChunkBytes;

FileIdentity identity_of(std::uint64_t number = 6) {
  FileIdentity identity{.uuid = {}, .collection = 2, .kind = StoreFileKind::checkpoint, .number = number};
  identity.uuid.fill(std::byte{0x11});
  return identity;
}

Bytes random_bytes(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Bytes bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 0xFFU);
  return bytes;
}

struct Part {
  std::uint32_t tag = 0;
  Bytes bytes = {};
};

Result<SectionFileSeal> write_file(FileSystem& files, const std::filesystem::path& path, const std::vector<Part>& parts,
                                   std::size_t piece = 100'000) {
  auto writer = SectionFileWriter::create(files, path, identity_of());
  if (!writer) return writer.error();
  for (const Part& part : parts) {
    if (Status status = (*writer)->begin_section(part.tag); !status) return status.error();
    for (std::size_t at = 0; at < part.bytes.size(); at += piece) {
      const auto some = std::span(part.bytes).subspan(at, std::min(piece, part.bytes.size() - at));
      if (Status status = (*writer)->append(some); !status) return status.error();
    }
    if (Status status = (*writer)->end_section(); !status) return status.error();
  }
  return (*writer)->finish();
}

// A small finished file in memory.
struct SmallSectionFile {
  std::vector<Part> parts = {{1, random_bytes(700, 1)}, {9, {}}, {4, random_bytes(33, 2)}};
  Bytes bytes = {};
  SectionFileSeal seal = {};

  SmallSectionFile() {
    const TempFolder folder;
    seal = require_ok(write_file(*posix_file_system(), folder / "file", parts));
    bytes = file_bytes(folder / "file");
  }
};

Status open_and_verify(std::span<const std::byte> bytes, const std::optional<SectionFileSeal>& seal = {}) {
  const auto file = SectionFile::parse(bytes, "checkpoint-6", identity_of(), seal);
  return file ? (*file)->verify_all(1) : Status(file.error());
}

bool same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::ranges::equal(a, b);
}

// A file with right hashes around a table that says anything.
Bytes file_with_table(const std::vector<SectionEntry>& entries, std::size_t body,
                      std::uint64_t table_offset_change = 0) {
  const std::uint64_t seed = scaup::seed(identity_of());
  const auto header = encode_file_header({.identity = identity_of(), .features = {}});
  Bytes bytes(header.begin(), header.end());
  bytes.resize(std::max(body, bytes.size()));
  const auto table = encode_section_table(entries);
  const auto footer = encode_section_footer(seed, {.table_offset = bytes.size() + table_offset_change,
                                                   .table_size = table.size(),
                                                   .table_hash = section_table_hash(seed, table)});
  bytes.insert(bytes.end(), table.begin(), table.end());
  bytes.insert(bytes.end(), footer.begin(), footer.end());
  return bytes;
}

}  // namespace

TEST_CASE("section file: sections of every size read back, mapped and copied") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const std::vector<Part> parts = {{7, random_bytes(3 * kChunk + 17, 1)},
                                   {1, {}},
                                   {2, random_bytes(1, 2)},
                                   {3, random_bytes(4'096, 3)},
                                   {0, random_bytes(kChunk, 4)},
                                   {0xFFFFFFFF, random_bytes(kChunk - 1, 5)}};
  for (const std::size_t piece : {std::size_t{1'000}, std::size_t{kChunk}, std::size_t{5 * kChunk}}) {
    const SectionFileSeal seal = require_ok(write_file(*files, folder / "f", parts, piece));
    REQUIRE(seal.size == std::filesystem::file_size(folder / "f"));
    for (const Loading loading : {Loading::map, Loading::copy}) {
      const auto file = require_ok(SectionFile::open(*files, folder / "f", identity_of(), seal, loading));
      REQUIRE(file->sections().size() == parts.size());
      for (const Part& part : parts) {
        const Section* section = file->section(part.tag);
        REQUIRE(section != nullptr);
        REQUIRE(same(section->bytes(), part.bytes));
        REQUIRE(reinterpret_cast<std::uintptr_t>(section->bytes().data()) % 64 == 0);
        require_ok(section->verify(0, part.bytes.size()));
      }
      REQUIRE(file->section(5) == nullptr);
      require_ok(file->verify_all(2));
      REQUIRE_FALSE(file->damage().has_value());
    }
    std::filesystem::remove(folder / "f");
  }
}

TEST_CASE("section file: without sections it is a file too") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const SectionFileSeal seal = require_ok(write_file(*files, folder / "f", {}));
  const auto file = require_ok(SectionFile::open(*files, folder / "f", identity_of(), seal, Loading::map));
  REQUIRE(file->sections().empty());
  require_ok(file->verify_all(0));
}

TEST_CASE("section file: every flipped bit is found by opening and full verification") {
  const SmallSectionFile file;
  require_ok(open_and_verify(file.bytes, file.seal));
  for (std::size_t bit = 0; bit < file.bytes.size() * 8; ++bit) {
    Bytes bytes = file.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const Status status = open_and_verify(bytes);
    if (!status && status.error().code() == ErrorCode::corruption) continue;
    INFO("bit " << bit);
    REQUIRE(!status);
    REQUIRE(to_string(status.error().code()) == to_string(ErrorCode::corruption));
  }
}

TEST_CASE("section file: one cut anywhere, or longer, does not open") {
  const SmallSectionFile file;
  for (std::size_t size = 0; size < file.bytes.size(); ++size) {
    require_error(open_and_verify(std::span(file.bytes).first(size)), ErrorCode::corruption, {"checkpoint-6: "});
  }
  Bytes longer = file.bytes;
  longer.resize(longer.size() + 8);
  require_error(open_and_verify(longer), ErrorCode::corruption, {"footer"});
}

TEST_CASE("section file: it must be the very file that was named") {
  const SmallSectionFile file;
  require_error(open_and_verify(file.bytes, SectionFileSeal{file.seal.size + 1, file.seal.footer_hash}),
                ErrorCode::corruption, {"the manifest says"});
  require_error(open_and_verify(file.bytes, SectionFileSeal{file.seal.size, file.seal.footer_hash + 1}),
                ErrorCode::corruption, {"another file than the manifest names"});
  require_error(SectionFile::parse(file.bytes, "x", identity_of(7), {}), ErrorCode::corruption,
                {"checkpoint 6 of collection 2", "checkpoint 7"});
}

TEST_CASE("section file: damage is found in the chunk where it is, and other chunks stay readable") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const std::vector<Part> parts = {{7, random_bytes(3 * kChunk + 17)}};
  const SectionFileSeal seal = require_ok(write_file(*files, folder / "f", parts));
  Bytes bytes = file_bytes(folder / "f");
  bytes[4'096 + kChunk + 5] ^= std::byte{1};
  const auto file = require_ok(SectionFile::parse(bytes, "checkpoint-6", identity_of(), seal));
  const Section& section = *file->section(7);
  require_ok(section.verify(0, kChunk));
  require_ok(section.verify(2 * kChunk, 3 * kChunk + 17));
  require_ok(section.verify(kChunk, kChunk));
  REQUIRE_FALSE(file->damage().has_value());
  const auto parts_of_message = {std::string_view("checkpoint-6: section 7, chunk 1 (bytes 69632 to 135168)")};
  require_error(section.verify(kChunk - 1, kChunk + 1), ErrorCode::corruption, parts_of_message);
  REQUIRE(file->damage().has_value());
  bytes[4'096 + kChunk + 5] ^= std::byte{1};
  require_error(section.verify(kChunk + 9, kChunk + 10), ErrorCode::corruption, parts_of_message);
  require_error(file->verify_all(2), ErrorCode::corruption, parts_of_message);
  require_error(section.verify(0, 9 * kChunk), ErrorCode::corruption);
  require_error(section.verify_chunk(4), ErrorCode::internal);
}

TEST_CASE("section file: a chunk in the place of another does not verify") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const std::vector<Part> parts = {{7, random_bytes(2 * kChunk)}};
  const SectionFileSeal seal = require_ok(write_file(*files, folder / "f", parts));
  Bytes bytes = file_bytes(folder / "f");
  std::swap_ranges(bytes.begin() + 4'096, bytes.begin() + 4'096 + kChunk, bytes.begin() + 4'096 + kChunk);
  const auto file = require_ok(SectionFile::parse(bytes, "x", identity_of(), seal));
  require_error(file->section(7)->verify(0, 1), ErrorCode::corruption, {"chunk 0"});
}

TEST_CASE("section file: many threads verify at once") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const std::vector<Part> parts = {{7, random_bytes(8 * kChunk)}};
  const SectionFileSeal seal = require_ok(write_file(*files, folder / "f", parts));
  Bytes bytes = file_bytes(folder / "f");
  bytes[4'096 + 5 * kChunk] ^= std::byte{1};
  const auto file = require_ok(SectionFile::parse(bytes, "x", identity_of(), seal));
  std::atomic<std::size_t> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint64_t seed_of_thread = 0; seed_of_thread < 4; ++seed_of_thread) {
    threads.emplace_back([&, seed_of_thread] {
      std::mt19937_64 random(seed_of_thread);
      for (int i = 0; i < 2'000; ++i) {
        const std::uint64_t at = random() % (8 * kChunk);
        const bool is_good = file->section(7)->verify(at, at + 1).has_value();
        if (is_good != (at / kChunk != 5)) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(wrong == 0);
}

TEST_CASE("section file: tables with right hashes and hostile contents are refused") {
  const auto refused = [](const std::vector<SectionEntry>& entries, std::size_t body, std::string_view part) {
    require_error(open_and_verify(file_with_table(entries, body)), ErrorCode::corruption, {part});
  };
  const std::uint64_t huge = ~std::uint64_t{0};
  refused({{1, 4'096, 8, {0}}}, 4'104, "section 1, chunk 0");
  refused({{1, 4'096, 8, {}}}, 4'104, "1 chunks, but 0 hashes");
  refused({{1, 4'096, 0, {5}}}, 4'096, "0 chunks, but 1 hashes");
  refused({{1, 4'096, huge, {0}}}, 4'104, "does not fit");
  refused({{1, 4'096, huge - 4'096, {0}}}, 4'104, "does not fit");
  refused({{1, 4'096, 4'096, {0}}}, 4'104, "does not fit");
  refused({{1, 0, 8, {0}}}, 4'104, "begins at 0");
  refused({{1, 8'192, 8, {0}}}, 8'200, "begins at 8192");
  refused({{1, huge, 8, {0}}}, 4'104, "begins at");
  refused({{1, 4'096, 8, {0}}, {2, 4'096, 8, {0}}}, 8'200, "section 2 begins at 4096");
  refused({{1, 4'096, 0, {}}, {1, 4'096, 0, {}}}, 4'096, "section 1 is there twice");
  refused({{1, 4'096, 0, {}}}, 4'104, "where the last section ends");
  refused({}, 4'096, "where the last section ends");
  std::vector<SectionEntry> many;
  for (std::uint32_t tag = 0; tag <= kMaxSections; ++tag) many.push_back({tag, 4'096, 0, {}});
  refused(many, 4'096, "more than 4096 sections");
  require_error(open_and_verify(file_with_table({}, 64, huge - 63)), ErrorCode::corruption, {"table of contents"});
  require_ok(open_and_verify(file_with_table({}, 64)));
}

TEST_CASE("section file writer: whatever fails, no file appears, and the writer stays failed") {
  const TempFolder folder;
  FailingFiles files;
  const std::vector<Part> parts = {{1, random_bytes(700)}};
  for (const std::string_view failing : {"open", "write", "sync", "close", "rename"}) {
    files.fail_when([&](std::string_view call) { return call == failing; });
    require_error(write_file(files, folder / "f", parts), ErrorCode::io, {failing});
    files.fail_when({});
    REQUIRE(std::filesystem::is_empty(folder.path()));
  }
  files.fail_when([](std::string_view call) { return call == "sync_directory"; });
  require_error(write_file(files, folder / "f", parts), ErrorCode::io, {"sync_directory"});
  files.fail_when({});
  folder.write("f.tmp", "left by an earlier attempt");
  require_ok(write_file(files, folder / "f", parts));
  const auto writer = require_ok(SectionFileWriter::create(files, folder / "g", identity_of()));
  require_ok(writer->begin_section(1));
  files.fail_when([](std::string_view call) { return call == "write"; });
  require_error(writer->append(random_bytes(kChunk)), ErrorCode::io);
  files.fail_when({});
  require_error(writer->end_section(), ErrorCode::io, {"write: injected"});
  require_error(writer->finish(), ErrorCode::io, {"write: injected"});
}

TEST_CASE("section file writer: calls out of order are refused") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto refused = [&](const std::function<Status(SectionFileWriter&)>& calls, std::string_view part) {
    const auto writer = require_ok(SectionFileWriter::create(*files, folder / "f", identity_of()));
    require_error(calls(*writer), ErrorCode::internal, {part});
  };
  refused([](auto& writer) { return writer.append(random_bytes(1)); }, "outside of a section");
  refused([](auto& writer) { return writer.end_section(); }, "no section to end");
  refused(
      [](auto& writer) {
        require_ok(writer.begin_section(1));
        return writer.begin_section(2);
      },
      "before the one before it ended");
  refused(
      [](auto& writer) {
        require_ok(writer.begin_section(1));
        require_ok(writer.end_section());
        return writer.begin_section(1);
      },
      "begun twice");
  refused(
      [](auto& writer) {
        require_ok(writer.begin_section(1));
        const auto seal = writer.finish();
        return seal ? Status() : Status(seal.error());
      },
      "inside a section");
}
