// Collection: each public call checks what it was given, embeds texts, and hands on to the store.

#include "scaup/collection.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/boundary.hpp"
#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "collection/collection_state.hpp"
#include "collection/embedding_batch.hpp"
#include "collection/reembed.hpp"
#include "collection/request_check.hpp"
#include "collection/transfer_json_lines.hpp"

namespace scaup::inline v0 {
namespace {

using State = Collection::State;

// Runs the body of a public call: the handle must be whole, its collection there, and whatever fails
// says which call on which collection.
template <typename Body>
auto call(const std::shared_ptr<State>& state, std::string_view name, const std::stop_token& stop, Body&& body) noexcept
    -> decltype(body(*state)) {
  using Return = decltype(body(*state));
  return guarded([&]() -> Return {
    if (state == nullptr) return Error(ErrorCode::invalid_argument, "Collection: the handle was moved from");
    const auto place = [&] { return "collection " + in_quotes(state->name) + ": " + std::string(name); };
    if (Status usable = state->usable(); !usable) {
      Error error = std::move(usable).error();
      error.add_context(place());
      return error;
    }
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, place() + ": cancelled before it began");
    Return result = body(*state);
    if (result) return result;
    Error error = std::move(result).error();
    if (error.code() != ErrorCode::out_of_memory) error.add_context(place());
    return error;
  });
}

// What a call that may embed needs to know, read so that the two belong together.
struct Context {
  StoreInfo info;
  std::shared_ptr<const Embedder> embedder;
};

Result<Context> context_of(const State& state, const std::stop_token& stop) {
  auto info = state.store->info(stop);
  if (!info) return std::move(info).error();
  auto embedder = state.embedder_for(info->schema);
  if (embedder != nullptr && info->schema.embedder && *info->schema.embedder != embedder->identity()) {
    return Error(ErrorCode::embedder_mismatch, "the vectors are of " + to_string(*info->schema.embedder) +
                                                   ", the embedder here is " + to_string(embedder->identity()));
  }
  return Context{*std::move(info), std::move(embedder)};
}

// A store may be a user's own: what it gives back is counted before anything relies on it.
Status check_count(std::string_view what, std::size_t given, std::size_t asked) {
  if (given == asked) return {};
  return Error(ErrorCode::internal, "the store gave " + std::to_string(given) + " " + std::string(what) + " where " +
                                        std::to_string(asked) + " were asked for; it must give one for each");
}

Result<std::vector<std::optional<Document>>> get_documents(const State& state, std::span<const std::string> ids,
                                                           const std::stop_token& stop) {
  auto documents = state.store->get(ids, true, stop);
  if (!documents) return documents;
  if (Status right = check_count("documents", documents->size(), ids.size()); !right) return std::move(right).error();
  return documents;
}

// A reembed may have changed the embedder while this call was using the old one; then it begins anew.
template <typename Attempt>
auto retried(const Attempt& attempt) -> decltype(attempt()) {
  constexpr int kRetries = 3;
  for (int i = 0; i < kRetries; ++i) {
    auto result = attempt();
    if (result || result.error().code() != ErrorCode::embedder_mismatch) return result;
  }
  return attempt();
}

// What is done with documents that have been checked and embedded.
using StoreWrite =
    std::function<Result<WriteCounts>(VectorStore&, std::span<const StoreRecord>, std::uint64_t schema_version)>;

Result<WriteReport> write_once(State& state, std::span<const Document> documents, const StoreWrite& store_write,
                               const std::stop_token& stop) {
  const auto context = context_of(state, stop);
  if (!context) return context.error();
  if (Status valid = check_documents(documents, context->info.schema); !valid) return std::move(valid).error();
  const auto batch = EmbeddingBatch::of_documents(documents, context->embedder.get(), stop);
  if (!batch) return batch.error();
  const auto counts = store_write(*state.store, batch->records(), context->info.schema_version);
  if (!counts) return counts.error();
  return WriteReport{.added = counts->added,
                     .replaced = counts->replaced,
                     .removed = counts->removed,
                     .without_vector = batch->without_vector()};
}

Result<WriteReport> write(State& state, std::span<const Document> documents, WriteMode mode,
                          const std::stop_token& stop) {
  const StoreWrite store_write = [&](VectorStore& store, std::span<const StoreRecord> records, std::uint64_t version) {
    return store.write(records, mode, version, stop);
  };
  return retried([&] { return write_once(state, documents, store_write, stop); });
}

Result<WriteReport> exchange(State& state, std::span<const std::string> removed, std::span<const Document> documents,
                             const std::stop_token& stop) {
  const StoreWrite store_write = [&](VectorStore& store, std::span<const StoreRecord> records, std::uint64_t version) {
    return store.exchange(removed, records, version, stop);
  };
  return retried([&] { return write_once(state, documents, store_write, stop); });
}

Result<std::vector<QueryResult>> query_once(const State& state, std::span<const RequestView> requests,
                                            const std::stop_token& stop) {
  const auto context = context_of(state, stop);
  if (!context) return context.error();
  const auto batch =
      QueryBatch::of_requests(requests, context->embedder.get(), context->info, state.store->capabilities(), stop);
  if (!batch) return batch.error();
  auto found = state.store->query(batch->queries(), context->info.schema_version, stop);
  if (!found) return found;
  if (Status right = check_count("results", found->size(), batch->queries().size()); !right) {
    return std::move(right).error();
  }
  return batch->in_order(*std::move(found));
}

Result<std::vector<QueryResult>> query_all(const State& state, std::span<const RequestView> requests,
                                           const std::stop_token& stop) {
  return retried([&] { return query_once(state, requests, stop); });
}

Result<QueryResult> query_one(const State& state, const RequestView& request, const std::stop_token& stop) {
  auto results = query_all(state, std::span(&request, 1), stop);
  if (!results) return std::move(results).error();
  return std::move(results->front());
}

}  // namespace

