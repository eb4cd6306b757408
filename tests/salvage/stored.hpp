#pragma once
// Databases in memory as trees of bytes: to damage them, and to compare what came of them.

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scaup/scaup.hpp"
#include "storage/file_header.hpp"
#include "storage/section_file.hpp"
#include "support/catch.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

using Bytes = std::vector<std::byte>;
/// The files below a folder, by their path in it.
using Tree = std::map<std::string, Bytes>;
using Documents = std::map<std::string, Document>;

inline Bytes read_file(const FileSystem& files, const std::filesystem::path& path) {
  const auto mapped = require_ok(require_ok(files.open_for_read(path))->map());
  return {mapped->begin(), mapped->end()};
}

inline void read_tree(const FileSystem& files, const std::filesystem::path& folder, const std::string& below,
                      Tree& tree) {
  for (const DirectoryEntry& entry : require_ok(files.list(folder))) {
    const std::string name = below + entry.name.native();
    if (entry.kind == FileKind::directory) read_tree(files, folder / entry.name, name + "/", tree);
    if (entry.kind == FileKind::regular && name != "LOCK") tree[name] = read_file(files, folder / entry.name);
  }
}

/// All files of the database in "db" but its lock.
inline Tree tree_of(const FileSystem& files) {
  Tree tree;
  read_tree(files, "db", "", tree);
  return tree;
}

/// A file system with these files in "db", all of them durable.
inline std::shared_ptr<MemoryFileSystem> file_system_of(const Tree& tree) {
  auto files = std::make_shared<MemoryFileSystem>();
  const auto make = [&](const std::filesystem::path& folder) {
    if (!files->info(folder)) require_ok(files->create_directory(folder));
  };
  make("db");
  make("db/collections");
  for (const auto& [name, bytes] : tree) {
    const std::filesystem::path path = std::filesystem::path("db") / name;
    make(path.parent_path());
    const auto file = require_ok(files->open_for_write(path, OpenMode::create_new));
    if (!bytes.empty()) require_ok(file->write_at(0, bytes));
  }
  return files->crash_image(1);
}

inline Result<Database> open_database(std::shared_ptr<FileSystem> files, Recovery recovery = Recovery::refuse) {
  return Database::open("db", {.recovery = recovery, .file_system = std::move(files)});
}

inline Documents documents_of(const Collection& collection) {
  Documents documents;
  for (Document& document : require_ok(collection.scan({.limit = 100'000, .with_embeddings = true})).documents) {
    const std::string id = document.id;
    documents.emplace(id, std::move(document));
  }
  return documents;
}

/// The one file of a tree whose path begins so.
inline std::string only_file(const Tree& tree, const std::string& prefix) {
  std::vector<std::string> found;
  for (const auto& [name, bytes] : tree) {
    if (name.starts_with(prefix)) found.push_back(name);
  }
  REQUIRE(found.size() == 1);
  return found[0];
}

/// The offset and the size of a section of a checkpoint.
struct Extent {
  std::size_t begin = 0;
  std::size_t end = 0;
};
inline Extent section_extent(const Bytes& checkpoint, std::uint32_t tag) {
  const FileIdentity identity = require_ok(decode_file_header(checkpoint, "checkpoint")).identity;
  const auto file = require_ok(SectionFile::parse(checkpoint, "checkpoint", identity, std::nullopt));
  const Section* const section = file->section(tag);
  REQUIRE(section != nullptr);
  const auto begin = static_cast<std::size_t>(section->offset());
  return {begin, begin + section->bytes().size()};
}

inline void flip(Bytes& bytes, std::size_t offset) {
  bytes.at(offset) ^= std::byte{1};
}

/// What a collection that was opened with salvage reported.
inline CollectionRecovery recovery_of(const Database& database, const std::string& collection) {
  for (const CollectionRecovery& recovery : database.recoveries()) {
    if (recovery.collection == collection) return recovery;
  }
  FAIL("no report of collection " << collection);
  return {};
}

/// Whether a database is whole and takes writes.
inline void require_healthy(const std::shared_ptr<MemoryFileSystem>& files, const std::string& collection,
                            std::size_t dimension) {
  const VerifyReport report = require_ok(Database::verify("db", {.file_system = files}));
  for (const LostRange& range : report.damage) UNSCOPED_INFO(range.file << ": " << range.reason);
  REQUIRE(report.ok());
  Database database = require_ok(open_database(files));
  Collection found = require_ok(database.get_collection(collection));
  const std::size_t before = require_ok(found.count());
  require_ok(found.add({{.id = "new one", .text = "x", .embedding = std::vector<float>(dimension, 1.0F)}}));
  REQUIRE(require_ok(found.count()) == before + 1);
  require_ok(found.remove({"new one"}));
  require_ok(database.close());
}

}  // namespace scaup::test
