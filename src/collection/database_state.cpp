#include "collection/database_state.hpp"

#include "base/in_quotes.hpp"
#include "engine/local_store.hpp"

namespace scaup::inline v0 {
namespace {

std::shared_ptr<Collection::State> state_of(std::string_view name, const DurableCollection::Pointer& durable,
                                            std::shared_ptr<const StoreContext> context) {
  // The store belongs to the durable collection: whoever holds the one holds the other.
  std::shared_ptr<VectorStore> store(durable, &durable->store());
  return std::make_shared<Collection::State>(std::string(name), std::move(store), std::move(context));
}

// Ends the use of a collection that is no longer in the database. Where memory runs out, `removed` keeps callers away,
// and a write that is under way goes to files that are removed.
void retire(DatabaseEntry& entry) noexcept {
  const std::lock_guard lock(entry.opening);
  if (entry.state != nullptr) entry.state->removed = true;
  try {
    if (entry.durable != nullptr) entry.durable->abandon();
  } catch (const std::bad_alloc&) {
  }
}

// Keeps a collection from being written to that may or may not be in the catalog.
void doubt(DatabaseEntry& entry) {
  const std::lock_guard lock(entry.opening);
  entry.in_doubt = true;
  if (entry.durable != nullptr) entry.durable->doubt();
}

}  // namespace

Status Database::State::usable() const {
  if (context != nullptr && context->forked()) return used_after_fork();
  const std::lock_guard lock(mutex);
  return closed ? Status(Error(ErrorCode::invalid_argument, "the database is closed")) : Status();
}

Result<std::shared_ptr<DatabaseEntry>> Database::State::find(std::string_view name) const {
  const std::lock_guard lock(mutex);
  const auto found = entries.find(name);
  if (found != entries.end()) return found->second;
  return Error(ErrorCode::not_found, "there is no collection " + in_quotes(name));
}

std::vector<std::shared_ptr<DatabaseEntry>> Database::State::all() const {
  const std::lock_guard lock(mutex);
  std::vector<std::shared_ptr<DatabaseEntry>> found;
  for (const auto& [name, entry] : entries) found.push_back(entry);
  return found;
}

Result<std::shared_ptr<Collection::State>> Database::State::open(DatabaseEntry& entry, std::string_view name,
                                                                 const IndexOptions& index) const {
  const std::lock_guard lock(entry.opening);
  if (entry.state != nullptr) return entry.state;
  entry.recovery = {.collection = std::string(name)};
  auto durable =
      DurableCollection::open(context, {.number = entry.number, .name = std::string(name)}, index, entry.recovery);
  if (!durable) return std::move(durable).error();
  if (entry.in_doubt) (*durable)->doubt();
  entry.state = state_of(name, *durable, context);
  entry.durable = *std::move(durable);
  return entry.state;
}

Result<std::shared_ptr<DatabaseEntry>> Database::State::make(std::string_view name, StoreSchema schema,
                                                             const IndexOptions& index) {
  auto entry = std::make_shared<DatabaseEntry>();
  if (folder == nullptr) {
    auto store = std::make_shared<LocalStore>(std::move(schema), index, clock);
    entry->state = std::make_shared<Collection::State>(std::string(name), std::move(store));
  } else if (Status made = make_files(*entry, name, std::move(schema), index); !made) {
    return std::move(made).error();
  }
  const std::lock_guard lock(mutex);
  unpublished.push_back(entry);
  return entry;
}

Status Database::State::make_files(DatabaseEntry& entry, std::string_view name, StoreSchema schema,
                                   const IndexOptions& index) {
  if (!writable()) return Error(ErrorCode::read_only, "the database was opened for reading");
  const auto number = folder->take_number();
  if (!number) return number.error();
  entry.number = *number;
  auto durable =
      DurableCollection::create(context, {.number = entry.number, .name = std::string(name)}, std::move(schema), index);
  if (!durable) {
    folder->remove_files(entry.number);
    return std::move(durable).error();
  }
  entry.durable = *std::move(durable);
  entry.state = state_of(name, entry.durable, context);
  return {};
}

Status Database::State::change(const NamedEntries& added, const std::vector<std::string>& removed) {
  std::vector<std::shared_ptr<DatabaseEntry>> out;
  std::vector<std::uint32_t> numbers;
  for (const std::string& name : removed) {
    auto entry = find(name);
    if (!entry) return std::move(entry).error();
    numbers.push_back((*entry)->number);
    out.push_back(*std::move(entry));
  }
  // Made first, because the catalog must not change where memory runs out. Nobody else changes `entries` meanwhile.
  auto next = entries;
  for (const std::string& name : removed) next.erase(name);
  for (const auto& [name, entry] : added) next.insert_or_assign(name, entry);
  if (folder != nullptr) {
    std::vector<CatalogEntry> named;
    for (const auto& [name, entry] : added) named.push_back({.number = entry->number, .name = name});
    Status changed = folder->change(named, numbers);
    for (std::size_t i = 0; folder->in_doubt() && i < out.size(); ++i) doubt(*out[i]);
    if (!changed) {
      give_up(added);
      return changed;
    }
  }
  {
    const std::lock_guard lock(mutex);
    entries.swap(next);
    for (const auto& [name, entry] : added) std::erase(unpublished, entry);
  }
  for (const auto& entry : out) retire(*entry);
  if (folder == nullptr) return {};
  for (const std::uint32_t number : numbers) folder->remove_files(number);
  return {};
}

// What could not be published. Its files stay: the new catalog may be on the disk all the same.
void Database::State::give_up(const NamedEntries& added) {
  for (const auto& [name, entry] : added) {
    retire(*entry);
    const std::lock_guard lock(mutex);
    std::erase(unpublished, entry);
  }
}

// Once the database is closed its folder may be another's: the next opening has removed the files, or will.
void Database::State::discard(const std::shared_ptr<DatabaseEntry>& entry) noexcept {
  {
    const std::lock_guard lock(mutex);
    std::erase(unpublished, entry);
    if (closed) return;
  }
  retire(*entry);
  if (folder != nullptr) folder->remove_files(entry->number);
}

}  // namespace scaup::inline v0
