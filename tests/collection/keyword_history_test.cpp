// Keyword search through long random histories of writes, reopenings and checkpoints: the answers are those of a
// collection that was given the same documents at once.

#include <array>
#include <map>
#include <random>

#include "collection/transfer_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const std::filesystem::path kFolder = "/database";
constexpr int kWords = 40;

std::string random_words(std::mt19937_64& random, int most) {
  std::string text;
  const int count = static_cast<int>(random() % static_cast<unsigned>(most));
  for (int i = 0; i < count; ++i) text += "w" + std::to_string(random() % kWords * (random() % kWords) / kWords) + " ";
  return text;
}

Document random_document(std::mt19937_64& random, const std::string& id) {
  Document document{
      .id = id, .text = random_words(random, 30), .metadata = {{"group", static_cast<int>(random() % 4)}}};
  if (random() % 2 == 0) document.metadata.emplace("title", random_words(random, 5));
  document.embedding = std::vector<float>{static_cast<float>(random() % 9) + 1.0F, static_cast<float>(random() % 9)};
  return document;
}

/// A database on disk, and what must be in it.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) { open(); }

  void step() {
    const auto choice = random_() % 100;
    if (choice < 45) return upsert();
    if (choice < 65) return remove();
    if (choice < 80) return retitle();
    if (choice < 92) return check();
    if (choice < 96) return require_ok(database_->checkpoint());
    require_ok(database_->close());
    open();
  }

  void check() {
    Collection fresh = require_ok(Database::in_memory().create_collection("fresh"));
    std::vector<Document> documents;
    for (const auto& [id, document] : documents_) documents.push_back(document);
    if (!documents.empty()) require_ok(fresh.add(documents));
    for (const QueryMode mode : {QueryMode::keyword, QueryMode::hybrid}) {
      QueryRequest request{.text = "w0 w1 w7 w" + std::to_string(random_() % kWords),
                           .options = {.k = 12, .mode = mode}};
      if (mode == QueryMode::hybrid) request.vector = {1.0F, 2.0F};
      static_cast<void>(require_ok(collection_->query_batch(std::span(&request, 1))));  // with neighbours, if any
      request.options.hybrid.neighbour_weight = 0;  // when there are lists, nobody knows
      if (random_() % 3 == 0) request.options.filter = field("group") <= 1;
      compare(require_ok(collection_->query_batch(std::span(&request, 1)))[0],
              require_ok(fresh.query_batch(std::span(&request, 1)))[0]);
    }
  }

 private:
  static void compare(const QueryResult& found, const QueryResult& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      REQUIRE(found[i].document == expected[i].document);
      REQUIRE(found[i].score == Approx(expected[i].score).epsilon(1e-9));
      REQUIRE(found[i].parts.keyword == expected[i].parts.keyword);
    }
  }

  void open() {
    collection_.reset();
    database_.emplace(require_ok(Database::open(kFolder, {.file_system = files_})));
    collection_.emplace(require_ok(database_->get_or_create_collection("words", {.dimension = 2})));
  }

  void upsert() {
    std::vector<Document> batch;
    const std::size_t count = 1 + random_() % 20;
    for (std::size_t i = 0; i < count; ++i) {
      Document document = random_document(random_, "id" + std::to_string(random_() % 300 * 20 + i));
      documents_.insert_or_assign(document.id, document);
      batch.push_back(std::move(document));
    }
    require_ok(collection_->upsert(batch));
  }

  void remove() {
    for (int i = 0; i < 12 && !documents_.empty(); ++i) {
      const auto victim = documents_.lower_bound("id" + std::to_string(random_() % 6000));
      if (victim == documents_.end()) continue;
      REQUIRE(require_ok(collection_->remove({victim->first})) == 1);
      documents_.erase(victim);
    }
  }

  void retitle() {
    const auto chosen = documents_.lower_bound("id" + std::to_string(random_() % 6000));
    if (chosen == documents_.end()) return;
    const std::string title = random_words(random_, 5);
    chosen->second.metadata.insert_or_assign("title", title);
    require_ok(collection_->update_metadata(chosen->first, {{"title", title}}));
  }

  std::mt19937_64 random_;
  std::shared_ptr<MemoryFileSystem> files_ = std::make_shared<MemoryFileSystem>();
  std::map<std::string, Document> documents_;
  std::optional<Database> database_;
  std::optional<Collection> collection_;
};

bool is_words(const std::filesystem::path& name) {
  return name.native().starts_with("words-");
}

}  // namespace

TEST_CASE("keyword history: the answers are those of a collection made at once") {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    INFO("seed " << seed);
    History history(seed);
    for (int i = 0; i < 500; ++i) history.step();
    history.check();
  }
}

TEST_CASE("keyword history: words are stored once they were asked for, and made anew where their file is damaged") {
  const auto files = std::make_shared<MemoryFileSystem>();
  const auto words_files = [&] {
    std::vector<std::filesystem::path> found;
    for (const DirectoryEntry& entry : require_ok(files->list(kFolder / "collections" / "1"))) {
      if (is_words(entry.name)) found.push_back(kFolder / "collections" / "1" / entry.name);
    }
    return found;
  };
  const auto with_database = [&](const std::function<void(Collection)>& use) {
    Database database = require_ok(Database::open(kFolder, {.verify = VerifyLevel::lazy, .file_system = files}));
    use(require_ok(database.get_or_create_collection("notes", {.dimension = 3})));
    require_ok(database.close());
  };
  with_database([&](Collection notes) { require_ok(notes.add(make_documents(0, 50))); });
  REQUIRE(words_files().empty());
  const auto answer = [](const Collection& notes) {
    const QueryResult found = require_ok(notes.query("33", {.k = 3, .mode = QueryMode::keyword}));
    REQUIRE(found.size() == 1);
    REQUIRE(found[0].document.id == "id33");
  };
  with_database(answer);
  REQUIRE(words_files().size() == 1);
  with_database(answer);
  const std::uint64_t size = require_ok(require_ok(files->open_for_read(words_files()[0]))->size());
  for (std::uint64_t at = 0; at < size; at += 37) {
    INFO("byte " << at);
    const auto damaged = files->crash_image(1);
    const auto file = require_ok(damaged->open_for_write(words_files()[0], OpenMode::open_existing));
    const std::array<std::byte, 1> other = {std::byte{0xA5}};
    require_ok(file->write_at(at, other));
    const DatabaseOptions options{.verify = VerifyLevel::lazy, .access = Access::read_only, .file_system = damaged};
    Database database = require_ok(Database::open(kFolder, options));
    answer(require_ok(database.get_collection("notes")));
  }
}
