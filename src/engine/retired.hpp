#pragma once
// When old versions of documents may be freed: not before the last snapshot that shows them is gone.
//
// Every snapshot holds a batch, which receives the records that the write after this snapshot takes out of
// use; each batch holds the next one. A batch lives as long as the snapshot it belongs to, or any earlier
// one; so a record outlives every snapshot that can show it, and readers pay one reference count.

#include <atomic>
#include <cstddef>
#include <utility>
#include <vector>

#include "engine/record.hpp"

namespace scaup::inline v0 {

/// A counted reference to a batch in the chain of retired records.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class RetiredBatch {
 public:
  /// A new, empty batch.
  RetiredBatch() : node_(new Node) {}
  RetiredBatch(RetiredBatch&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  RetiredBatch& operator=(RetiredBatch&&) = delete;
  RetiredBatch(const RetiredBatch& other) noexcept : node_(other.node_) {
    if (node_ != nullptr) node_->references.fetch_add(1, std::memory_order_relaxed);
  }
  RetiredBatch& operator=(const RetiredBatch&) = delete;
  ~RetiredBatch() { release(node_); }

  /// Fills the batch, once, and links the one that comes after it. By the writer, before the next
  /// snapshot is published.
  void close(std::vector<Record::Pointer> records, const RetiredBatch& next) const noexcept {
    node_->records = std::move(records);
    node_->next = next.node_;
    next.node_->references.fetch_add(1, std::memory_order_relaxed);
  }

 private:
  struct Node {
    std::atomic<std::size_t> references = 1;
    std::vector<Record::Pointer> records;
    Node* next = nullptr;
  };

  // A loop, not a recursion: a snapshot may have been held while millions of writes came and went.
  static void release(Node* node) noexcept {
    while (node != nullptr && node->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      Node* const next = node->next;
      delete node;
      node = next;
    }
  }

  Node* node_;
};

}  // namespace scaup::inline v0
