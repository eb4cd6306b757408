#pragma once
// Authenticated encryption, key derivation and random bytes. The only place that knows OpenSSL.
//
// AES-256-GCM: NIST SP 800-38D. HKDF: RFC 5869. scrypt: RFC 7914.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kCipherKeyBytes = 32;
inline constexpr std::size_t kCipherNonceBytes = 12;
inline constexpr std::size_t kCipherTagBytes = 16;

/// Bytes from the generator of the operating system. Errors: `io`.
[[nodiscard]] Status random_bytes(std::span<std::byte> out);

/// The cost of guessing a passphrase: 128 * 2^log2_n * r bytes of memory, p times.
struct ScryptCost {
  std::uint8_t log2_n = 17;
  std::uint32_t r = 8;
  std::uint32_t p = 1;

  friend bool operator==(const ScryptCost&, const ScryptCost&) = default;
};

/// Whether a cost that was read may be paid: log2_n 1 to 20, r 1 to 32, p 1 to 16, at most 1 GiB of memory, and at most
/// 16 times the work of the default. Errors: `unsupported_format`.
[[nodiscard]] Status check_scrypt_cost(const ScryptCost& cost);

/// Fills `out`. Errors: those of `check_scrypt_cost`, before any work; `out_of_memory`.
[[nodiscard]] Status scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt,
                            const ScryptCost& cost, std::span<std::byte> out);

/// HKDF with SHA-256, extract and expand; fills `out`, at most 8,160 bytes.
[[nodiscard]] Status hkdf_sha256(std::span<const std::byte> key, std::span<const std::byte> salt,
                                 std::span<const std::byte> info, std::span<std::byte> out);

/// Takes a time that does not depend on where the two, of the same size, differ.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept;

/// AES-256-GCM under one key. A nonce must never be used for two messages.
/// Single-threaded: one thread at a time, even for const members.
class Cipher {
 public:
  [[nodiscard]] static Result<Cipher> create(std::span<const std::byte, kCipherKeyBytes> key);
  Cipher(Cipher&&) noexcept;
  Cipher& operator=(Cipher&&) noexcept;
  ~Cipher();

  /// Encrypts `text` in place and makes the tag over it and `associated`.
  [[nodiscard]] Status seal(std::span<const std::byte, kCipherNonceBytes> nonce, std::span<const std::byte> associated,
                            std::span<std::byte> text, std::span<std::byte, kCipherTagBytes> tag);
  /// Decrypts `text` in place. After an error it is all zero: nothing unverified gets out.
  /// Errors: `corruption` if the tag does not fit.
  [[nodiscard]] Status open(std::span<const std::byte, kCipherNonceBytes> nonce, std::span<const std::byte> associated,
                            std::span<std::byte> text, std::span<const std::byte, kCipherTagBytes> tag);

 private:
  struct Context;
  explicit Cipher(std::unique_ptr<Context> context) noexcept;

  std::unique_ptr<Context> context_;
};

}  // namespace scaup::inline v0
