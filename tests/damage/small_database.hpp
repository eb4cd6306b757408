#pragma once
// Small closed databases in memory to damage, and all that can be read from one.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scaup/scaup.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

using Files = std::shared_ptr<MemoryFileSystem>;
using Bytes = std::vector<std::byte>;

inline const std::filesystem::path kFolder = "/db";
/// A graph from few documents on, so that there is a graph file.
inline constexpr IndexOptions kSmallIndex = {.graph_from = 16, .links = 4, .ef_construction = 16, .build_threads = 1};
inline constexpr int kDocuments = 40;

[[nodiscard]] Document small_document(int number);
[[nodiscard]] std::vector<Document> small_documents(int begin, int end);

/// Opens `kFolder`.
[[nodiscard]] Database open_small(const Files& files);
/// Adds kDocuments documents, and waits for the graph.
void fill_small(Collection collection);
/// A few writes of every kind: after a checkpoint they are in the log.
void change_small(Collection collection);
/// Cuts the space that logs have reserved to 512 bytes: a log may be like that, and maps much faster.
void cut_reserves(MemoryFileSystem& files);
/// A closed database with the collection "notes": checkpoint, graph, and a log with entries.
[[nodiscard]] Files make_small_database();

/// Every file, in order of path.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const MemoryFileSystem& files);
[[nodiscard]] Bytes read_bytes(const MemoryFileSystem& files, const std::filesystem::path& path);
/// Puts these bytes in place of a file, or makes it.
void put_bytes(MemoryFileSystem& files, const std::filesystem::path& path, const Bytes& bytes);
/// The kind of a file by its name: "log", "checkpoint", "graph", "MANIFEST", "CATALOG", "LOCK".
[[nodiscard]] std::string kind_of(const std::filesystem::path& path);

/// What a collection answers to one question.
struct StoredAnswer {
  std::vector<Document> documents = {};
  std::vector<double> scores = {};
  std::size_t count = 0;

  friend bool operator==(const StoredAnswer&, const StoredAnswer&) = default;
};

inline constexpr std::size_t kQuestions = 8;
/// Everything that can be read, by scan, by id, by filter on metadata and text, by exact query and through the graph.
[[nodiscard]] Result<StoredAnswer> ask(const Collection& collection, std::size_t question);
/// The answers to all questions to all collections, or the first error of opening and asking.
[[nodiscard]] Result<std::vector<StoredAnswer>> read_database(const Database& database);
/// The same after opening `kFolder` with these options.
[[nodiscard]] Result<std::vector<StoredAnswer>> read_files(const Files& files, VerifyLevel verify = VerifyLevel::full,
                                                           Access access = Access::read_only);

/// Whether an error is one that damage may lead to.
[[nodiscard]] bool tells_damage(const Error& error);

}  // namespace scaup::test
