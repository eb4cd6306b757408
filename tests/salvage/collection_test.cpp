// What salvage brings back of a damaged collection, and what it says about the rest.

#include <algorithm>
#include <random>

#include "engine/checkpoint.hpp"
#include "salvage/stored.hpp"
#include "storage/section_format.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::size_t kDimension = 8;

Document make_document(std::mt19937_64& random, int number, std::size_t text_bytes) {
  std::string text = "document " + std::to_string(number) + ": ";
  text.resize(std::max(text.size(), text_bytes), 'x');
  return {.id = "id" + std::to_string(number),
          .text = text,
          .metadata = {{"number", number}, {"tags", std::vector<std::string>{"a", "b"}}},
          .embedding = random_vector(random, kDimension),
          .origin = Origin{.source_id = "book", .begin = 3, .end = 9}};
}

std::vector<Document> make_documents(int begin, int end, std::size_t text_bytes = 50) {
  std::mt19937_64 random(static_cast<unsigned>(begin));
  std::vector<Document> documents;
  for (int i = begin; i < end; ++i) documents.push_back(make_document(random, i, text_bytes));
  return documents;
}

Documents by_id(const std::vector<Document>& documents) {
  Documents found;
  for (const Document& document : documents) found.emplace(document.id, document);
  return found;
}

enum class Close { yes, no };

// A database whose collection "notes" was written so.
template <typename Write>
Tree stored(Write&& write, Close close = Close::yes) {
  const auto files = std::make_shared<MemoryFileSystem>();
  Database database = require_ok(open_database(files));
  Collection collection = require_ok(database.create_collection("notes", {.metric = Metric::l2}));
  write(database, collection);
  if (close == Close::yes) require_ok(database.close());
  return tree_of(*files);
}

Tree with_checkpoint(const std::vector<Document>& documents) {
  return stored([&](Database& database, Collection& collection) {
    require_ok(collection.add(documents));
    require_ok(database.checkpoint());
  });
}

struct Salvaged {
  Documents documents;
  CollectionRecovery recovery;
  std::shared_ptr<MemoryFileSystem> files;
};

Salvaged salvage(const Tree& tree) {
  Salvaged salvaged{.documents = {}, .recovery = {}, .files = file_system_of(tree)};
  {
    Database refusing = require_ok(open_database(salvaged.files));
    require_error(refusing.get_collection("notes"), ErrorCode::corruption);
  }
  Database database = require_ok(open_database(salvaged.files, Recovery::salvage));
  salvaged.documents = documents_of(require_ok(database.get_collection("notes")));
  salvaged.recovery = recovery_of(database, "notes");
  require_ok(database.close());
  return salvaged;
}

std::uint32_t tag_of(CheckpointSection section) {
  return static_cast<std::uint32_t>(section);
}

// Where a text is in a file.
std::size_t offset_of(const Bytes& bytes, std::string_view text) {
  const auto wanted = std::as_bytes(std::span(text.data(), text.size()));
  const auto found = std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end());
  REQUIRE(found != bytes.end());
  return static_cast<std::size_t>(found - bytes.begin());
}

bool is_reported(const CollectionRecovery& recovery, const std::string& file, std::size_t begin, std::size_t end) {
  return std::ranges::any_of(recovery.lost, [&](const LostRange& range) {
    return range.file == file && range.begin <= begin && range.end >= end;
  });
}

}  // namespace

