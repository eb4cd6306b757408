#include "collection/transfer_batch.hpp"

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace scaup::inline v0 {
namespace {

// A batch is one write: large enough that its sync costs little beside it, small enough for the memory of its encoding.
constexpr std::size_t kBatchBytes = std::size_t{8} << 20U;
constexpr std::size_t kBatchDocuments = 1000;

std::size_t bytes_of(const std::string& text) {
  return text.size();
}
template <typename T>
requires std::is_arithmetic_v<T> std::size_t bytes_of(const T& /*number*/) {
  return sizeof(T);
}
template <typename T>
std::size_t bytes_of(const std::vector<T>& list) {
  std::size_t bytes = 0;
  for (const auto& element : list) bytes += sizeof(T) + bytes_of(static_cast<const T&>(element));
  return bytes;
}

std::size_t bytes_of(const Document& document) {
  std::size_t bytes = document.id.size() + document.text.size();
  for (const auto& [key, value] : document.metadata) {
    bytes += key.size() + std::visit([](const auto& held) { return bytes_of(held); }, value.storage());
  }
  if (document.embedding) bytes += document.embedding->size() * sizeof(float);
  return bytes;
}

}  // namespace

void TransferBatch::add(Document document) {
  bytes_ += bytes_of(document);
  ids_.insert(document.id);
  documents_.push_back(std::move(document));
}

bool TransferBatch::full() const noexcept {
  return bytes_ >= kBatchBytes || documents_.size() >= kBatchDocuments;
}

void TransferBatch::clear() noexcept {
  documents_.clear();
  ids_.clear();
  bytes_ = 0;
}

}  // namespace scaup::inline v0
