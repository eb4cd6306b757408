// Database: collections by name.

#include "scaup/database.hpp"

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "collection/database_state.hpp"
#include "collection/transfer.hpp"
#include "engine/verify_database.hpp"

namespace scaup::inline v0 {
namespace {

Error empty_handle() {
  return {ErrorCode::invalid_argument,
          "Database: the handle is empty: it was moved from, or memory ran out when it was made"};
}

Error in_collection(Error error, std::string_view name) {
  error.add_context("collection " + in_quotes(name));
  return error;
}

// Runs the body of a public call on a handle that is whole and open.
template <typename Body>
auto call(const std::shared_ptr<Database::State>& state, Body&& body) noexcept -> decltype(body(*state)) {
  return guarded([&]() -> decltype(body(*state)) {
    if (state == nullptr) return empty_handle();
    if (Status usable = state->usable(); !usable) return std::move(usable).error();
    return body(*state);
  });
}

// Hands out an existing collection.
Result<std::shared_ptr<Collection::State>> open(Database::State& database, std::string_view name,
                                                const CollectionOptions& options) {
  auto entry = database.find(name);
  if (!entry) return std::move(entry).error();
  auto state = database.open(**entry, name, options.index);
  if (!state) return in_collection(std::move(state).error(), name);
  Status attached = attach(**state, options);
  if (!attached) return in_collection(std::move(attached).error(), name);
  return state;
}

// Makes a collection; for the holder of `changes`.
Result<std::shared_ptr<Collection::State>> create(Database::State& database, std::string_view name,
                                                  const CollectionOptions& options) {
  if (database.find(name)) {
    return Error(ErrorCode::already_exists, "collection " + in_quotes(name) + " is there already");
  }
  auto schema = schema_from(options);
  if (!schema) return in_collection(std::move(schema).error(), name);
  auto entry = database.make(name, *std::move(schema), options.index);
  if (!entry) return in_collection(std::move(entry).error(), name);
  (*entry)->state->set_embedder(options.embedder);
  Status changed = database.change({{std::string(name), *entry}}, {});
  if (!changed) return in_collection(std::move(changed).error(), name);
  return (*entry)->state;
}

struct OpenedEntry {
  std::shared_ptr<Collection::State> state;
  DurableCollection::Pointer durable;
};

OpenedEntry opened_entry(DatabaseEntry& entry) {
  const std::lock_guard lock(entry.opening);
  return {entry.state, entry.durable};
}

// Closes one collection; for `Database::close`.
Status close_entry(DatabaseEntry& entry) {
  const std::lock_guard lock(entry.opening);
  if (entry.state != nullptr) entry.state->closed = true;
  return entry.durable == nullptr ? Status() : entry.durable->close();
}

// What opening a collection found, and what those have found since who read its saved graph and words.
CollectionRecovery recovery_of(const DatabaseEntry& entry) {
  CollectionRecovery recovery = entry.recovery;
  if (entry.durable == nullptr) return recovery;
  const Status loaded = entry.durable->store().graph_keeper().load_result();
  if (!loaded) recovery.notes.push_back("the graph is built anew: " + loaded.error().message());
  const Status words = entry.durable->store().text_keeper().load_result();
  if (!words) recovery.notes.push_back("the words are indexed anew: " + words.error().message());
  return recovery;
}

}  // namespace

Database::Database(std::shared_ptr<State> state) : state_(std::move(state)) {}

Database Database::in_memory() {
  try {
    return Database(std::make_shared<State>());
  } catch (const std::bad_alloc&) {
    return Database(nullptr);  // every call on it says so
  }
}

Result<Database> Database::open(const std::filesystem::path& folder, const DatabaseOptions& options) {
  return guarded([&]() -> Result<Database> {
    auto opened = DatabaseFolder::open(folder, options);
    if (!opened) return std::move(opened).error();
    auto state = std::make_shared<State>();
    state->context = (*opened)->context();
    state->clock = state->context->options.clock;
    for (const CatalogEntry& named : (*opened)->collections()) {
      auto entry = std::make_shared<DatabaseEntry>();
      entry->number = named.number;
      state->entries.emplace(named.name, std::move(entry));
    }
    state->catalog_recovery = (*opened)->recovery();
    state->folder = *std::move(opened);
    return Database(std::move(state));
  });
}

Result<VerifyReport> Database::verify(const std::filesystem::path& folder, const DatabaseOptions& options,
                                      std::stop_token stop) {
  return guarded([&] { return verify_database(folder, options, stop); });
}

Result<Collection> Database::create_collection(std::string_view name, const CollectionOptions& options) {
  return call(state_, [&](State& state) -> Result<Collection> {
    if (Status valid = check_collection_name(name); !valid) return std::move(valid).error();
    const std::lock_guard changes(state.changes);
    auto created = create(state, name, options);
    if (!created) return std::move(created).error();
    return Collection(*std::move(created));
  });
}

Result<Collection> Database::get_collection(std::string_view name) const {
  return get_collection(name, {});
}

Result<Collection> Database::get_collection(std::string_view name, const CollectionOptions& options) const {
  return call(state_, [&](State& state) -> Result<Collection> {
    auto found = scaup::open(state, name, options);
    if (!found) return std::move(found).error();
    return Collection(*std::move(found));
  });
}

Result<Collection> Database::get_or_create_collection(std::string_view name, const CollectionOptions& options) {
  return call(state_, [&](State& state) -> Result<Collection> {
    if (Status valid = check_collection_name(name); !valid) return std::move(valid).error();
    if (state.find(name)) {
      // If it is removed between the two, it is made anew below.
      auto opened = scaup::open(state, name, options);
      if (opened) return Collection(*std::move(opened));
      if (state.find(name)) return std::move(opened).error();
    }
    const std::lock_guard changes(state.changes);
    auto collection = state.find(name) ? scaup::open(state, name, options) : create(state, name, options);
    if (!collection) return std::move(collection).error();
    return Collection(*std::move(collection));
  });
}

Result<std::vector<std::string>> Database::list_collections() const {
  return call(state_, [&](State& state) -> Result<std::vector<std::string>> {
    const std::lock_guard lock(state.mutex);
    std::vector<std::string> names;
    for (const auto& [name, entry] : state.entries) names.push_back(name);
    return names;
  });
}

Status Database::remove_collection(std::string_view name) {
  return call(state_, [&](State& state) -> Status {
    const std::lock_guard changes(state.changes);
    return state.change({}, {std::string(name)});
  });
}

// The mutex of an entry is held for a moment only: who asks for the collection meanwhile does not wait for the disk.
Status Database::checkpoint(std::stop_token stop) {
  return call(state_, [&](State& state) -> Status {
    for (const auto& entry : state.all()) {
      const OpenedEntry opened = opened_entry(*entry);
      if (opened.durable == nullptr) continue;
      Status written = opened.durable->checkpoint(stop);
      if (!written && !opened.state->removed) return in_collection(std::move(written).error(), opened.state->name);
    }
    return {};
  });
}

Result<TransferReport> Database::export_to(ByteSink& sink, const ExportOptions& options, std::stop_token stop) const {
  return call(state_, [&](State& state) { return export_archive(state, sink, options, stop); });
}

Result<TransferReport> Database::export_to_file(const std::filesystem::path& path, const ExportOptions& options,
                                                std::stop_token stop) const {
  return call(state_, [&](State& state) { return export_archive_file(state, path, options, stop); });
}

Result<TransferReport> Database::import_from(ByteSource& source, const ImportOptions& options, std::stop_token stop) {
  return call(state_, [&](State& state) { return import_archive(state, source, options, stop); });
}

Result<TransferReport> Database::import_from_file(const std::filesystem::path& path, const ImportOptions& options,
                                                  std::stop_token stop) {
  return call(state_, [&](State& state) { return import_archive_file(state, path, options, stop); });
}

std::vector<CollectionRecovery> Database::recoveries() const {
  std::vector<CollectionRecovery> found;
  if (state_ == nullptr) return found;
  if (state_->catalog_recovery) found.push_back(*state_->catalog_recovery);
  for (const auto& entry : state_->all()) {
    const std::lock_guard lock(entry->opening);
    if (entry->durable != nullptr) found.push_back(recovery_of(*entry));
  }
  return found;
}

std::vector<CollectionStorage> Database::storage() const {
  std::vector<CollectionStorage> found;
  if (state_ == nullptr) return found;
  for (const auto& entry : state_->all()) {
    const OpenedEntry opened = opened_entry(*entry);
    if (opened.durable != nullptr) found.push_back(opened.durable->storage(opened.state->name));
  }
  return found;
}

Status Database::close() {
  return call(state_, [&](State& state) -> Status {
    const std::lock_guard changes(state.changes);
    auto entries = state.all();
    {
      const std::lock_guard lock(state.mutex);
      state.closed = true;
      entries.insert(entries.end(), state.unpublished.begin(), state.unpublished.end());
    }
    Status first;
    for (const auto& entry : entries) {
      Status closed = close_entry(*entry);
      if (first && !closed) first = std::move(closed);
    }
    if (state.context != nullptr) state.context->unlock();
    return first;
  });
}

}  // namespace scaup::inline v0