Collection::Collection(std::shared_ptr<State> state) : state_(std::move(state)) {}

const std::string& Collection::name() const noexcept {
  static const std::string none;
  return state_ == nullptr ? none : state_->name;
}

Result<StoreInfo> Collection::info(std::stop_token stop) const {
  return call(state_, "info", stop, [&](State& state) { return state.store->info(stop); });
}

std::shared_ptr<const Embedder> Collection::embedder() const {
  return state_ == nullptr ? nullptr : state_->embedder();
}

Result<WriteReport> Collection::add(std::span<const Document> documents, std::stop_token stop) {
  return call(state_, "add", stop, [&](State& state) { return write(state, documents, WriteMode::add, stop); });
}

Result<WriteReport> Collection::add(std::initializer_list<Document> documents, std::stop_token stop) {
  return add(std::span<const Document>(documents.begin(), documents.size()), std::move(stop));
}

Result<WriteReport> Collection::upsert(std::span<const Document> documents, std::stop_token stop) {
  return call(state_, "upsert", stop, [&](State& state) { return write(state, documents, WriteMode::upsert, stop); });
}

Result<WriteReport> Collection::exchange(std::span<const std::string> removed, std::span<const Document> documents,
                                         std::stop_token stop) {
  return call(state_, "exchange", stop, [&](State& state) -> Result<WriteReport> {
    if (Status valid = check_each_id(removed); !valid) return std::move(valid).error();
    return scaup::exchange(state, removed, documents, stop);
  });
}

Result<WriteReport> Collection::upsert(std::initializer_list<Document> documents, std::stop_token stop) {
  return upsert(std::span<const Document>(documents.begin(), documents.size()), std::move(stop));
}

Status Collection::update_metadata(std::span<const MetadataUpdate> updates, std::stop_token stop) {
  return call(state_, "update_metadata", stop, [&](State& state) -> Status {
    if (Status valid = check_updates(updates); !valid) return valid;
    return state.store->update_metadata(updates, stop);
  });
}

Status Collection::update_metadata(std::string_view id, const Metadata& set, std::stop_token stop) {
  return guarded([&]() -> Status {
    const std::array<MetadataUpdate, 1> update = {MetadataUpdate{.id = std::string(id), .set = set, .erase = {}}};
    return update_metadata(update, std::move(stop));
  });
}

Result<std::size_t> Collection::remove(std::span<const std::string> ids, std::stop_token stop) {
  return call(state_, "remove", stop, [&](State& state) -> Result<std::size_t> {
    if (Status valid = check_ids(ids); !valid) return std::move(valid).error();
    return state.store->remove_ids(ids, stop);
  });
}

Result<std::size_t> Collection::remove(std::initializer_list<std::string> ids, std::stop_token stop) {
  return remove(std::span<const std::string>(ids.begin(), ids.size()), std::move(stop));
}

Result<std::size_t> Collection::remove(const Filter& filter, std::stop_token stop) {
  return call(state_, "remove", stop, [&](State& state) -> Result<std::size_t> {
    if (filter.empty()) {
      return Error(ErrorCode::invalid_argument,
                   "the filter is empty, which would remove every document; remove the collection instead");
    }
    if (Status valid = check_filter(filter, state.store->capabilities()); !valid) return std::move(valid).error();
    return state.store->remove_matching(filter, stop);
  });
}