TEST_CASE("salvage: of a damaged chunk of documents the rows in it are lost and reported, all others come back") {
  const auto documents = make_documents(0, 120, 30'000);
  Tree tree = with_checkpoint(documents);
  const std::string name = only_file(tree, "collections/1/checkpoint-");
  const Extent section = section_extent(tree[name], tag_of(CheckpointSection::documents));
  const Bytes undamaged = tree[name];
  const std::size_t chunk = section.begin + kSectionChunkBytes;
  SECTION("with the places of documents") {}
  SECTION("and the places of documents too") {
    flip(tree[name], section_extent(undamaged, tag_of(CheckpointSection::document_ends)).begin);
  }
  const bool places_known = undamaged == tree[name];
  flip(tree[name], chunk + 77);
  const Salvaged salvaged = salvage(tree);
  std::size_t lost = 0;
  for (const Document& document : documents) {
    const std::size_t begin = offset_of(undamaged, document.text);
    const std::size_t end = begin + document.text.size();
    const bool is_damaged = end > chunk && begin < chunk + kSectionChunkBytes;
    const bool is_behind = !places_known && end > chunk;
    INFO(document.id);
    if (is_damaged || is_behind) {
      ++lost;
      REQUIRE_FALSE(salvaged.documents.contains(document.id));
      REQUIRE(is_reported(salvaged.recovery, name, begin, end));
    } else {
      REQUIRE(salvaged.documents.at(document.id) == document);
    }
  }
  REQUIRE(lost > 2);
  REQUIRE(salvaged.recovery.lost.size() == 1);
  require_healthy(salvaged.files, "notes", kDimension);
}

TEST_CASE("salvage: documents whose vectors are damaged come back without them") {
  const auto documents = make_documents(0, 20'000, 10);
  Tree tree = with_checkpoint(documents);
  const std::string name = only_file(tree, "collections/1/checkpoint-");
  const Extent floats = section_extent(tree[name], tag_of(CheckpointSection::floats));
  REQUIRE(floats.end - floats.begin > kSectionChunkBytes);
  flip(tree[name], floats.begin + 5);
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents.size() == documents.size());
  const std::size_t in_chunk = kSectionChunkBytes / 64;  // a row is a cache line
  std::size_t without = 0;
  for (const Document& document : documents) {
    const Document& found = salvaged.documents.at(document.id);
    if (!found.embedding) ++without;
    if (found.embedding) REQUIRE(found == document);
    REQUIRE(found.text == document.text);
    REQUIRE(found.metadata == document.metadata);
  }
  REQUIRE(without == in_chunk);
  REQUIRE(is_reported(salvaged.recovery, name, floats.begin, floats.begin + kSectionChunkBytes));
  require_healthy(salvaged.files, "notes", kDimension);
}

TEST_CASE("salvage: what a checkpoint can do without costs nothing") {
  const auto documents = make_documents(0, 300);
  Tree tree = with_checkpoint(documents);
  const std::string name = only_file(tree, "collections/1/checkpoint-");
  Bytes& bytes = tree[name];
  const Bytes undamaged = bytes;
  const auto damage = [&](CheckpointSection section) { flip(bytes, section_extent(undamaged, tag_of(section)).begin); };
  SECTION("ids") {
    damage(CheckpointSection::ids);
  }
  SECTION("ends") {
    damage(CheckpointSection::id_ends);
    damage(CheckpointSection::document_ends);
  }
  SECTION("codes, factors and norms") {
    damage(CheckpointSection::codes);
    damage(CheckpointSection::factors);
    damage(CheckpointSection::norms);
  }
  SECTION("the state, which is there twice") {
    damage(CheckpointSection::state);
  }
  SECTION("the header") {
    flip(bytes, 33);
  }
  SECTION("the footer") {
    flip(bytes, bytes.size() - 20);
  }
  SECTION("padding") {
    flip(bytes, 100);
  }
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents == by_id(documents));
  REQUIRE(salvaged.recovery.lost.empty());
  REQUIRE_FALSE(salvaged.recovery.notes.empty());
  REQUIRE(tree_of(*salvaged.files).at("quarantine/collection-1." + name.substr(name.rfind('/') + 1)) == bytes);
  require_healthy(salvaged.files, "notes", kDimension);
}

TEST_CASE("salvage: without a manifest the files tell what counts") {
  const bool checkpoint_fails = GENERATE(false, true);
  std::stop_source stopped;
  stopped.request_stop();
  Documents expected;
  Tree tree = stored([&](Database& database, Collection& collection) {
    require_ok(collection.add(make_documents(0, 20)));
    require_ok(database.checkpoint());
    require_ok(collection.upsert(make_documents(10, 30)));
    if (checkpoint_fails) require_error(database.checkpoint(stopped.get_token()), ErrorCode::cancelled);
    require_ok(collection.update_metadata("id3", {{"number", 300}}));
    require_ok(collection.remove({"id1", "id15"}));
    expected = documents_of(collection);
  });
  SECTION("missing") {
    tree.erase("collections/1/MANIFEST");
  }
  SECTION("damaged") {
    flip(tree.at("collections/1/MANIFEST"), 70);
  }
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents == expected);
  REQUIRE(salvaged.recovery.lost.empty());
  REQUIRE(salvaged.recovery.writes_replayed == 3);
  require_healthy(salvaged.files, "notes", kDimension);
}

