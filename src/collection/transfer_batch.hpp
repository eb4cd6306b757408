#pragma once
// Documents on their way into a collection, gathered until they are worth a write.

#include <cstddef>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class TransferBatch {
 public:
  void add(Document document);
  /// Whether a document of this id is in it.
  [[nodiscard]] bool holds(std::string_view id) const { return ids_.contains(std::string(id)); }
  /// Whether it should be written before more is added: it takes some MiB, or is many documents.
  [[nodiscard]] bool full() const noexcept;
  [[nodiscard]] std::span<const Document> documents() const noexcept { return documents_; }
  [[nodiscard]] bool empty() const noexcept { return documents_.empty(); }
  void clear() noexcept;

 private:
  std::vector<Document> documents_ = {};
  std::unordered_set<std::string> ids_ = {};
  std::size_t bytes_ = 0;
};

}  // namespace scaup::inline v0
