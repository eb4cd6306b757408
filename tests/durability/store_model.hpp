#pragma once
// What a database should hold: a plain model, the operations of a scenario on both, and how to compare the two.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "scaup/scaup.hpp"

namespace scaup::test {

struct CollectionModel {
  std::size_t embedder = 0;  ///< index for `test_embedder`
  std::map<std::string, Document> documents = {};

  friend bool operator==(const CollectionModel&, const CollectionModel&) = default;
};
using StoreModel = std::map<std::string, CollectionModel>;

inline const std::filesystem::path kStoreFolder = "/db";
inline constexpr std::size_t kTestEmbedders = 2;
[[nodiscard]] std::shared_ptr<const Embedder> test_embedder(std::size_t index);

enum class Action : std::uint8_t {
  add,
  upsert,
  exchange,
  update,
  remove_ids,
  remove_filter,
  create,
  drop,
  reembed,
  checkpoint,
  reopen,
};

/// One call of the public API. Documents carry the ids, and for `update` the metadata, to write.
struct Operation {
  Action action = Action::upsert;
  std::string collection = {};
  std::vector<Document> documents = {};
  std::vector<std::string> removed = {};  ///< exchange: these go, unless they are among the documents
  std::int64_t limit = 0;                 ///< remove_filter: documents with a smaller number go
  std::size_t embedder = 0;               ///< create, reembed
};
[[nodiscard]] std::string to_string(const Operation& operation);

/// Whether the operation would succeed on a healthy store that holds this.
[[nodiscard]] bool is_valid(const Operation& operation, const StoreModel& model);
void apply_operation(const Operation& operation, StoreModel& model);
/// `count` operations, each valid after those before it; the same for the same seed.
[[nodiscard]] std::vector<Operation> make_trace(std::uint64_t seed, std::size_t count);
/// Small writes around large ones, each of which the log writes in several pieces.
[[nodiscard]] std::vector<Operation> make_large_trace();

/// An open database and the collections that were asked for.
/// Single-threaded: one thread at a time, even for const members.
class StoreSession {
 public:
  explicit StoreSession(DatabaseOptions options, std::filesystem::path folder = kStoreFolder)
      : options_(std::move(options)), folder_(std::move(folder)) {}

  /// Carries out one operation, opening the database first if it is not open.
  [[nodiscard]] Status run(const Operation& operation);
  [[nodiscard]] Status open();
  [[nodiscard]] bool is_open() const noexcept { return database_.has_value(); }
  /// Closes and lets go of all handles, also where that fails.
  [[nodiscard]] Status close();
  /// What the open database holds; opens all collections.
  [[nodiscard]] Result<StoreModel> read_all() const;
  /// What the collections hold that are in use; reads no file.
  [[nodiscard]] Result<StoreModel> read_open_collections() const;

 private:
  [[nodiscard]] Result<Collection> collection(const std::string& name);
  [[nodiscard]] Status write(const Operation& operation);
  [[nodiscard]] Status write_documents(const Operation& operation, Collection& target);
  [[nodiscard]] Status create(const Operation& operation);
  [[nodiscard]] Status drop(const Operation& operation);

  DatabaseOptions options_;
  std::filesystem::path folder_;
  std::optional<Database> database_ = {};
  std::map<std::string, Collection> collections_ = {};
};

/// Everything that the database holds. Errors: those of opening a collection.
[[nodiscard]] Result<StoreModel> read_store(const Database& database);
/// Writes a document with this id to each collection, or makes a collection where there is none; notes it in `model`.
[[nodiscard]] Status write_probe(Database& database, StoreModel& model, const std::string& id);
/// Where two models differ, for messages; empty if they do not.
[[nodiscard]] std::string difference(const StoreModel& found, const StoreModel& expected);

}  // namespace scaup::test
