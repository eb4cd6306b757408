#include "engine/operation_codec.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <optional>
#include <unordered_set>

#include "base/in_quotes.hpp"
#include "simd/vector_check.hpp"
#include "storage/document_codec.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {
namespace {

// The numbers are stored on disk, do not change them.
constexpr std::uint32_t kHead = EntryTag::head;
constexpr std::uint32_t kItem = EntryTag::item;
constexpr std::uint32_t kDocument = ItemTag::document;
constexpr std::uint32_t kVector = ItemTag::vector;
constexpr std::uint32_t kSet = 2;
constexpr std::uint32_t kErase = 3;

// After so many bytes a part ends.
constexpr std::size_t kPartBytes = std::size_t{4} << 20U;
// A late part is encoded while the disk takes the one before it: smaller ones would cost more calls of the system.
constexpr std::size_t kLatePartBytes = std::size_t{512} << 10U;

// Builds an entry item by item.
class EntryBuilder {
 public:
  explicit EntryBuilder(Operation operation) {
    entry_.type = static_cast<std::uint8_t>(operation);
    entry_.parts.emplace_back();
  }

  /// Makes room for so many bytes more, so that the part does not move as it grows.
  void reserve(std::size_t bytes) { entry_.parts.back().reserve(entry_.parts.back().size() + bytes); }
  /// The fields of the part that has room.
  [[nodiscard]] FieldWriter fields() {
    if (entry_.parts.back().size() >= kPartBytes) entry_.parts.emplace_back();
    return FieldWriter(entry_.parts.back());
  }
  [[nodiscard]] LogEntry take() { return std::move(entry_); }

 private:
  LogEntry entry_;
};

// Of a document without its vector, encoded; a guess.
std::size_t bytes_of(const Document& document) {
  constexpr std::size_t kSmallFields = 64;
  constexpr std::size_t kField = 32;
  return document.id.size() + document.text.size() + kSmallFields + document.metadata.size() * kField;
}

std::size_t bytes_of(const StoreRecord& record) {
  return bytes_of(*record.document) + record.vector.size_bytes();
}

std::size_t bytes_of(std::span<const StoreRecord> records) {
  std::size_t bytes = 0;
  for (const StoreRecord& record : records) bytes += bytes_of(record);
  return bytes;
}

void write_vector(FieldWriter& out, std::span<const float> vector) {
  if (vector.empty()) return;
  static_assert(std::endian::native == std::endian::little);
  out.bytes(kVector, std::as_bytes(vector));
}

void write_record(FieldWriter fields, const StoreRecord& record) {
  const Document& document = *record.document;
  const auto write_document = [&](FieldWriter& out) { encode_document(out, document); };
  const auto write_item = [&](FieldWriter& item) {
    item.message(kDocument, write_document, bytes_of(document));
    write_vector(item, record.vector);
  };
  fields.message(kItem, write_item, bytes_of(record));
}

// Encodes the records of parts that are of about kLatePartBytes. Borrows the records.
class LateRecords {
 public:
  explicit LateRecords(std::span<const StoreRecord> records) : records_(records) {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (bytes == 0) begins_.push_back(i);
      bytes += bytes_of(records[i]);
      if (bytes >= kLatePartBytes) bytes = 0;
    }
    begins_.push_back(records.size());
  }

  [[nodiscard]] std::size_t parts() const noexcept { return begins_.size() - 1; }
  void operator()(std::size_t part, std::vector<std::byte>& out) const {
    for (std::size_t i = begins_[part]; i < begins_[part + 1]; ++i) write_record(FieldWriter(out), records_[i]);
  }

 private:
  std::span<const StoreRecord> records_;
  std::vector<std::size_t> begins_;  // of each part, and the end of the last
};

// Few records are encoded at once, before the writer has its turn.
LogEntry with_records(EntryBuilder entry, std::span<const StoreRecord> records) {
  const std::size_t bytes = bytes_of(records);
  if (bytes <= kLatePartBytes) {
    entry.reserve(bytes);
    for (const StoreRecord& record : records) write_record(entry.fields(), record);
    return entry.take();
  }
  LateRecords late(records);
  LogEntry whole = entry.take();
  if (whole.parts.back().empty()) whole.parts.pop_back();
  whole.late_parts = late.parts();
  whole.encode = std::move(late);
  return whole;
}

