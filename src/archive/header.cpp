#include "archive/header.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace scaup::inline v0 {
namespace {

// 0x89 shows transfers that clear the top bit, the line ends those that change line ends, 0x1a ends a DOS text.
constexpr std::string_view kMagic = "\x89SCA\r\n\x1a\n";
constexpr std::size_t kHashAt = kHeaderBytes - 8;
constexpr std::uint16_t kMinorVersion = 0;

// Features without which an archive cannot be read. (Compatible ones, the next four bytes, may be ignored.)
constexpr std::uint32_t kEncrypted = 1;

Error corrupt(std::string message) {
  return {ErrorCode::corruption, "archive header: " + std::move(message)};
}

Error unsupported(std::string message) {
  return {ErrorCode::unsupported_format, "archive header: " + std::move(message)};
}

template <std::size_t kSize>
void copy(ByteReader& reader, std::array<std::byte, kSize>& out) {
  const std::span<const std::byte> bytes = reader.bytes(kSize);
  std::ranges::copy(bytes, out.begin());
}

Status check_version(ByteReader& reader) {
  const std::uint16_t major = reader.u16();
  const std::uint16_t minor = reader.u16();
  if (major == kArchiveVersion) return {};
  return unsupported("version " + std::to_string(major) + "." + std::to_string(minor) + "; this library reads " +
                     std::to_string(kArchiveVersion) + ". Upgrade it");
}

Status check_key_source(std::uint32_t features, std::uint8_t source) {
  if ((features & ~kEncrypted) != 0) {
    return unsupported("features " + std::to_string(features) + ", of which only 1 is known here. Upgrade the library");
  }
  if (source > static_cast<std::uint8_t>(KeySource::raw)) {
    return unsupported("key source " + std::to_string(source) + ", outside 0 to 2. Upgrade the library");
  }
  const bool encrypted = (features & kEncrypted) != 0;
  if (encrypted != (source != 0)) return corrupt("the encryption bit and the key source contradict each other");
  return {};
}

}  // namespace

HeaderBytes encode_header(const ArchiveHeader& header) {
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.string(kMagic);
  writer.u16(kArchiveVersion);
  writer.u16(kMinorVersion);
  writer.u32(header.key_source == KeySource::none ? 0 : kEncrypted);
  writer.u32(0);
  writer.u64(header.id);
  writer.u8(static_cast<std::uint8_t>(header.key_source));
  writer.u8(header.scrypt.log2_n);
  writer.u16(0);
  writer.u32(header.scrypt.r);
  writer.u32(header.scrypt.p);
  writer.bytes(header.salt);
  writer.bytes(header.key_check);
  writer.bytes(header.nonce_prefix);
  bytes.resize(kHashAt);
  writer.u64(hash64(bytes));
  HeaderBytes out = {};
  std::ranges::copy(bytes, out.begin());
  return out;
}

Result<ArchiveHeader> decode_header(std::span<const std::byte> bytes) {
  ByteReader reader(bytes, "archive header");
  if (reader.string(kMagic.size()) != kMagic) return corrupt("these bytes are no archive of scaup");
  if (bytes.size() != kHeaderBytes) return corrupt("incomplete: " + std::to_string(bytes.size()) + " of 128 bytes");
  ByteReader hash(bytes.subspan(kHashAt));
  if (hash.u64() != hash64(bytes.first(kHashAt))) return corrupt("damaged, its hash does not fit");
  if (Status status = check_version(reader); !status) return status.error();
  const std::uint32_t features = reader.u32();
  reader.skip(4);
  ArchiveHeader header;
  header.id = reader.u64();
  const std::uint8_t source = reader.u8();
  if (Status status = check_key_source(features, source); !status) return status.error();
  header.key_source = static_cast<KeySource>(source);
  header.scrypt.log2_n = reader.u8();
  reader.skip(2);
  header.scrypt.r = reader.u32();
  header.scrypt.p = reader.u32();
  copy(reader, header.salt);
  copy(reader, header.key_check);
  copy(reader, header.nonce_prefix);
  if (header.key_source != KeySource::passphrase) return header;
  if (Status status = check_scrypt_cost(header.scrypt); !status) return status.error();
  return header;
}

}  // namespace scaup::inline v0
