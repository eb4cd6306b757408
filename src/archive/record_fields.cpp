// Tags of what archives hold beside the fields of documents and schemas, and the checks of what comes back.

#include "archive/record_fields.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "base/document_check.hpp"
#include "scaup/version.hpp"
#include "storage/document_codec.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kDecodeBytes = std::size_t{1} << 20;

// Tags are in archives: never change one, never use one again.
constexpr std::uint32_t kWriter = 1;
constexpr std::uint32_t kRow = 1;
struct CollectionTag {
  enum : std::uint32_t { name = 1, schema = 2 };
};
struct RowTag {
  enum : std::uint32_t { document = 1, embedding = 2 };
};
struct CountTag {
  enum : std::uint32_t { collections = 1, documents = 2 };
};

Error corrupt(const std::string& what) {
  return {ErrorCode::corruption, "archive: " + what};
}

Error in_archive(Error error) {
  error.add_context("archive");
  return error;
}

Status check_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameBytes) {
    return corrupt("a collection's name has " + std::to_string(name.size()) + " bytes, outside 1 to 255");
  }
  const Status status = check_utf8("a collection's name", name);
  return status ? Status() : corrupt(status.error().message());
}

Status check_dimension(std::size_t dimension) {
  if (dimension >= 1 && dimension <= kMaxStoredDimension) return {};
  return corrupt("a collection's dimension is " + std::to_string(dimension) + ", outside 1 to 65536");
}

Status check_schema(const StoreSchema& schema) {
  if (schema.dimension) {
    if (Status status = check_dimension(*schema.dimension); !status) return status;
  }
  if (!schema.embedder) return {};
  const std::size_t made = schema.embedder->dimension;
  if (Status status = check_dimension(made); !status) return status;
  if (!schema.dimension || *schema.dimension == made) return {};
  return corrupt("a collection's dimension is " + std::to_string(*schema.dimension) + ", its embedder's is " +
                 std::to_string(made));
}

Result<std::vector<float>> decode_embedding(std::span<const std::byte> bytes, std::size_t dimension) {
  if (dimension == 0 || bytes.size() != dimension * sizeof(float)) {
    return corrupt("an embedding of " + std::to_string(bytes.size()) + " bytes in a collection of dimension " +
                   std::to_string(dimension));
  }
  std::vector<float> embedding(dimension);
  ByteReader reader(bytes);
  for (float& component : embedding) {
    component = reader.f32();
    if (!std::isfinite(component)) return corrupt("an embedding has a component that is not finite");
  }
  return embedding;
}

Result<Document> decode_row(std::span<const std::byte> bytes, std::size_t dimension) {
  std::span<const std::byte> fields;
  std::optional<std::span<const std::byte>> embedding;
  FieldReader reader(bytes, "archive: row");
  while (reader.next()) {
    if (reader.tag() == RowTag::document) fields = reader.bytes();
    if (reader.tag() == RowTag::embedding) embedding = reader.bytes();
  }
  if (Status status = reader.status(); !status) return status.error();
  Result<Document> document = decode_document(fields);
  if (!document) return in_archive(std::move(document).error());
  if (!embedding) return document;
  Result<std::vector<float>> floats = decode_embedding(*embedding, dimension);
  if (!floats) return floats.error();
  document->embedding = *std::move(floats);
  return document;
}

}  // namespace

void encode_writer(std::vector<std::byte>& out) {
  FieldWriter(out).text(kWriter, "scaup " + std::to_string(SCAUP_VERSION_MAJOR) + "." +
                                     std::to_string(SCAUP_VERSION_MINOR) + "." + std::to_string(SCAUP_VERSION_PATCH));
}

void encode_collection(std::vector<std::byte>& out, std::string_view name, const StoreSchema& schema) {
  FieldWriter fields(out);
  fields.text(CollectionTag::name, name);
  fields.message(CollectionTag::schema, [&](FieldWriter& inner) { encode_schema(inner, schema); });
}

Result<ArchivedCollection> decode_collection(std::span<const std::byte> body) {
  std::string_view name;
  std::span<const std::byte> fields;
  FieldReader reader(body, "archive: collection");
  while (reader.next()) {
    if (reader.tag() == CollectionTag::name) name = reader.text();
    if (reader.tag() == CollectionTag::schema) fields = reader.bytes();
  }
  if (Status status = reader.status(); !status) return status.error();
  if (Status status = check_name(name); !status) return status.error();
  Result<StoreSchema> schema = decode_schema(fields);
  if (!schema) return in_archive(std::move(schema).error());
  if (Status status = check_schema(*schema); !status) return status.error();
  return ArchivedCollection{.name = std::string(name), .schema = *std::move(schema)};
}

void encode_row(std::vector<std::byte>& out, const Document& document) {
  FieldWriter(out).message(kRow, [&](FieldWriter& row) {
    row.message(RowTag::document, [&](FieldWriter& inner) { encode_document(inner, document); });
    if (!document.embedding) return;
    row.packed(RowTag::embedding, [&](ByteWriter& bytes) {
      for (const float component : *document.embedding) bytes.f32(component);
    });
  });
}

Result<std::vector<Document>> decode_rows(FieldReader& batch, std::size_t dimension) {
  std::vector<Document> rows;
  std::size_t decoded_bytes = 0;
  while (decoded_bytes < kDecodeBytes && batch.next()) {
    if (batch.tag() != kRow) continue;
    const std::span<const std::byte> bytes = batch.bytes();
    if (!batch.ok()) break;
    Result<Document> row = decode_row(bytes, dimension);
    if (!row) return row.error();
    rows.push_back(*std::move(row));
    decoded_bytes += bytes.size();
  }
  if (Status status = batch.status(); !status) return status.error();
  return rows;
}

void encode_counts(std::vector<std::byte>& out, const ArchiveCounts& counts) {
  FieldWriter fields(out);
  fields.number(CountTag::collections, counts.collections);
  fields.number(CountTag::documents, counts.documents);
}

Result<ArchiveCounts> decode_counts(std::span<const std::byte> body) {
  ArchiveCounts counts;
  FieldReader reader(body, "archive: counts");
  while (reader.next()) {
    if (reader.tag() == CountTag::collections) counts.collections = reader.number();
    if (reader.tag() == CountTag::documents) counts.documents = reader.number();
  }
  if (Status status = reader.status(); !status) return status.error();
  return counts;
}

}  // namespace scaup::inline v0