Error wrong_entry(std::string_view what) {
  return {ErrorCode::corruption, "log entry: " + std::string(what)};
}

Result<std::vector<float>> read_vector(std::span<const std::byte> bytes) {
  if (bytes.size() % sizeof(float) != 0 || bytes.size() / sizeof(float) > kMaxStoredDimension) {
    return wrong_entry("a vector of " + std::to_string(bytes.size()) + " bytes");
  }
  std::vector<float> vector(bytes.size() / sizeof(float));
  if (vector.empty()) return vector;
  std::memcpy(vector.data(), bytes.data(), bytes.size());
  if (const auto place = first_not_finite(vector)) {
    return wrong_entry("component " + std::to_string(*place) + " of a vector is no finite number");
  }
  return vector;
}

// Calls `on_head` and `on_item` with the bytes of each.
Status read_parts(const LoggedEntry& entry, const std::function<Status(std::span<const std::byte>)>& on_head,
                  const std::function<Status(std::span<const std::byte>)>& on_item) {
  for (const std::span<const std::byte> part : entry.parts) {
    FieldReader fields(part, "log entry");
    while (fields.next()) {
      Status read;
      if (fields.tag() == kHead) read = on_head(fields.bytes());
      if (fields.tag() == kItem) read = on_item(fields.bytes());
      if (!read) return read;
    }
    if (Status status = fields.status(); !status) return status;
  }
  return {};
}

// Refuses an id that comes twice: no store would have logged that.
class UniqueIds {
 public:
  [[nodiscard]] Status add(std::string_view id) {
    if (ids_.emplace(id).second) return {};
    return wrong_entry("document " + in_quotes(id) + " comes twice");
  }

 private:
  std::unordered_set<std::string> ids_;
};

struct LoggedDocuments {
  std::vector<Document> documents;
  std::vector<std::vector<float>> vectors;
  std::vector<std::string> removed;  // of an exchange
  UniqueIds ids;

  [[nodiscard]] std::vector<StoreRecord> records() const {
    std::vector<StoreRecord> records;
    for (std::size_t i = 0; i < documents.size(); ++i) records.push_back({&documents[i], vectors[i]});
    return records;
  }
};

Status read_document(std::span<const std::byte> bytes, LoggedDocuments& out) {
  FieldReader fields(bytes, "logged document");
  std::optional<Document> document;
  std::vector<float> vector;
  while (fields.next()) {
    if (fields.tag() == kDocument) {
      auto decoded = decode_document(fields.bytes());
      if (!decoded) return std::move(decoded).error();
      document = *std::move(decoded);
    }
    if (fields.tag() == kVector) {
      auto read = read_vector(fields.bytes());
      if (!read) return std::move(read).error();
      vector = *std::move(read);
    }
  }
  if (Status status = fields.status(); !status) return status;
  if (!document) return wrong_entry("an item without a document");
  if (Status unique = out.ids.add(document->id); !unique) return unique;
  out.documents.push_back(*std::move(document));
  out.vectors.push_back(std::move(vector));
  return {};
}

Status check_dimensions(std::span<const std::vector<float>> vectors) {
  std::size_t dimension = 0;
  for (const std::vector<float>& vector : vectors) {
    if (vector.empty()) continue;
    if (dimension != 0 && vector.size() != dimension) return wrong_entry("vectors of different dimensions");
    dimension = vector.size();
  }
  return {};
}

// What a store answers to an entry that it logged itself can only be success.
Status applied(Status status) {
  if (status || status.error().code() == ErrorCode::out_of_memory) return status;
  return wrong_entry(status.error().message());
}

Status apply_add(VectorStore& store, const LoggedEntry& entry, std::uint64_t schema_version) {
  auto mode = WriteMode::add;
  LoggedDocuments logged;
  const auto on_head = [&](std::span<const std::byte> head) -> Status {
    if (head.size() != 1 || std::to_integer<unsigned>(head[0]) > 1) return wrong_entry("an unknown kind of write");
    mode = head[0] == std::byte{0} ? WriteMode::add : WriteMode::upsert;
    return {};
  };
  const auto on_item = [&](std::span<const std::byte> item) { return read_document(item, logged); };
  if (Status read = read_parts(entry, on_head, on_item); !read) return read;
  if (Status same = check_dimensions(logged.vectors); !same) return same;
  auto written = store.write(logged.records(), mode, schema_version, {});
  return written ? Status() : applied(std::move(written).error());
}

