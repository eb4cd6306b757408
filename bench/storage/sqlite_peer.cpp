// SQLite with prepared statements, journal_mode=WAL and synchronous=FULL.

#include "sqlite_peer.hpp"

#include <sqlite3.h>

#include <sstream>
#include <stdexcept>

namespace scaup::bench {
namespace {

// The metadata of rows.cpp: no character of it needs an escape.
std::string json_of(const Metadata& metadata) {
  std::ostringstream out;
  char before = '{';
  for (const auto& [key, value] : metadata) {
    out << before << '"' << key << "\":";
    if (const auto* text = value.get_if<std::string>()) out << '"' << *text << '"';
    if (const auto* number = value.get_if<std::int64_t>()) out << *number;
    if (const auto* number = value.get_if<double>()) out << *number;
    if (const auto* truth = value.get_if<bool>()) out << (*truth ? "true" : "false");
    before = ',';
  }
  out << '}';
  return out.str();
}

class Peer final : public SqlitePeer {
 public:
  explicit Peer(const std::filesystem::path& path) {
    require(sqlite3_open(path.c_str(), &database_) == SQLITE_OK);
    run("PRAGMA journal_mode=WAL");
    run("PRAGMA synchronous=FULL");
    run("CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, text TEXT, metadata TEXT, vector BLOB)");
    require(sqlite3_prepare_v2(database_, "INSERT INTO rows VALUES (?, ?, ?, ?)", -1, &insert_, nullptr) == SQLITE_OK);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() override {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }

  void add(std::span<const Document> rows) override {
    run("BEGIN");
    for (const Document& row : rows) insert(row);
    run("COMMIT");
  }

  std::size_t count() override {
    sqlite3_stmt* query = nullptr;
    require(sqlite3_prepare_v2(database_, "SELECT COUNT(*) FROM rows", -1, &query, nullptr) == SQLITE_OK);
    const bool found = sqlite3_step(query) == SQLITE_ROW;
    const auto count = static_cast<std::size_t>(sqlite3_column_int64(query, 0));
    sqlite3_finalize(query);
    require(found);
    return count;
  }

 private:
  void insert(const Document& row) {
    const std::string metadata = json_of(row.metadata);
    const std::vector<float>& vector = *row.embedding;
    // A null destructor is SQLITE_STATIC: what is bound outlives the step.
    bool bound = sqlite3_bind_text(insert_, 1, row.id.data(), static_cast<int>(row.id.size()), nullptr) == SQLITE_OK;
    bound = bound && sqlite3_bind_text(insert_, 2, row.text.data(), static_cast<int>(row.text.size()), nullptr) == 0;
    bound = bound && sqlite3_bind_text(insert_, 3, metadata.data(), static_cast<int>(metadata.size()), nullptr) == 0;
    const auto bytes = static_cast<int>(vector.size() * sizeof(float));
    bound = bound && sqlite3_bind_blob(insert_, 4, vector.data(), bytes, nullptr) == SQLITE_OK;
    require(bound && sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
  }

  void run(const char* statement) {
    require(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  void require(bool done) {
    if (!done) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

}  // namespace

std::unique_ptr<SqlitePeer> SqlitePeer::open(const std::filesystem::path& path) {
  return std::make_unique<Peer>(path);
}

}  // namespace scaup::bench