TEST_CASE("salvage: of a large write with a damaged part the other parts come back") {
  const auto documents = make_documents(0, 100, 100'000);  // three frames
  Tree tree = stored(
      [&](Database& /*database*/, Collection& collection) {
        require_ok(collection.add(documents));
        require_ok(collection.add(make_documents(200, 201)));
      },
      Close::no);
  const std::string name = only_file(tree, "collections/1/log-");
  flip(tree[name], offset_of(tree[name], documents[60].text) + 500);
  const Salvaged salvaged = salvage(tree);
  REQUIRE_FALSE(salvaged.documents.contains("id60"));
  REQUIRE(salvaged.documents.contains("id200"));
  REQUIRE(salvaged.documents.size() > 30);
  REQUIRE(salvaged.documents.size() < 100);
  REQUIRE(salvaged.documents.at("id0") == documents[0]);
  REQUIRE(salvaged.documents.at("id99") == documents[99]);
  for (const Document& document : documents) {
    const std::size_t offset = offset_of(tree[name], document.text.substr(0, 16));
    if (!salvaged.documents.contains(document.id)) {
      REQUIRE(is_reported(salvaged.recovery, name, offset, offset + document.text.size()));
    }
  }
  require_healthy(salvaged.files, "notes", kDimension);
}

TEST_CASE("salvage: an incomplete write at the end is left out, because nobody was promised it") {
  const auto documents = make_documents(1, 100, 100'000);  // three frames
  Tree tree = stored(
      [&](Database& /*database*/, Collection& collection) {
        require_ok(collection.add(make_documents(0, 1)));
        require_ok(collection.add(make_documents(200, 201)));
        require_ok(collection.add(documents));
      },
      Close::no);
  const std::string name = only_file(tree, "collections/1/log-");
  const std::size_t end = offset_of(tree[name], documents.back().text);
  std::fill(tree[name].begin() + static_cast<std::ptrdiff_t>(end), tree[name].end(), std::byte{0});
  flip(tree[name], offset_of(tree[name], make_documents(0, 1)[0].text));
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents == by_id(make_documents(200, 201)));
}

TEST_CASE("salvage: of a log that was closed in order its last write is told as lost when it is damaged") {
  Tree tree = stored([&](Database& /*database*/, Collection& collection) {
    require_ok(collection.add(make_documents(0, 1)));
    require_ok(collection.add(make_documents(1, 2)));
  });
  const std::string name = only_file(tree, "collections/1/log-");
  const std::size_t offset = offset_of(tree[name], make_documents(1, 2)[0].text);
  flip(tree[name], offset);
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents == by_id(make_documents(0, 1)));
  REQUIRE(is_reported(salvaged.recovery, name, offset, offset + 50));
}

TEST_CASE("salvage: what later writes counted on and is lost is ignored, and noted") {
  Tree tree = stored([&](Database& /*database*/, Collection& collection) {
    require_ok(collection.add(make_documents(0, 1)));
    require_ok(collection.add(make_documents(1, 2, 500)));
    require_ok(collection.update_metadata("id1", {{"number", 100}}));
    require_ok(collection.update_metadata("id0", {{"number", 200}}));
    require_ok(collection.remove({"id1"}));
    require_ok(collection.add(make_documents(1, 3)));
  });
  const std::string name = only_file(tree, "collections/1/log-");
  flip(tree[name], offset_of(tree[name], "document 1: ") + 100);
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents.size() == 3);
  REQUIRE(salvaged.documents.at("id0").metadata.at("number") == Value(200));
  REQUIRE(salvaged.documents.at("id1") == make_documents(1, 2)[0]);
  REQUIRE(std::ranges::any_of(salvaged.recovery.notes, [](const std::string& note) {
    return note.find("1 updates of metadata") != std::string::npos;
  }));
}