// An item is the id of a document that goes, or a document with its vector.
Status read_exchanged(std::span<const std::byte> bytes, LoggedDocuments& out) {
  FieldReader fields(bytes, "logged exchange");
  if (!fields.next() || fields.tag() != ItemTag::removed) return read_document(bytes, out);
  out.removed.emplace_back(fields.text());
  return fields.status();
}

Status apply_exchange(VectorStore& store, const LoggedEntry& entry, std::uint64_t schema_version) {
  LoggedDocuments logged;
  const auto on_item = [&](std::span<const std::byte> item) { return read_exchanged(item, logged); };
  const auto on_head = [](auto) { return Status(); };
  if (Status read = read_parts(entry, on_head, on_item); !read) return read;
  if (Status same = check_dimensions(logged.vectors); !same) return same;
  auto written = store.exchange(logged.removed, logged.records(), schema_version, {});
  return written ? Status() : applied(std::move(written).error());
}

Result<MetadataUpdate> read_update(std::span<const std::byte> bytes) {
  FieldReader fields(bytes, "logged update");
  MetadataUpdate update;
  while (fields.next()) {
    if (fields.tag() == kDocument) update.id = fields.text();
    if (fields.tag() == kErase) update.erase.emplace_back(fields.text());
    if (fields.tag() == kSet) {
      auto metadata = decode_metadata(fields.bytes());
      if (!metadata) return std::move(metadata).error();
      update.set = *std::move(metadata);
    }
  }
  if (Status status = fields.status(); !status) return std::move(status).error();
  return update;
}

Status apply_update(VectorStore& store, const LoggedEntry& entry) {
  std::vector<MetadataUpdate> updates;
  UniqueIds ids;
  const auto on_item = [&](std::span<const std::byte> item) -> Status {
    auto update = read_update(item);
    if (!update) return std::move(update).error();
    updates.push_back(*std::move(update));
    return ids.add(updates.back().id);
  };
  if (Status read = read_parts(
          entry, [](auto) { return Status(); }, on_item);
      !read)
    return read;
  return applied(store.update_metadata(updates, {}));
}

Status apply_removal(VectorStore& store, const LoggedEntry& entry) {
  std::vector<std::string> ids;
  const auto on_item = [&](std::span<const std::byte> item) -> Status {
    ids.emplace_back(reinterpret_cast<const char*>(item.data()), item.size());
    return {};
  };
  if (Status read = read_parts(
          entry, [](auto) { return Status(); }, on_item);
      !read)
    return read;
  auto removed = store.remove_ids(ids, {});
  return removed ? Status() : applied(std::move(removed).error());
}

Status apply_embedder(VectorStore& store, const LoggedEntry& entry) {
  std::optional<EmbedderIdentity> identity;
  const auto on_head = [&](std::span<const std::byte> head) -> Status {
    auto decoded = decode_identity(head);
    if (!decoded) return std::move(decoded).error();
    identity = *std::move(decoded);
    return {};
  };
  if (Status read = read_parts(entry, on_head, [](auto) { return Status(); }); !read) return read;
  if (!identity) return wrong_entry("no embedder");
  return applied(store.adopt_embedder(*identity, {}));
}

struct LoggedVector {
  std::string id;
  std::vector<float> vector;
};

Result<LoggedVector> read_embedding(std::span<const std::byte> bytes) {
  FieldReader fields(bytes, "logged embedding");
  LoggedVector logged;
  while (fields.next()) {
    if (fields.tag() == kDocument) logged.id = fields.text();
    if (fields.tag() == kVector) {
      auto read = read_vector(fields.bytes());
      if (!read) return std::move(read).error();
      logged.vector = *std::move(read);
    }
  }
  if (Status status = fields.status(); !status) return std::move(status).error();
  return logged;
}

