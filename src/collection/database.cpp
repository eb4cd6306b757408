// Database: collections by name.

#include "scaup/database.hpp"

#include <map>
#include <mutex>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "collection/collection_state.hpp"
#include "engine/local_store.hpp"

namespace scaup::inline v0 {

struct Database::State {
  const std::shared_ptr<const Clock> clock = system_clock();
  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<Collection::State>, std::less<>> collections;  // under mutex
};

namespace {

Error empty_handle() {
  return {ErrorCode::invalid_argument,
          "Database: the handle is empty: it was moved from, or memory ran out when it was made"};
}

Error no_such_collection(std::string_view name) {
  return {ErrorCode::not_found, "there is no collection " + in_quotes(name)};
}

Error in_collection(Error error, std::string_view name) {
  error.add_context("collection " + in_quotes(name));
  return error;
}

// Makes the collection; for the holder of the mutex.
Result<Collection> create(Database::State& state, std::string_view name, const CollectionOptions& options) {
  auto schema = schema_from(options);
  if (!schema) return in_collection(std::move(schema).error(), name);
  auto store = std::make_shared<LocalStore>(*std::move(schema), options.index, state.clock);
  auto collection = std::make_shared<Collection::State>(std::string(name), std::move(store));
  collection->set_embedder(options.embedder);
  state.collections.emplace(name, collection);
  return Collection(std::move(collection));
}

// Hands out an existing collection; for the holder of the mutex.
Result<Collection> open(const std::shared_ptr<Collection::State>& collection, const CollectionOptions& options) {
  if (Status attached = attach(*collection, options); !attached) {
    return in_collection(std::move(attached).error(), collection->name);
  }
  return Collection(collection);
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

Result<Collection> Database::create_collection(std::string_view name, const CollectionOptions& options) {
  return guarded([&]() -> Result<Collection> {
    if (state_ == nullptr) return empty_handle();
    if (Status valid = check_collection_name(name); !valid) return std::move(valid).error();
    const std::lock_guard lock(state_->mutex);
    if (state_->collections.contains(name)) {
      return Error(ErrorCode::already_exists, "collection " + in_quotes(name) + " is there already");
    }
    return create(*state_, name, options);
  });
}

Result<Collection> Database::get_collection(std::string_view name) const {
  return get_collection(name, {});
}

Result<Collection> Database::get_collection(std::string_view name, const CollectionOptions& options) const {
  return guarded([&]() -> Result<Collection> {
    if (state_ == nullptr) return empty_handle();
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->collections.find(name);
    if (found == state_->collections.end()) return no_such_collection(name);
    return open(found->second, options);
  });
}

Result<Collection> Database::get_or_create_collection(std::string_view name, const CollectionOptions& options) {
  return guarded([&]() -> Result<Collection> {
    if (state_ == nullptr) return empty_handle();
    if (Status valid = check_collection_name(name); !valid) return std::move(valid).error();
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->collections.find(name);
    return found == state_->collections.end() ? create(*state_, name, options) : open(found->second, options);
  });
}

Result<std::vector<std::string>> Database::list_collections() const {
  return guarded([&]() -> Result<std::vector<std::string>> {
    if (state_ == nullptr) return empty_handle();
    const std::lock_guard lock(state_->mutex);
    std::vector<std::string> names;
    for (const auto& [name, collection] : state_->collections) names.push_back(name);
    return names;
  });
}

Status Database::remove_collection(std::string_view name) {
  return guarded([&]() -> Status {
    if (state_ == nullptr) return empty_handle();
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->collections.find(name);
    if (found == state_->collections.end()) return no_such_collection(name);
    found->second->removed = true;
    state_->collections.erase(found);
    return {};
  });
}

}  // namespace scaup::inline v0
