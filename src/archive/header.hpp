#pragma once
// The first 128 bytes of an archive, in plain: what it is, and how its key is derived. docs/archive_format.md has the
// layout.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "archive/encryption.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kHeaderBytes = 128;
inline constexpr std::size_t kSaltBytes = 32;
inline constexpr std::size_t kNoncePrefixBytes = 7;
inline constexpr std::size_t kKeyCheckBytes = 16;
inline constexpr std::uint16_t kArchiveVersion = 1;

/// Where the key of the archive comes from. The numbers are in archives, do not change them.
enum class KeySource : std::uint8_t {
  none = 0,        ///< not encrypted
  passphrase = 1,  ///< scrypt, then HKDF
  raw = 2,         ///< HKDF alone
};

struct ArchiveHeader {
  std::uint64_t id = 0;  ///< random; the seed of all hashes, so that nothing of another archive verifies
  KeySource key_source = KeySource::none;
  // The rest counts only if the archive is encrypted.
  ScryptCost scrypt = {};
  std::array<std::byte, kSaltBytes> salt = {};
  std::array<std::byte, kNoncePrefixBytes> nonce_prefix = {};
  std::array<std::byte, kKeyCheckBytes> key_check = {};  ///< tells a wrong key from damage
};

using HeaderBytes = std::array<std::byte, kHeaderBytes>;

[[nodiscard]] HeaderBytes encode_header(const ArchiveHeader& header);

/// Errors: `corruption` for bytes that are no archive, or damaged; `unsupported_format` for another version, features
/// that are not known here, and derivations that cost too much.
[[nodiscard]] Result<ArchiveHeader> decode_header(std::span<const std::byte> bytes);

}  // namespace scaup::inline v0