TEST_CASE("salvage: where the first write is lost, the dimension is that of the vectors that are left") {
  const std::vector<float> vector(kDimension, 0.5F);
  Tree tree = stored([&](Database& /*database*/, Collection& collection) {
    require_ok(collection.add({{.id = "first", .text = "first text", .embedding = vector}}));
    require_ok(collection.add({{.id = "second", .text = "second text", .embedding = vector}}));
  });
  const std::string name = only_file(tree, "collections/1/log-");
  flip(tree[name], offset_of(tree[name], "first text"));
  const Salvaged salvaged = salvage(tree);
  REQUIRE(salvaged.documents.size() == 1);
  REQUIRE(salvaged.documents.at("second").embedding == vector);
}

TEST_CASE("salvage: after a re-embedding of documents that are lost the schema is the new one") {
  const auto old_embedder = require_ok(make_hash_embedder({.dimension = 16}));
  const auto new_embedder = require_ok(make_hash_embedder({.dimension = 32}));
  Tree tree = stored([&](Database& database, Collection& /*collection*/) {
    Collection words = require_ok(database.create_collection("words", {.embedder = old_embedder}));
    require_ok(words.add({{.id = "a", .text = "one two"}, {.id = "b", .text = "three four"}}));
    require_ok(words.reembed(new_embedder));
    require_ok(words.add({{.id = "c", .text = "five"}}));
  });
  const std::string name = only_file(tree, "collections/2/log-");
  flip(tree[name], offset_of(tree[name], "three four"));
  const auto files = file_system_of(tree);
  Database database = require_ok(open_database(files, Recovery::salvage));
  Collection words = require_ok(database.get_collection("words", {.embedder = new_embedder}));
  REQUIRE(require_ok(words.info()).schema.dimension == 32);
  REQUIRE(documents_of(words).size() == 1);
}

TEST_CASE("salvage: documents whose part of a re-embedding is lost have no vector, never one of the old embedder") {
  constexpr std::size_t kLong = 32'768;
  const auto old_embedder = require_ok(make_hash_embedder({.dimension = kLong, .seed = 1}));
  const auto new_embedder = require_ok(make_hash_embedder({.dimension = kLong, .seed = 2}));
  std::vector<Document> documents;
  for (int i = 10; i < 90; ++i) documents.push_back({.id = "id" + std::to_string(i), .text = std::to_string(i)});
  Tree tree = stored(
      [&](Database& database, Collection& /*collection*/) {
        Collection words = require_ok(database.create_collection("words", {.embedder = old_embedder}));
        require_ok(words.add(documents));
        require_ok(words.reembed(new_embedder));  // three frames
        require_ok(words.add({{.id = "later", .text = "later"}}));
      },
      Close::no);
  Bytes& log = tree[only_file(tree, "collections/2/log-")];
  const std::string_view damaged = "id50";
  const auto place = std::find_end(log.begin(), log.end(), std::as_bytes(std::span(damaged)).begin(),
                                   std::as_bytes(std::span(damaged)).end());
  flip(log, static_cast<std::size_t>(place - log.begin()) + 1000);
  const auto files = file_system_of(tree);
  Database database = require_ok(open_database(files, Recovery::salvage));
  Collection words = require_ok(database.get_collection("words", {.embedder = new_embedder}));
  const StoreInfo info = require_ok(words.info());
  REQUIRE(info.documents == 81);
  REQUIRE(info.without_vector > 20);
  REQUIRE(info.without_vector < 60);
  for (const Document& document : documents) {
    const auto found = require_ok(words.get(document.id)).embedding;
    const std::string_view text = document.text;
    if (found) REQUIRE(*found == require_ok(new_embedder->embed(std::span(&text, 1), TextKind::document)).values);
  }
  REQUIRE_FALSE(require_ok(words.get("id50")).embedding);
  REQUIRE(std::ranges::any_of(recovery_of(database, "words").notes, [&](const std::string& note) {
    return note.starts_with(std::to_string(info.without_vector) + " documents have no vector");
  }));
}

