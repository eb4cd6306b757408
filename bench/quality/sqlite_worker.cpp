// quality_sqlite FOLDER QUERIES_FILE DOCUMENTS: FTS5 of SQLite as a worker, in memory, with its Porter tokenizer and
// its bm25 ranking, called by prepared statements.

#include <sqlite3.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "worker.hpp"

namespace {

using namespace scaup::bench;

// Words of the query as an OR of strings; bytes above ASCII belong to words.
std::string match_expression(const std::string& query) {
  std::string expression;
  bool in_word = false;
  for (const char c : query) {
    const auto byte = static_cast<unsigned char>(c);
    const bool belongs = byte >= 0x80 || std::isalnum(byte) != 0;
    if (belongs && !in_word) expression += expression.empty() ? "\"" : " OR \"";
    if (!belongs && in_word) expression += '"';
    if (belongs) expression += c;
    in_word = belongs;
  }
  return in_word ? expression + '"' : expression;
}

class SqlitePeer final : public TextPeer {
 public:
  explicit SqlitePeer(const TextCorpus& corpus) : corpus_(corpus) {
    require(sqlite3_open(":memory:", &database_) == SQLITE_OK);
    run("CREATE VIRTUAL TABLE docs USING fts5(text, tokenize = 'porter unicode61')");
    insert_ = prepared("INSERT INTO docs(rowid, text) VALUES (?, ?)");
    find_ = prepared("SELECT rowid FROM docs WHERE docs MATCH ? ORDER BY rank LIMIT ?");
  }
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;
  ~SqlitePeer() override {
    sqlite3_finalize(insert_);
    sqlite3_finalize(find_);
    sqlite3_close(database_);
  }

  double build() override {
    return seconds_of([&] {
      run("BEGIN");
      for (std::size_t i = 0; i < corpus_.documents; ++i) insert(i);
      run("COMMIT");
      run("INSERT INTO docs(docs) VALUES ('optimize')");
    });
  }

  Ids find(std::size_t query, std::size_t k) override {
    const std::string expression = match_expression(corpus_.queries[query]);
    bind_text(find_, 1, expression);
    require(sqlite3_bind_int64(find_, 2, static_cast<sqlite3_int64>(k)) == SQLITE_OK);
    Ids ids;
    int state = sqlite3_step(find_);
    for (; state == SQLITE_ROW; state = sqlite3_step(find_)) ids.push_back(sqlite3_column_int64(find_, 0));
    require(state == SQLITE_DONE);
    sqlite3_reset(find_);
    return ids;
  }

 private:
  void insert(std::size_t i) {
    const std::string text = corpus_.document(i).title + " " + corpus_.document(i).text;
    require(sqlite3_bind_int64(insert_, 1, static_cast<sqlite3_int64>(i)) == SQLITE_OK);
    bind_text(insert_, 2, text);
    require(sqlite3_step(insert_) == SQLITE_DONE);
    sqlite3_reset(insert_);
  }

  // A null destructor is SQLITE_STATIC: what is bound outlives the step.
  void bind_text(sqlite3_stmt* statement, int place, const std::string& text) {
    require(sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), nullptr) == SQLITE_OK);
  }

  sqlite3_stmt* prepared(const char* text) {
    sqlite3_stmt* statement = nullptr;
    require(sqlite3_prepare_v2(database_, text, -1, &statement, nullptr) == SQLITE_OK);
    return statement;
  }

  void run(const char* statement) {
    require(sqlite3_exec(database_, statement, nullptr, nullptr, nullptr) == SQLITE_OK);
  }

  void require(bool done) {
    if (!done) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  const TextCorpus& corpus_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  sqlite3_stmt* find_ = nullptr;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: quality_sqlite FOLDER QUERIES_FILE DOCUMENTS\n", stderr);
    return 2;
  }
  try {
    const TextCorpus corpus = read_corpus(arguments[1], arguments[2], std::stoul(arguments[3]));
    SqlitePeer peer(corpus);
    return serve(peer, corpus, sqlite3_libversion());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_sqlite: %s\n", error.what());
    return 1;
  }
}
