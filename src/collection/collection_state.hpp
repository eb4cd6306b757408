#pragma once
// What the handles of one collection share.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "engine/store_context.hpp"
#include "scaup/collection.hpp"

namespace scaup::inline v0 {

/// Thread-safe: any member from any thread at any time.
struct Collection::State {
  /// `its_context` is null for a collection in memory.
  State(std::string its_name, std::shared_ptr<VectorStore> its_store,
        std::shared_ptr<const StoreContext> its_context = nullptr)
      : name(std::move(its_name)), store(std::move(its_store)), context(std::move(its_context)) {}

  const std::string name;
  const std::shared_ptr<VectorStore> store;
  const std::shared_ptr<const StoreContext> context;
  std::atomic<bool> removed = false;
  std::atomic<bool> closed = false;

  /// Success while calls are allowed.
  [[nodiscard]] Status usable() const;

  [[nodiscard]] std::shared_ptr<const Embedder> embedder() const {
    const std::lock_guard lock(mutex_);
    return embedder_;
  }
  void set_embedder(std::shared_ptr<const Embedder> embedder) {
    const std::lock_guard lock(mutex_);
    embedder_ = std::move(embedder);
    successor_.reset();
  }
  /// Notes the embedder that will take over as soon as the store has its vectors.
  void announce_embedder(std::shared_ptr<const Embedder> successor) {
    const std::lock_guard lock(mutex_);
    successor_ = std::move(successor);
  }
  /// The embedder that made the vectors of `schema`, be it the present one or its successor; the present
  /// one where neither is.
  [[nodiscard]] std::shared_ptr<const Embedder> embedder_for(const StoreSchema& schema) const {
    const std::lock_guard lock(mutex_);
    const bool taken_over = successor_ != nullptr && schema.embedder == successor_->identity();
    return taken_over ? successor_ : embedder_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Embedder> embedder_;   // under mutex_
  std::shared_ptr<const Embedder> successor_;  // under mutex_; null unless a reembed is under way
};

/// The name of a collection as Database documents it. Errors: `invalid_argument`.
[[nodiscard]] Status check_collection_name(std::string_view name);

/// Texts that are UTF-8, and a dimension from 1 to 65,536. Errors: `invalid_argument`.
[[nodiscard]] Status check_identity(const EmbedderIdentity& identity);

/// The schema of a new collection. Errors: `invalid_argument`, `dimension_mismatch` where the options
/// contradict themselves.
[[nodiscard]] Result<StoreSchema> schema_from(const CollectionOptions& options);

/// Checks the options against an existing collection and attaches their embedder where it has none here.
/// Errors: `embedder_mismatch`, `dimension_mismatch`, `invalid_argument`.
[[nodiscard]] Status attach(Collection::State& state, const CollectionOptions& options);

}  // namespace scaup::inline v0