TEST_CASE("salvage: without any checkpoint that says what it holds nothing is touched, and the error says so") {
  Tree tree = with_checkpoint(make_documents(0, 10));
  const std::string name = only_file(tree, "collections/1/checkpoint-");
  SECTION("missing") {
    tree.erase(name);
  }
  SECTION("damaged in both places") {
    const Bytes undamaged = tree[name];
    flip(tree[name], section_extent(undamaged, tag_of(CheckpointSection::state)).begin);
    flip(tree[name], section_extent(undamaged, tag_of(CheckpointSection::state_copy)).begin);
  }
  SECTION("cut off") {
    tree[name].resize(tree[name].size() / 2);
  }
  const auto files = file_system_of(tree);
  Database database = require_ok(open_database(files, Recovery::salvage));
  require_error(database.get_collection("notes"), ErrorCode::corruption, {"metric", "restore a copy"});
  require_ok(database.close());
  REQUIRE(tree_of(*files) == tree);
}

TEST_CASE("salvage: a collection without damage is opened as it always is") {
  const Tree tree = with_checkpoint(make_documents(0, 10));
  const auto plain = file_system_of(tree);
  const auto salvaging = file_system_of(tree);
  for (const auto& files : {plain, salvaging}) {
    Database database = require_ok(open_database(files, files == plain ? Recovery::refuse : Recovery::salvage));
    REQUIRE(require_ok(require_ok(database.get_collection("notes")).count()) == 10);
    REQUIRE(recovery_of(database, "notes").notes.empty());
    REQUIRE(recovery_of(database, "notes").lost.empty());
  }
  REQUIRE(tree_of(*salvaging) == tree_of(*plain));
}

TEST_CASE("salvage: damage in one collection leaves the others as they are") {
  Tree tree = stored([&](Database& database, Collection& collection) {
    require_ok(collection.add(make_documents(0, 10)));
    require_ok(collection.add(make_documents(10, 20)));
    Collection other = require_ok(database.create_collection("other"));
    require_ok(other.add(make_documents(0, 5)));
  });
  const std::string name = only_file(tree, "collections/1/log-");
  flip(tree[name], 200);
  const auto files = file_system_of(tree);
  Database database = require_ok(open_database(files, Recovery::salvage));
  REQUIRE(require_ok(require_ok(database.get_collection("other")).count()) == 5);
  REQUIRE(documents_of(require_ok(database.get_collection("notes"))) == by_id(make_documents(10, 20)));
  REQUIRE(recovery_of(database, "other").notes.empty());
  const Tree after = tree_of(*files);
  for (const auto& [path, bytes] : tree) {
    if (path.starts_with("collections/2/checkpoint")) REQUIRE(after.at(path) == bytes);
  }
}

TEST_CASE("salvage: a damaged graph is replaced, with no document lost") {
  const auto files = std::make_shared<MemoryFileSystem>();
  const auto documents = make_documents(0, 500);
  {
    Database database = require_ok(open_database(files));
    Collection collection =
        require_ok(database.create_collection("notes", {.metric = Metric::l2, .index = {.graph_from = 1}}));
    require_ok(collection.add(documents));
    require_ok(collection.wait_until_indexed());
    require_ok(database.checkpoint());
    require_ok(database.close());
  }
  Tree tree = tree_of(*files);
  flip(tree[only_file(tree, "collections/1/graph-")], 5000);
  const auto damaged = file_system_of(tree);
  {
    Database database = require_ok(open_database(damaged, Recovery::salvage));
    REQUIRE(documents_of(require_ok(database.get_collection("notes"))) == by_id(documents));
    REQUIRE(recovery_of(database, "notes").lost.empty());
  }
  require_healthy(damaged, "notes", kDimension);
}

TEST_CASE("salvage: opened for reading it is refused") {
  const Tree tree = with_checkpoint(make_documents(0, 3));
  const DatabaseOptions options{
      .access = Access::read_only, .recovery = Recovery::salvage, .file_system = file_system_of(tree)};
  require_error(Database::open("db", options), ErrorCode::invalid_argument, {"salvage", "writing"});
}
