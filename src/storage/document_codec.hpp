#pragma once
// Documents, metadata, embedder identities and schemas as tagged fields (storage/fields.hpp, docs/format.md).
//
// Decoders trust nothing: limits, UTF-8, keys and numbers are checked as for documents that a user adds
// (base/document_check.hpp). Errors of all: `corruption`, the message begins with the part at fault.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/document.hpp"
#include "scaup/embedder.hpp"
#include "scaup/result.hpp"
#include "scaup/vector_store.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {

/// The most components of a vector: more is neither taken from a user nor believed of a file.
inline constexpr std::uint64_t kMaxStoredDimension = 65'536;

/// Each appends the fields of one value; encode a value inside another with `FieldWriter::message`.
void encode_value(FieldWriter& out, const Value& value);
void encode_metadata(FieldWriter& out, const Metadata& metadata);
void encode_origin(FieldWriter& out, const Origin& origin);
/// Id, text, metadata and origin; the embedding is not part of it.
void encode_document(FieldWriter& out, const Document& document);
/// The same of its parts; `origin` may be null.
void encode_document(FieldWriter& out, std::string_view id, std::string_view text, const Metadata& metadata,
                     const Origin* origin);
void encode_identity(FieldWriter& out, const EmbedderIdentity& identity);
void encode_schema(FieldWriter& out, const StoreSchema& schema);

[[nodiscard]] Result<Value> decode_value(std::span<const std::byte> bytes);
[[nodiscard]] Result<Metadata> decode_metadata(std::span<const std::byte> bytes);
[[nodiscard]] Result<Origin> decode_origin(std::span<const std::byte> bytes);
[[nodiscard]] Result<Document> decode_document(std::span<const std::byte> bytes);
[[nodiscard]] Result<EmbedderIdentity> decode_identity(std::span<const std::byte> bytes);
[[nodiscard]] Result<StoreSchema> decode_schema(std::span<const std::byte> bytes);

/// One encoded document whose parts are decoded when asked for.
/// Lifetime: the bytes are borrowed. Thread-compatible: const members concurrently.
class EncodedDocument {
 public:
  /// Walks over the fields once; checks id and text, leaves metadata and origin to their functions. Allocates nothing
  /// unless it fails.
  [[nodiscard]] static Result<EncodedDocument> parse(std::span<const std::byte> bytes);

  [[nodiscard]] std::string_view id() const noexcept { return id_; }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] Result<Metadata> metadata() const { return decode_metadata(metadata_); }
  [[nodiscard]] Result<std::optional<Origin>> origin() const;

 private:
  std::string_view id_;
  std::string_view text_;
  std::span<const std::byte> metadata_;
  std::optional<std::span<const std::byte>> origin_;
};

}  // namespace scaup::inline v0