Result<Document> Collection::get(std::string_view id, std::stop_token stop) const {
  return call(state_, "get", stop, [&](State& state) -> Result<Document> {
    if (Status valid = check_id(id); !valid) return std::move(valid).error();
    const std::array<std::string, 1> ids = {std::string(id)};
    auto documents = get_documents(state, ids, stop);
    if (!documents) return std::move(documents).error();
    if (!documents->front()) return Error(ErrorCode::not_found, "there is no document " + in_quotes(ids[0]));
    return *std::move(documents->front());
  });
}

Result<std::vector<std::optional<Document>>> Collection::get_many(std::span<const std::string> ids,
                                                                  std::stop_token stop) const {
  return call(state_, "get_many", stop, [&](State& state) -> Result<std::vector<std::optional<Document>>> {
    if (Status valid = check_ids(ids); !valid) return std::move(valid).error();
    return get_documents(state, ids, stop);
  });
}

Result<ScanPage> Collection::scan(const ScanOptions& options, std::stop_token stop) const {
  return call(state_, "scan", stop, [&](State& state) -> Result<ScanPage> {
    constexpr std::size_t kMaxLimit = 100000;
    if (options.limit == 0 || options.limit > kMaxLimit) {
      return Error(ErrorCode::invalid_argument,
                   "limit: " + std::to_string(options.limit) + "; 1 to " + std::to_string(kMaxLimit) + " are allowed");
    }
    if (Status valid = check_filter(options.filter, state.store->capabilities()); !valid)
      return std::move(valid).error();
    return state.store->scan(options, stop);
  });
}

Result<std::size_t> Collection::count(const Filter& filter, std::stop_token stop) const {
  return call(state_, "count", stop, [&](State& state) -> Result<std::size_t> {
    if (Status valid = check_filter(filter, state.store->capabilities()); !valid) return std::move(valid).error();
    return state.store->count(filter, stop);
  });
}

Result<QueryResult> Collection::query(std::string_view text, const QueryOptions& options, std::stop_token stop) const {
  return call(state_, "query", stop,
              [&](State& state) { return query_one(state, {.text = text, .vector = {}, .options = options}, stop); });
}

Result<QueryResult> Collection::query(std::span<const float> vector, const QueryOptions& options,
                                      std::stop_token stop) const {
  return call(state_, "query", stop,
              [&](State& state) { return query_one(state, {.text = {}, .vector = vector, .options = options}, stop); });
}

Result<std::vector<QueryResult>> Collection::query_batch(std::span<const QueryRequest> requests,
                                                         std::stop_token stop) const {
  return call(state_, "query_batch", stop, [&](State& state) {
    std::vector<RequestView> views;
    views.reserve(requests.size());
    for (const QueryRequest& request : requests) views.push_back({request.text, request.vector, request.options});
    return query_all(state, views, stop);
  });
}

Result<WriteReport> Collection::reembed(std::shared_ptr<const Embedder> embedder, std::stop_token stop) {
  return call(state_, "reembed", stop, [&](State& state) -> Result<WriteReport> {
    if (embedder == nullptr) return Error(ErrorCode::invalid_argument, "the embedder is null");
    return reembed_all(state, embedder, stop);
  });
}

Status Collection::wait_until_indexed(std::stop_token stop) const {
  return call(state_, "wait_until_indexed", stop, [&](State& state) { return state.store->wait_until_indexed(stop); });
}

Result<RecallReport> Collection::self_recall(const SelfRecallOptions& options, std::stop_token stop) const {
  return call(state_, "self_recall", stop, [&](State& state) -> Result<RecallReport> {
    if (Status valid = check_self_recall(options); !valid) return std::move(valid).error();
    return state.store->self_recall(options, stop);
  });
}

Result<TransferReport> Collection::export_json_lines(ByteSink& sink, const JsonLinesOptions& options,
                                                     std::stop_token stop) const {
  return call(state_, "export_json_lines", stop,
              [&](State& state) { return write_json_lines(state, sink, options, stop); });
}

Result<TransferReport> Collection::import_json_lines(ByteSource& source, const JsonLinesOptions& options,
                                                     std::stop_token stop) {
  return call(state_, "import_json_lines", stop, [&](State& state) {
    const auto write_batch = [&](std::span<const Document> documents) {
      return write(state, documents, options.mode, stop);
    };
    return read_json_lines(state, source, options, write_batch, stop);
  });
}

Result<Collection> make_collection(std::string name, std::shared_ptr<VectorStore> store,
                                   const CollectionOptions& options) {
  return guarded([&]() -> Result<Collection> {
    if (Status valid = check_collection_name(name); !valid) return std::move(valid).error();
    if (store == nullptr) return Error(ErrorCode::invalid_argument, "make_collection: the store is null");
    auto state = std::make_shared<State>(std::move(name), std::move(store));
    if (Status attached = attach(*state, options); !attached) return std::move(attached).error();
    return Collection(std::move(state));
  });
}

}  // namespace scaup::inline v0
