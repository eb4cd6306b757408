#include "durability/store_model.hpp"

#include <algorithm>

namespace scaup::test {
namespace {

constexpr std::uint64_t kIds = 40;

std::string id_of(std::uint64_t number) {
  return "document " + std::to_string(number);
}

// A document with the vector that its collection's embedder makes: what reading it should give. A vector of zeros is
// none.
Document embedded(Document document, std::size_t embedder) {
  const std::vector<std::string_view> texts = {document.text};
  const Embeddings made = test_embedder(embedder)->embed(texts, TextKind::document).value();
  const auto row = made.row(0);
  document.embedding.reset();
  if (std::ranges::any_of(row, [](float x) { return x != 0.0F; })) document.embedding.emplace(row.begin(), row.end());
  return document;
}

Status status_of(const auto& result) {
  return result ? Status() : Status(result.error());
}

/// Makes up operations and keeps the model that says which of them are valid.
class TraceMaker {
 public:
  explicit TraceMaker(std::uint64_t seed) : random_(seed) {}

  Operation next() {
    for (;;) {
      Operation operation = propose();
      if (!is_valid(operation, model_)) continue;
      apply_operation(operation, model_);
      return operation;
    }
  }

 private:
  std::uint64_t below(std::uint64_t count) { return random_() % count; }

  Action action() {
    const std::uint64_t choice = below(100);
    if (choice < 25) return Action::add;
    if (choice < 45) return Action::upsert;
    if (choice < 57) return Action::exchange;
    if (choice < 68) return Action::update;
    if (choice < 78) return Action::remove_ids;
    if (choice < 83) return Action::remove_filter;
    if (choice < 87) return Action::create;
    if (choice < 89) return Action::drop;
    if (choice < 92) return Action::reembed;
    if (choice < 96) return Action::checkpoint;
    return Action::reopen;
  }

  Operation propose() {
    Operation operation{.action = action(), .collection = below(3) == 0 ? "beside" : "notes"};
    operation.embedder = below(kTestEmbedders);
    operation.limit = static_cast<std::int64_t>(below(20));
    const std::uint64_t count = 1 + below(5);
    for (std::uint64_t i = 0; i < count; ++i) operation.documents.push_back(document());
    std::ranges::sort(operation.documents, {}, &Document::id);
    const auto same = [](const Document& a, const Document& b) { return a.id == b.id; };
    operation.documents.erase(std::unique(operation.documents.begin(), operation.documents.end(), same),
                              operation.documents.end());
    if (operation.action != Action::exchange) return operation;
    for (std::uint64_t i = 1 + below(5); i > 0; --i) operation.removed.push_back(id_of(below(kIds)));
    return operation;
  }

  // Mostly small; some so long that a write spans several blocks of the disk.
  Document document() {
    const std::uint64_t words = below(10) == 0 ? 200 + below(800) : 1 + below(20);
    Document document{.id = id_of(below(kIds)), .metadata = {{"number", static_cast<std::int64_t>(below(100))}}};
    for (std::uint64_t i = 0; i < words; ++i) document.text += "word" + std::to_string(below(50)) + " ";
    if (below(2) == 0) document.metadata.emplace("tags", std::vector<std::string>{"a", std::to_string(below(9))});
    if (below(3) == 0) document.origin = Origin{.source_id = "book", .begin = 3, .end = 9, .section = {"one"}};
    return document;
  }

