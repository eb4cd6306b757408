// The two guards of chunks: a hash, and AES-256-GCM under a key derived for this one archive.

#include <algorithm>
#include <string_view>
#include <utility>

#include "archive/chunks.hpp"
#include "archive/encryption.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/wipe.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kKeyPurpose = "scaup archive 1: AES-256-GCM";
constexpr std::size_t kHashBytes = 8;

class HashGuard final : public ChunkGuard {
 public:
  explicit HashGuard(std::uint64_t archive_id) noexcept : archive_id_(archive_id) {}

  std::size_t tag_bytes() const noexcept override { return kHashBytes; }

  Status seal(std::uint32_t number, ChunkPlace place, std::span<std::byte> text, std::span<std::byte> tag) override {
    std::ranges::copy(hash(number, place, text), tag.begin());
    return {};
  }

  Status open(std::uint32_t number, ChunkPlace place, std::span<std::byte> text,
              std::span<const std::byte> tag) override {
    if (std::ranges::equal(hash(number, place, text), tag)) return {};
    return Error(ErrorCode::corruption, "the hash does not fit");
  }

 private:
  std::vector<std::byte> hash(std::uint32_t number, ChunkPlace place, std::span<const std::byte> text) const {
    std::vector<std::byte> bytes;
    ByteWriter writer(bytes);
    writer.u64(archive_id_);
    writer.u32(number);
    writer.u8(static_cast<std::uint8_t>(place));
    const std::uint64_t seed = hash64(bytes);
    bytes.clear();
    writer.u64(hash64(text, seed));
    return bytes;
  }

  std::uint64_t archive_id_;
};

class CipherGuard final : public ChunkGuard {
 public:
  CipherGuard(Cipher cipher, const HeaderBytes& header,
              const std::array<std::byte, kNoncePrefixBytes>& nonce_prefix) noexcept
      : cipher_(std::move(cipher)), associated_(header), nonce_prefix_(nonce_prefix) {}

  std::size_t tag_bytes() const noexcept override { return kCipherTagBytes; }

  Status seal(std::uint32_t number, ChunkPlace place, std::span<std::byte> text, std::span<std::byte> tag) override {
    return cipher_.seal(nonce(number, place), associated_, text, tag.first<kCipherTagBytes>());
  }

  Status open(std::uint32_t number, ChunkPlace place, std::span<std::byte> text,
              std::span<const std::byte> tag) override {
    return cipher_.open(nonce(number, place), associated_, text, tag.first<kCipherTagBytes>());
  }

 private:
  std::array<std::byte, kCipherNonceBytes> nonce(std::uint32_t number, ChunkPlace place) const {
    std::array<std::byte, kCipherNonceBytes> nonce = {};
    auto at = std::ranges::copy(nonce_prefix_, nonce.begin()).out;
    for (unsigned shift = 0; shift < 32; shift += 8) *at++ = static_cast<std::byte>(number >> shift);
    *at = static_cast<std::byte>(place);
    return nonce;
  }

  Cipher cipher_;
  HeaderBytes associated_;
  std::array<std::byte, kNoncePrefixBytes> nonce_prefix_;
};

// What is derived for one archive: the key of its cipher, and behind it the check.
using DerivedKey = WipedArray<kCipherKeyBytes + kKeyCheckBytes>;

Status derive_from(std::span<const std::byte> secret, const ArchiveHeader& header, DerivedKey& out) {
  const auto purpose = std::as_bytes(std::span(kKeyPurpose.data(), kKeyPurpose.size()));
  return hkdf_sha256(secret, header.salt, purpose, out.bytes());
}

Status derive(const ArchiveHeader& header, const EncryptionKey& key, DerivedKey& out) {
  const std::span<const std::byte> secret = key.secret().reveal();
  if (key.kind() == EncryptionKey::Kind::raw) return derive_from(secret, header, out);
  WipedArray<kCipherKeyBytes> stretched;
  if (Status status = scrypt(secret, header.salt, header.scrypt, stretched.bytes()); !status) return status;
  return derive_from(stretched.bytes(), header, out);
}

Result<std::unique_ptr<ChunkGuard>> make_guard(const ArchiveHeader& header, const HeaderBytes& bytes,
                                               const DerivedKey& derived) {
  Result<Cipher> cipher = Cipher::create(derived.bytes().first<kCipherKeyBytes>());
  if (!cipher) return cipher.error();
  return std::make_unique<CipherGuard>(*std::move(cipher), bytes, header.nonce_prefix);
}

std::span<const std::byte> check_of(const DerivedKey& derived) {
  return derived.bytes().last<kKeyCheckBytes>();
}

}  // namespace

std::unique_ptr<ChunkGuard> make_hash_guard(std::uint64_t archive_id) {
  return std::make_unique<HashGuard>(archive_id);
}

Result<std::unique_ptr<ChunkGuard>> make_cipher_guard(ArchiveHeader& header, const EncryptionKey& key) {
  DerivedKey derived;
  if (Status status = derive(header, key, derived); !status) return status.error();
  std::ranges::copy(check_of(derived), header.key_check.begin());
  return make_guard(header, encode_header(header), derived);
}

Result<std::unique_ptr<ChunkGuard>> open_cipher_guard(const ArchiveHeader& header, const HeaderBytes& bytes,
                                                      const EncryptionKey& key) {
  const bool has_passphrase = key.kind() == EncryptionKey::Kind::passphrase;
  if (has_passphrase != (header.key_source == KeySource::passphrase)) {
    return Error(ErrorCode::unauthorized, has_passphrase
                                              ? "archive: encrypted with a raw key, but a passphrase was given"
                                              : "archive: encrypted with a passphrase, but a raw key was given");
  }
  DerivedKey derived;
  if (Status status = derive(header, key, derived); !status) return status.error();
  if (!equal_in_constant_time(check_of(derived), header.key_check)) {
    return Error(ErrorCode::unauthorized, "archive: encrypted with another key or passphrase than the one given");
  }
  return make_guard(header, bytes, derived);
}

}  // namespace scaup::inline v0
