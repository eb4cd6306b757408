#pragma once
// What the writers of a killed process do: each owns its ids, and each of its operations follows from a seed, the
// number of the operation, and what its documents are. So whoever knows how many were acknowledged knows the state.

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "scaup/scaup.hpp"

namespace scaup::test {

/// Where a writer says that an operation was acknowledged.
struct Acknowledgement {
  std::uint32_t writer = 0;
  std::uint32_t operations = 0;  ///< so many are done
};
/// As `writer`: the database is open, and a call failed.
inline constexpr std::uint32_t kOpened = 1000;
inline constexpr std::uint32_t kFailed = 1001;

/// What a document was made of: the number it was written with, and that of its last change of metadata.
struct Stamps {
  std::int64_t written = 0;
  std::int64_t changed = 0;

  friend bool operator==(const Stamps&, const Stamps&) = default;
};

inline Document stamped_document(const std::string& id, const Stamps& stamps) {
  std::mt19937_64 random(static_cast<std::uint64_t>(stamps.written));
  const std::size_t length = random() % 40 == 0 ? 30'000 : random() % 300;
  Document document{.id = id,
                    .text = std::string(length, static_cast<char>('a' + random() % 26)),
                    .metadata = {{"written", stamps.written}, {"changed", stamps.changed}}};
  document.embedding.emplace(8);
  for (float& component : *document.embedding) component = static_cast<float>(random() % 1000) - 500.0F;
  return document;
}

enum class OperationKind : std::uint8_t { add, upsert, update, remove, exchange };

struct Operation {
  OperationKind kind = OperationKind::add;
  std::vector<std::string> ids = {};
  std::vector<std::string> removed = {};  ///< exchange: these go, as far as they are not in `ids`
  std::int64_t stamp = 0;
};

/// The documents of one writer. Single-threaded: one thread at a time, even for const members.
class WriteModel {
 public:
  static constexpr std::size_t kIds = 40;

  explicit WriteModel(std::uint32_t writer) : writer_(writer) {}

  [[nodiscard]] const std::map<std::string, Stamps>& documents() const noexcept { return documents_; }
  /// Takes over what a document of the database says of itself, if it is one of this writer.
  void load(const Document& document) {
    if (!document.id.starts_with(prefix())) return;
    documents_[document.id] = {*document.metadata.at("written").get_if<std::int64_t>(),
                               *document.metadata.at("changed").get_if<std::int64_t>()};
  }

  [[nodiscard]] Operation next(std::uint64_t seed, std::uint64_t number) const {
    std::mt19937_64 random(seed * 0x9E3779B97F4A7C15U + number * 64 + writer_);
    Operation operation{.kind = static_cast<OperationKind>(random() % 5),
                        .stamp = static_cast<std::int64_t>(random() >> 2U)};
    const bool absent = operation.kind == OperationKind::add;
    const bool any = !absent && operation.kind != OperationKind::update;
    const std::size_t most = 1 + random() % 8;
    for (std::size_t i = random() % kIds, tried = 0; tried < kIds && operation.ids.size() < most; ++i, ++tried) {
      const std::string id = prefix() + std::to_string(i % kIds);
      if (any || documents_.contains(id) != absent) operation.ids.push_back(id);
    }
    if (operation.kind != OperationKind::exchange) return operation;
    // Every second one, so that about half of those that go are also among those that come.
    for (std::size_t i = random() % kIds, count = most; count > 0; i += 2, --count)
      operation.removed.push_back(prefix() + std::to_string(i % kIds));
    return operation;
  }

  void apply(const Operation& operation) {
    for (const std::string& id : operation.removed) documents_.erase(id);
    for (const std::string& id : operation.ids) {
      switch (operation.kind) {
        case OperationKind::add:
        case OperationKind::upsert:
        case OperationKind::exchange: documents_[id] = {.written = operation.stamp}; break;
        case OperationKind::update: documents_[id].changed = operation.stamp; break;
        case OperationKind::remove: documents_.erase(id);
      }
    }
  }

  friend bool operator==(const WriteModel&, const WriteModel&) = default;

 private:
  [[nodiscard]] std::string prefix() const { return "w" + std::to_string(writer_) + "-"; }

  std::uint32_t writer_;
  std::map<std::string, Stamps> documents_;
};

/// Carries an operation out on a collection.
inline Status carry_out(Collection& collection, const Operation& operation) {
  const auto status_of = [](const auto& result) { return result ? Status() : Status(result.error()); };
  if (operation.kind == OperationKind::remove) return status_of(collection.remove(operation.ids));
  if (operation.kind == OperationKind::update) {
    std::vector<MetadataUpdate> updates;
    for (const std::string& id : operation.ids) updates.push_back({.id = id, .set = {{"changed", operation.stamp}}});
    return collection.update_metadata(updates);
  }
  std::vector<Document> documents;
  for (const std::string& id : operation.ids) {
    documents.push_back(stamped_document(id, {.written = operation.stamp}));
  }
  if (operation.kind == OperationKind::exchange) return status_of(collection.exchange(operation.removed, documents));
  if (operation.kind == OperationKind::add) return status_of(collection.add(documents));
  return status_of(collection.upsert(documents));
}

}  // namespace scaup::test