Status apply_embeddings(VectorStore& store, const LoggedEntry& entry, std::uint64_t revision) {
  std::optional<StoreSchema> schema;
  std::vector<LoggedVector> logged;
  UniqueIds ids;
  const auto on_head = [&](std::span<const std::byte> head) -> Status {
    auto decoded = decode_schema(head);
    if (!decoded) return std::move(decoded).error();
    schema = *std::move(decoded);
    return {};
  };
  const auto on_item = [&](std::span<const std::byte> item) -> Status {
    auto embedding = read_embedding(item);
    if (!embedding) return std::move(embedding).error();
    logged.push_back(*std::move(embedding));
    return ids.add(logged.back().id);
  };
  if (Status read = read_parts(entry, on_head, on_item); !read) return read;
  if (!schema || !schema->dimension) return wrong_entry("embeddings without a schema");
  std::vector<EmbeddingUpdate> updates;
  for (const LoggedVector& one : logged) {
    if (!one.vector.empty() && one.vector.size() != *schema->dimension)
      return wrong_entry("a vector of another dimension");
    updates.push_back({one.id, one.vector});
  }
  return applied(store.replace_embeddings(*schema, updates, revision, {}));
}

}  // namespace

LogEntry log_of_add(std::span<const StoreRecord> records, WriteMode mode) {
  EntryBuilder entry(Operation::add);
  const std::byte head[] = {mode == WriteMode::add ? std::byte{0} : std::byte{1}};
  entry.fields().bytes(kHead, head);
  return with_records(std::move(entry), records);
}

LogEntry log_of_exchange(std::span<const std::string> removed, std::span<const StoreRecord> records) {
  EntryBuilder entry(Operation::exchange);
  for (const std::string& id : removed) {
    entry.fields().message(kItem, [&](FieldWriter& item) { item.text(ItemTag::removed, id); });
  }
  return with_records(std::move(entry), records);
}

LogEntry log_of_update(std::span<const MetadataUpdate> updates) {
  EntryBuilder entry(Operation::update);
  for (const MetadataUpdate& update : updates) {
    entry.fields().message(kItem, [&](FieldWriter& item) {
      item.text(kDocument, update.id);
      item.message(kSet, [&](FieldWriter& out) { encode_metadata(out, update.set); });
      for (const std::string& key : update.erase) item.text(kErase, key);
    });
  }
  return entry.take();
}

LogEntry log_of_removal(std::span<const std::string> ids) {
  EntryBuilder entry(Operation::remove);
  for (const std::string& id : ids) entry.fields().text(kItem, id);
  return entry.take();
}

LogEntry log_of_embedder(const EmbedderIdentity& identity) {
  EntryBuilder entry(Operation::adopt_embedder);
  entry.fields().message(kHead, [&](FieldWriter& out) { encode_identity(out, identity); });
  return entry.take();
}

LogEntry log_of_embeddings(const StoreSchema& schema, std::span<const EmbeddingUpdate> updates) {
  EntryBuilder entry(Operation::replace_embeddings);
  entry.fields().message(kHead, [&](FieldWriter& out) { encode_schema(out, schema); });
  for (const EmbeddingUpdate& update : updates) {
    entry.fields().message(kItem, [&](FieldWriter& item) {
      item.text(kDocument, update.id);
      write_vector(item, update.vector);
    });
  }
  return entry.take();
}

Status apply_entry(VectorStore& store, const LoggedEntry& entry) {
  auto info = store.info({});
  if (!info) return std::move(info).error();
  switch (static_cast<Operation>(entry.type)) {
    case Operation::add: return apply_add(store, entry, info->schema_version);
    case Operation::update: return apply_update(store, entry);
    case Operation::remove: return apply_removal(store, entry);
    case Operation::exchange: return apply_exchange(store, entry, info->schema_version);
    case Operation::adopt_embedder: return apply_embedder(store, entry);
    case Operation::replace_embeddings: return apply_embeddings(store, entry, info->revision);
  }
  return Error(ErrorCode::unsupported_format,
               "log entry: of kind " + std::to_string(entry.type) + ", which a newer version wrote");
}

}  // namespace scaup::inline v0