  std::mt19937_64 random_;
  StoreModel model_;
};

bool all_there(const Operation& operation, const CollectionModel& model) {
  return std::ranges::all_of(operation.documents, [&](const Document& d) { return model.documents.contains(d.id); });
}

bool none_there(const Operation& operation, const CollectionModel& model) {
  return std::ranges::none_of(operation.documents, [&](const Document& d) { return model.documents.contains(d.id); });
}

void apply_write(const Operation& operation, CollectionModel& model) {
  for (const std::string& id : operation.removed) model.documents.erase(id);
  for (const Document& document : operation.documents) {
    if (operation.action == Action::remove_ids) {
      model.documents.erase(document.id);
    } else if (operation.action == Action::update) {
      Metadata& metadata = model.documents.at(document.id).metadata;
      for (const auto& [key, value] : document.metadata) metadata.insert_or_assign(key, value);
    } else {
      model.documents.insert_or_assign(document.id, embedded(document, model.embedder));
    }
  }
}

Result<CollectionModel> read_collection(const Collection& collection) {
  const auto info = collection.info();
  if (!info) return info.error();
  auto page = collection.scan({.limit = 10000, .with_embeddings = true});
  if (!page) return std::move(page).error();
  CollectionModel model{.embedder = kTestEmbedders};
  for (std::size_t i = 0; i < kTestEmbedders; ++i) {
    if (info->schema.embedder == test_embedder(i)->identity()) model.embedder = i;
  }
  for (Document& document : page->documents) model.documents.emplace(document.id, std::move(document));
  return model;
}

}  // namespace

std::shared_ptr<const Embedder> test_embedder(std::size_t index) {
  static const std::vector<std::shared_ptr<const Embedder>> embedders = {
      make_hash_embedder({.dimension = 8}).value(), make_hash_embedder({.dimension = 12, .seed = 1}).value()};
  return embedders.at(index);
}

std::string to_string(const Operation& operation) {
  static constexpr const char* kNames[] = {"add",    "upsert", "exchange", "update",     "remove_ids", "remove_filter",
                                           "create", "drop",   "reembed",  "checkpoint", "reopen"};
  return std::string(kNames[static_cast<std::size_t>(operation.action)]) + " in " + operation.collection + " of " +
         std::to_string(operation.documents.size());
}

bool is_valid(const Operation& operation, const StoreModel& model) {
  const auto found = model.find(operation.collection);
  switch (operation.action) {
    case Action::checkpoint:
    case Action::reopen: return true;
    case Action::create: return found == model.end();
    case Action::add: return found != model.end() && none_there(operation, found->second);
    case Action::update: return found != model.end() && all_there(operation, found->second);
    default: return found != model.end();
  }
}

void apply_operation(const Operation& operation, StoreModel& model) {
  if (operation.action == Action::checkpoint || operation.action == Action::reopen) return;
  if (operation.action == Action::drop) {
    model.erase(operation.collection);
    return;
  }
  if (operation.action == Action::create) {
    model[operation.collection].embedder = operation.embedder;
    return;
  }
  CollectionModel& target = model.at(operation.collection);
  if (operation.action == Action::reembed) {
    target.embedder = operation.embedder;
    for (auto& [id, document] : target.documents) document = embedded(std::move(document), target.embedder);
    return;
  }
  if (operation.action != Action::remove_filter) return apply_write(operation, target);
  std::erase_if(target.documents, [&](const auto& entry) {
    return *entry.second.metadata.at("number").template get_if<std::int64_t>() < operation.limit;
  });
}

std::vector<Operation> make_trace(std::uint64_t seed, std::size_t count) {
  TraceMaker maker(seed);
  std::vector<Operation> trace;
  for (std::size_t i = 0; i < count; ++i) trace.push_back(maker.next());
  return trace;
}

std::vector<Operation> make_large_trace() {
  constexpr std::size_t kLargeText = 300'000;  // bytes
  const auto small = [](std::uint64_t number) {
    return Document{.id = id_of(number), .text = "small " + std::to_string(number)};
  };
  const auto large = [&](std::uint64_t number, const std::string& words) {
    Document document = small(number);
    while (document.text.size() < kLargeText) document.text += words;
    return document;
  };
  const std::string name = "large";
  return {{.action = Action::create, .collection = name},
          {.action = Action::upsert, .collection = name, .documents = {small(0)}},
          {.action = Action::add,
           .collection = name,
           .documents = {large(1, "one "), large(2, "two "), large(3, "three "), large(4, "four "), large(5, "five ")}},
          {.action = Action::upsert, .collection = name, .documents = {small(6)}},
          {.action = Action::exchange,
           .collection = name,
           .documents = {large(4, "more "), small(7), large(8, "eight ")},
           .removed = {id_of(0), id_of(5)}},
          {.action = Action::upsert, .collection = name, .documents = {small(9)}}};
}

Status StoreSession::open() {
  auto opened = Database::open(folder_, options_);
  if (!opened) return std::move(opened).error();
  database_ = *std::move(opened);
  return {};
}

Status StoreSession::close() {
  Status closed = database_ ? database_->close() : Status();
  collections_.clear();
  database_.reset();
  return closed;
}

Status StoreSession::run(const Operation& operation) {
  if (!database_) {
    if (Status opened = open(); !opened) return opened;
  }
  if (operation.action == Action::checkpoint) return database_->checkpoint();
  if (operation.action == Action::create) return create(operation);
  if (operation.action == Action::drop) return drop(operation);
  if (operation.action != Action::reopen) return write(operation);
  if (Status closed = close(); !closed) return closed;
  return open();
}

Status StoreSession::create(const Operation& operation) {
  auto created =
      database_->create_collection(operation.collection, {.embedder = test_embedder(operation.embedder), .index = {}});
  if (!created) return std::move(created).error();
  collections_.insert_or_assign(operation.collection, *std::move(created));
  return {};
}

Status StoreSession::drop(const Operation& operation) {
  Status removed = database_->remove_collection(operation.collection);
  if (removed) collections_.erase(operation.collection);
  return removed;
}

// The embedder of a collection that was read from disk is the one that its schema names.
Result<Collection> StoreSession::collection(const std::string& name) {
  const auto known = collections_.find(name);
  if (known != collections_.end()) return known->second;
  auto found = database_->get_collection(name);
  if (!found) return found;
  const auto model = read_collection(*found);
  if (!model) return model.error();
  found = database_->get_collection(name, {.embedder = test_embedder(model->embedder), .index = {}});
  if (found) collections_.emplace(name, *found);
  return found;
}

Status StoreSession::write(const Operation& operation) {
  auto target = collection(operation.collection);
  if (!target) return std::move(target).error();
  if (operation.action == Action::reembed) return status_of(target->reembed(test_embedder(operation.embedder)));
  if (operation.action == Action::remove_filter) return status_of(target->remove(field("number") < operation.limit));
  return write_documents(operation, *target);
}

Status StoreSession::write_documents(const Operation& operation, Collection& target) {
  if (operation.action == Action::add) return status_of(target.add(operation.documents));
  if (operation.action == Action::upsert) return status_of(target.upsert(operation.documents));
  if (operation.action == Action::exchange) return status_of(target.exchange(operation.removed, operation.documents));
  std::vector<std::string> ids;
  std::vector<MetadataUpdate> updates;
  for (const Document& document : operation.documents) {
    ids.push_back(document.id);
    updates.push_back({.id = document.id, .set = document.metadata, .erase = {}});
  }
  return operation.action == Action::update ? target.update_metadata(updates) : status_of(target.remove(ids));
}

Result<StoreModel> StoreSession::read_all() const {
  return read_store(*database_);
}

Result<StoreModel> StoreSession::read_open_collections() const {
  StoreModel model;
  for (const auto& [name, collection] : collections_) {
    auto read = read_collection(collection);
    if (!read) return std::move(read).error();
    model.emplace(name, *std::move(read));
  }
  return model;
}

Result<StoreModel> read_store(const Database& database) {
  const auto names = database.list_collections();
  if (!names) return names.error();
  StoreModel model;
  for (const std::string& name : *names) {
    const auto collection = database.get_collection(name);
    if (!collection) return collection.error();
    auto read = read_collection(*collection);
    if (!read) return std::move(read).error();
    model.emplace(name, *std::move(read));
  }
  return model;
}

Status write_probe(Database& database, StoreModel& model, const std::string& id) {
  if (model.empty()) {
    auto made = database.create_collection("probe", {.embedder = test_embedder(0), .index = {}});
    if (!made) return std::move(made).error();
    model["probe"].embedder = 0;
  }
  const Document probe{.id = id, .text = "probe " + id, .metadata = {{"number", 1000}}};
  for (auto& [name, expected] : model) {
    auto collection = database.get_collection(name, {.embedder = test_embedder(expected.embedder), .index = {}});
    if (!collection) return std::move(collection).error();
    if (auto written = collection->upsert({probe}); !written) return std::move(written).error();
    expected.documents.insert_or_assign(id, embedded(probe, expected.embedder));
  }
  return {};
}

namespace {

// The first document that differs.
std::string first_difference(const CollectionModel& found, const CollectionModel& expected) {
  for (const auto& [id, document] : expected.documents) {
    const auto other = found.documents.find(id);
    if (other == found.documents.end()) return "lacks " + id;
    if (other->second == document) continue;
    std::string text = "another " + id + ":";
    if (other->second.text != document.text) text += " text";
    if (other->second.metadata != document.metadata) text += " metadata";
    if (other->second.embedding != document.embedding) text += " embedding";
    if (other->second.origin != document.origin) text += " origin";
    return text;
  }
  return "more documents";
}

}  // namespace

std::string difference(const StoreModel& found, const StoreModel& expected) {
  std::string text;
  for (const auto& [name, model] : expected) {
    const auto other = found.find(name);
    if (other == found.end()) {
      text += name + " is missing; ";
    } else if (other->second.embedder != model.embedder) {
      text += name + " has embedder " + std::to_string(other->second.embedder) + "; ";
    } else if (other->second != model) {
      text += name + " has " + std::to_string(other->second.documents.size()) + " documents, not the " +
              std::to_string(model.documents.size()) + " expected: " + first_difference(other->second, model) + "; ";
    }
  }
  for (const auto& [name, model] : found) {
    if (!expected.contains(name)) text += name + " is there; ";
  }
  return text;
}

}  // namespace scaup::test
