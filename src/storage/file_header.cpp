// Layout, hash and checks of the file header. Byte grammar: docs/format.md.

#include "storage/file_header.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>
#include <utility>

#include "base/boundary.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace scaup::inline v0 {
namespace {

// As in PNG's signature: a byte beyond ASCII, the name, and line ends, so that a transfer as text is noticed.
constexpr std::array<unsigned char, 8> kMagic = {0x89, 'S', 'C', 'A', 'U', 'P', '\r', '\n'};
constexpr std::uint16_t kByteOrder = 0x0102;
constexpr std::uint16_t kByteOrderSwapped = 0x0201;
constexpr std::size_t kHashedBytes = kFileHeaderBytes - sizeof(std::uint64_t);
constexpr std::size_t kVersionOffset = kMagic.size() + sizeof(kByteOrder);
constexpr std::uint64_t kHeaderSeed = 0x73636175702D6864;    // "scaup-hd"
constexpr std::uint64_t kIdentitySeed = 0x73636175702D6964;  // "scaup-id"

Error corrupt(std::string_view name, const std::string& what) {
  return {ErrorCode::corruption, std::string(name) + ": header: " + what};
}

Error unsupported(std::string_view name, const std::string& what) {
  return {ErrorCode::unsupported_format, std::string(name) + ": header: " + what};
}

bool is_magic(std::span<const std::byte> bytes) {
  return std::ranges::equal(bytes, std::as_bytes(std::span(kMagic)));
}

std::string describe(const FileIdentity& identity) {
  return std::string(to_string(identity.kind)) + " " + std::to_string(identity.number) + " of collection " +
         std::to_string(identity.collection);
}

Result<StoreFileKind> kind_of(std::uint8_t number, std::string_view name) {
  if (number >= static_cast<std::uint8_t>(StoreFileKind::catalog) &&
      number <= static_cast<std::uint8_t>(StoreFileKind::words)) {
    return static_cast<StoreFileKind>(number);
  }
  return unsupported(name, "file kind " + std::to_string(number) + " is none that this version knows");
}

// What no version changes: length, magic, byte order, place and seed of the hash.
Status check_envelope(std::span<const std::byte> file, std::string_view name) {
  if (file.size() < kFileHeaderBytes) {
    return corrupt(name, std::to_string(file.size()) + " bytes, less than the " + std::to_string(kFileHeaderBytes) +
                             " that every file of a store begins with");
  }
  ByteReader reader(file.first(kFileHeaderBytes), name);
  if (!is_magic(reader.bytes(kMagic.size())))
    return corrupt(name, "this is no file of a scaup store, or it is damaged");
  if (reader.u16() == kByteOrderSwapped)
    return unsupported(name, "written in big-endian order, which is not read here");
  if (ByteReader hash(file.subspan(kHashedBytes)); hash.u64() == hash64(file.first(kHashedBytes), kHeaderSeed))
    return {};
  return corrupt(name, "the hash does not match");
}

Status check_support(const FileHeader& header, std::string_view name) {
  if (header.major != kFormatMajor) {
    return unsupported(name, "format version " + std::to_string(header.major) + ", where this library reads " +
                                 std::to_string(kFormatMajor) + ": use a newer library");
  }
  const std::uint32_t unknown = header.features.incompatible & ~kKnownIncompatible;
  if (unknown == 0) return {};
  return unsupported(name, "feature bits " + std::to_string(unknown) + " are unknown to this library: use a newer one");
}

// Writes integers one after another into bytes that have room for them.
struct FieldsInOrder {
  std::span<std::byte> bytes;
  std::size_t at = 0;

  template <typename T>
  void put(T value) noexcept {
    const T little = detail::to_little_endian(value);
    std::memcpy(bytes.data() + at, &little, sizeof(T));
    at += sizeof(T);
  }
  template <std::size_t N>
  void put(const std::array<std::byte, N>& value) noexcept {
    std::ranges::copy(value, bytes.begin() + static_cast<std::ptrdiff_t>(at));
    at += N;
  }
};

}  // namespace

std::string_view to_string(StoreFileKind kind) noexcept {
  switch (kind) {
    case StoreFileKind::catalog: return "catalog";
    case StoreFileKind::manifest: return "manifest";
    case StoreFileKind::log: return "log";
    case StoreFileKind::checkpoint: return "checkpoint";
    case StoreFileKind::graph: return "graph";
    case StoreFileKind::words: return "words";
  }
  return "unknown";
}

Result<StoreUuid> make_store_uuid() {
  return guarded([&]() -> Result<StoreUuid> {
    std::random_device random;
    StoreUuid uuid;
    std::ranges::generate(uuid, [&] { return static_cast<std::byte>(random() & 0xFFU); });
    return uuid;
  });
}

std::uint64_t seed(const FileIdentity& identity) noexcept {
  // Not of the whole header: files keep their seed when a later version adds features.
  std::array<std::byte, 29> bytes = {};
  FieldsInOrder fields{bytes};
  fields.put(static_cast<std::uint8_t>(identity.kind));
  fields.put(identity.collection);
  fields.put(identity.number);
  fields.put(identity.uuid);
  return hash64(bytes, kIdentitySeed);
}

FileHeaderBytes encode_file_header(const FileHeader& header) noexcept {
  FileHeaderBytes bytes = {};
  FieldsInOrder fields{bytes};
  fields.put(std::bit_cast<std::array<std::byte, kMagic.size()>>(kMagic));
  fields.put(kByteOrder);
  fields.put(header.major);
  fields.put(header.minor);
  fields.put(static_cast<std::uint8_t>(header.identity.kind));
  fields.put(std::uint8_t{0});
  fields.put(header.identity.collection);
  fields.put(header.features.incompatible);
  fields.put(header.identity.number);
  fields.put(header.identity.uuid);
  fields.put(header.features.read_only_compatible);
  fields.put(header.features.compatible);
  fields.put(hash64(std::span(bytes).first(kHashedBytes), kHeaderSeed));
  return bytes;
}

Result<FileHeader> decode_file_header(std::span<const std::byte> file, std::string_view name) {
  if (Status status = check_envelope(file, name); !status) return std::move(status).error();
  ByteReader reader(file.subspan(kVersionOffset, kHashedBytes - kVersionOffset), name);
  FileHeader header;
  header.major = reader.u16();
  header.minor = reader.u16();
  const std::uint8_t kind = reader.u8();
  reader.skip(1);  // zero, kept for later
  header.identity.collection = reader.u32();
  header.features.incompatible = reader.u32();
  header.identity.number = reader.u64();
  std::ranges::copy(reader.bytes(sizeof(StoreUuid)), header.identity.uuid.begin());
  header.features.read_only_compatible = reader.u32();
  header.features.compatible = reader.u32();
  if (Status status = check_support(header, name); !status) return std::move(status).error();
  const auto known = kind_of(kind, name);
  if (!known) return known.error();
  header.identity.kind = *known;
  return header;
}

Result<FileHeader> check_file_header(std::span<const std::byte> file, const FileIdentity& expected,
                                     std::string_view name) {
  auto header = decode_file_header(file, name);
  if (!header || header->identity == expected) return header;
  if (header->identity.uuid != expected.uuid) return corrupt(name, "the file belongs to another database");
  return corrupt(name, "the file is " + describe(header->identity) + ", where " + describe(expected) + " should be");
}

}  // namespace scaup::inline v0
