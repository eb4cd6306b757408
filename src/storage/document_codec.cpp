// The tags of what the library stores, and the checks of what comes back.

#include "storage/document_codec.hpp"

#include <string>
#include <type_traits>
#include <utility>

#include "base/document_check.hpp"

namespace scaup::inline v0 {
namespace {

// Tags are stored on disk: never change one, never use one again. A value is the one field whose tag is its ValueType;
// the entry of metadata that it belongs to has its key beside it.
constexpr std::uint32_t kElement = 1;  // of a string list
constexpr std::uint32_t kEntry = 1;    // of metadata
constexpr std::uint32_t kEntryKey = 15;

struct DocumentTag {
  enum : std::uint32_t { id = 1, text = 2, metadata = 3, origin = 4 };
};
struct OriginTag {
  enum : std::uint32_t {
    source_id = 1,
    begin = 2,
    end = 3,
    chunk_index = 4,
    first_line = 5,
    last_line = 6,
    page = 7,
    section = 8
  };
};
struct IdentityTag {
  enum : std::uint32_t {
    provider = 1,
    model = 2,
    dimension = 3,
    normalised = 4,
    document_prefix = 5,
    query_prefix = 6
  };
};
struct SchemaTag {
  enum : std::uint32_t { metric = 1, dimension = 2, embedder = 3, analysis = 4, title_key = 5 };
};

constexpr std::uint32_t tag_of(ValueType type) noexcept {
  return static_cast<std::uint32_t>(type);
}

// The checks are those for what users pass; here the same finding means that the file is wrong.
Status as_corruption(Status status) {
  if (status) return status;
  return Error(ErrorCode::corruption, status.error().message());
}

// Overloads for each type of value; std::visit picks one.
void encode_held(FieldWriter& out, const std::string& text) {
  out.text(tag_of(ValueType::string), text);
}
void encode_held(FieldWriter& out, std::int64_t number) {
  out.signed_number(tag_of(ValueType::integer), number);
}
void encode_held(FieldWriter& out, double number) {
  out.real(tag_of(ValueType::real), number);
}
void encode_held(FieldWriter& out, bool truth) {
  out.flag(tag_of(ValueType::boolean), truth);
}
void encode_held(FieldWriter& out, const Value::StringList& list) {
  out.message(tag_of(ValueType::string_list), [&](FieldWriter& inner) {
    for (const std::string& text : list) inner.text(kElement, text);
  });
}
void encode_held(FieldWriter& out, const Value::IntegerList& list) {
  out.packed(tag_of(ValueType::integer_list), [&](ByteWriter& inner) {
    for (const std::int64_t number : list) inner.varint(zigzag(number));
  });
}
void encode_held(FieldWriter& out, const Value::RealList& list) {
  out.packed(tag_of(ValueType::real_list), [&](ByteWriter& inner) {
    for (const double number : list) inner.u64(std::bit_cast<std::uint64_t>(number));
  });
}
void encode_held(FieldWriter& out, const Value::BooleanList& list) {
  out.packed(tag_of(ValueType::boolean_list), [&](ByteWriter& inner) {
    for (const bool truth : list) inner.u8(truth ? 1 : 0);
  });
}

Value read_string_list(FieldReader& reader) {
  Value::StringList list;
  FieldReader inner = reader.message();
  while (inner.next()) {
    if (inner.tag() == kElement) list.emplace_back(inner.text());
  }
  reader.join(inner);
  return list;
}

// A packed list: `next(ByteReader&)` reads one element.
template <typename List, typename Next>
Value read_packed(FieldReader& reader, Next&& next) {
  List list;
  ByteReader inner = reader.packed();
  while (inner.remaining() != 0) list.push_back(next(inner));
  if (!inner.ok()) reader.fail("is a list that ends in the middle of an element");
  return list;
}

bool read_truth(ByteReader& inner, FieldReader& reader) {
  const std::uint8_t byte = inner.u8();
  if (byte > 1) reader.fail("holds a boolean that is neither 0 nor 1");
  return byte != 0;
}

// The value if the current field is one, of a type that this version knows.
std::optional<Value> read_value(FieldReader& reader) {
  switch (reader.tag()) {
    case tag_of(ValueType::string): return Value(reader.text());
    case tag_of(ValueType::integer): return Value(reader.signed_number());
    case tag_of(ValueType::real): return Value(reader.real());
    case tag_of(ValueType::boolean): return Value(reader.flag());
    case tag_of(ValueType::string_list): return read_string_list(reader);
    case tag_of(ValueType::integer_list):
      return read_packed<Value::IntegerList>(reader, [](ByteReader& inner) { return unzigzag(inner.varint()); });
    case tag_of(ValueType::real_list):
      return read_packed<Value::RealList>(reader, [](ByteReader& inner) { return std::bit_cast<double>(inner.u64()); });
    case tag_of(ValueType::boolean_list):
      return read_packed<Value::BooleanList>(reader, [&](ByteReader& inner) { return read_truth(inner, reader); });
    default: return std::nullopt;
  }
}

void read_entry(FieldReader& reader, Metadata& metadata) {
  std::string_view key;
  std::optional<Value> value;
  FieldReader inner = reader.message();
  while (inner.next()) {
    if (inner.tag() == kEntryKey) key = inner.text();
    if (std::optional<Value> read = read_value(inner)) value = std::move(read);
  }
  reader.join(inner);
  if (!reader.ok()) return;
  if (!value) return reader.fail("has no value of a type that this version knows");
  if (!metadata.empty() && metadata.rbegin()->first >= key) return reader.fail("has a key that is not in order");
  metadata.emplace_hint(metadata.end(), key, *std::move(value));
}

void read_origin_field(FieldReader& reader, Origin& origin) {
  switch (reader.tag()) {
    case OriginTag::source_id: origin.source_id = reader.text(); break;
    case OriginTag::begin: origin.begin = reader.size(); break;
    case OriginTag::end: origin.end = reader.size(); break;
    case OriginTag::chunk_index: origin.chunk_index = reader.size(); break;
    case OriginTag::first_line: origin.first_line = reader.size(); break;
    case OriginTag::last_line: origin.last_line = reader.size(); break;
    case OriginTag::page: origin.page = reader.size(); break;
    case OriginTag::section: origin.section.emplace_back(reader.text()); break;
    default: break;
  }
}

void read_identity_field(FieldReader& reader, EmbedderIdentity& identity) {
  switch (reader.tag()) {
    case IdentityTag::provider: identity.provider = reader.text(); break;
    case IdentityTag::model: identity.model = reader.text(); break;
    case IdentityTag::dimension:
      identity.dimension = static_cast<std::size_t>(reader.number_up_to(kMaxStoredDimension));
      break;
    case IdentityTag::normalised: identity.normalised = reader.flag(); break;
    case IdentityTag::document_prefix: identity.document_prefix = reader.text(); break;
    case IdentityTag::query_prefix: identity.query_prefix = reader.text(); break;
    default: break;
  }
}

Result<Metric> metric_of(std::uint64_t number) {
  for (const Metric metric : {Metric::cosine, Metric::inner_product, Metric::l2}) {
    if (number == static_cast<std::uint64_t>(metric)) return metric;
  }
  return Error(ErrorCode::corruption, "schema: metric " + std::to_string(number) + " is none that this version knows");
}

}  // namespace

void encode_value(FieldWriter& out, const Value& value) {
  std::visit([&](const auto& held) { encode_held(out, held); }, value.storage());
}

void encode_metadata(FieldWriter& out, const Metadata& metadata) {
  for (const auto& entry : metadata) {
    out.message(kEntry, [&](FieldWriter& inner) {
      inner.text(kEntryKey, entry.first);
      encode_value(inner, entry.second);
    });
  }
}

void encode_origin(FieldWriter& out, const Origin& origin) {
  out.text(OriginTag::source_id, origin.source_id);
  out.number(OriginTag::begin, origin.begin);
  out.number(OriginTag::end, origin.end);
  out.number(OriginTag::chunk_index, origin.chunk_index);
  out.number(OriginTag::first_line, origin.first_line);
  out.number(OriginTag::last_line, origin.last_line);
  if (origin.page) out.number(OriginTag::page, *origin.page);
  for (const std::string& heading : origin.section) out.text(OriginTag::section, heading);
}

void encode_document(FieldWriter& out, const Document& document) {
  encode_document(out, document.id, document.text, document.metadata, document.origin ? &*document.origin : nullptr);
}

void encode_document(FieldWriter& out, std::string_view id, std::string_view text, const Metadata& metadata,
                     const Origin* origin) {
  out.text(DocumentTag::id, id);
  out.text(DocumentTag::text, text);
  if (!metadata.empty()) {
    out.message(DocumentTag::metadata, [&](FieldWriter& inner) { encode_metadata(inner, metadata); });
  }
  if (origin != nullptr) {
    out.message(DocumentTag::origin, [&](FieldWriter& inner) { encode_origin(inner, *origin); });
  }
}

void encode_identity(FieldWriter& out, const EmbedderIdentity& identity) {
  out.text(IdentityTag::provider, identity.provider);
  out.text(IdentityTag::model, identity.model);
  out.number(IdentityTag::dimension, identity.dimension);
  out.flag(IdentityTag::normalised, identity.normalised);
  out.text(IdentityTag::document_prefix, identity.document_prefix);
  out.text(IdentityTag::query_prefix, identity.query_prefix);
}

void encode_schema(FieldWriter& out, const StoreSchema& schema) {
  out.number(SchemaTag::metric, static_cast<std::uint64_t>(schema.metric));
  if (schema.dimension) out.number(SchemaTag::dimension, *schema.dimension);
  if (schema.embedder) {
    out.message(SchemaTag::embedder, [&](FieldWriter& inner) { encode_identity(inner, *schema.embedder); });
  }
  // Absent fields mean what a schema has by default.
  const StoreSchema common;
  if (schema.analysis != common.analysis) out.text(SchemaTag::analysis, schema.analysis);
  if (schema.title_key != common.title_key) out.text(SchemaTag::title_key, schema.title_key);
}

Result<Value> decode_value(std::span<const std::byte> bytes) {
  std::optional<Value> value;
  FieldReader reader(bytes, "value");
  while (reader.next()) {
    if (std::optional<Value> read = read_value(reader)) value = std::move(read);
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (!value) return Error(ErrorCode::corruption, "value: none of a type that this version knows");
  Metadata one;
  one.emplace("value", *std::move(value));
  if (Status status = as_corruption(check_metadata(one)); !status) return std::move(status).error();
  return std::move(one.begin()->second);
}

Result<Metadata> decode_metadata(std::span<const std::byte> bytes) {
  Metadata metadata;
  FieldReader reader(bytes, "metadata");
  while (reader.next()) {
    if (reader.tag() != kEntry) continue;
    if (metadata.size() == kMaxMetadataEntries) reader.fail("is one entry more than the limit");
    if (reader.ok()) read_entry(reader, metadata);
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (Status status = as_corruption(check_metadata(metadata)); !status) return std::move(status).error();
  return metadata;
}

Result<Origin> decode_origin(std::span<const std::byte> bytes) {
  Origin origin;
  FieldReader reader(bytes, "origin");
  while (reader.next()) read_origin_field(reader, origin);
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (Status status = as_corruption(check_origin(origin)); !status) return std::move(status).error();
  return origin;
}

Result<Document> decode_document(std::span<const std::byte> bytes) {
  const auto encoded = EncodedDocument::parse(bytes);
  if (!encoded) return encoded.error();
  auto metadata = encoded->metadata();
  if (!metadata) return std::move(metadata).error();
  auto origin = encoded->origin();
  if (!origin) return std::move(origin).error();
  return Document{.id = std::string(encoded->id()),
                  .text = std::string(encoded->text()),
                  .metadata = *std::move(metadata),
                  .origin = *std::move(origin)};
}

Result<EmbedderIdentity> decode_identity(std::span<const std::byte> bytes) {
  EmbedderIdentity identity;
  FieldReader reader(bytes, "embedder");
  while (reader.next()) read_identity_field(reader, identity);
  if (Status status = reader.status(); !status) return std::move(status).error();
  for (const std::string* text :
       {&identity.provider, &identity.model, &identity.document_prefix, &identity.query_prefix}) {
    if (Status status = as_corruption(check_utf8("embedder", *text)); !status) return std::move(status).error();
  }
  return identity;
}

Result<StoreSchema> decode_schema(std::span<const std::byte> bytes) {
  StoreSchema schema;
  std::uint64_t metric = 0;
  std::optional<std::span<const std::byte>> embedder;
  FieldReader reader(bytes, "schema");
  while (reader.next()) {
    switch (reader.tag()) {
      case SchemaTag::metric: metric = reader.number(); break;
      case SchemaTag::dimension: schema.dimension = reader.number_up_to(kMaxStoredDimension); break;
      case SchemaTag::embedder: embedder = reader.bytes(); break;
      case SchemaTag::analysis: schema.analysis = reader.text(); break;
      case SchemaTag::title_key: schema.title_key = reader.text(); break;
      default: break;
    }
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (schema.dimension == std::size_t{0}) {
    return Error(ErrorCode::corruption,
                 "schema: a dimension of 0; 1 to " + std::to_string(kMaxStoredDimension) + " are possible");
  }
  for (const std::string* text : {&schema.analysis, &schema.title_key}) {
    if (Status status = as_corruption(check_utf8("schema", *text)); !status) return std::move(status).error();
  }
  const auto known = metric_of(metric);
  if (!known) return known.error();
  schema.metric = *known;
  if (!embedder) return schema;
  auto identity = decode_identity(*embedder);
  if (!identity) return std::move(identity).error();
  schema.embedder = *std::move(identity);
  return schema;
}

Result<EncodedDocument> EncodedDocument::parse(std::span<const std::byte> bytes) {
  EncodedDocument document;
  FieldReader reader(bytes, "document");
  while (reader.next()) {
    switch (reader.tag()) {
      case DocumentTag::id: document.id_ = reader.text(); break;
      case DocumentTag::text: document.text_ = reader.text(); break;
      case DocumentTag::metadata: document.metadata_ = reader.bytes(); break;
      case DocumentTag::origin: document.origin_ = reader.bytes(); break;
      default: break;
    }
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (Status status = as_corruption(check_id(document.id_)); !status) return std::move(status).error();
  if (Status status = as_corruption(check_text(document.text_)); !status) return std::move(status).error();
  return document;
}

Result<std::optional<Origin>> EncodedDocument::origin() const {
  if (!origin_) return std::optional<Origin>();
  auto decoded = decode_origin(*origin_);
  if (!decoded) return std::move(decoded).error();
  return std::optional<Origin>(*std::move(decoded));
}

}  // namespace scaup::inline v0
