// The sole includer of OpenSSL.

#include "archive/encryption.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "base/wipe.hpp"

namespace scaup::inline v0 {
namespace {

constexpr unsigned kMaxLog2N = 20;
constexpr std::uint32_t kMaxR = 32;
constexpr std::uint32_t kMaxP = 16;
constexpr std::uint64_t kMaxScryptBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMaxScryptWork = 16 * (std::uint64_t{1} << 17) * 8;  // N * r * p

// Every length here is that of a chunk, a header or a key, so it fits OpenSSL's int.
int length(std::span<const std::byte> bytes) {
  return static_cast<int>(bytes.size());
}

const unsigned char* octets_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* octets_of(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

Error openssl_error(std::string_view function) {
  return {ErrorCode::internal, "encryption: " + std::string(function) + " of OpenSSL failed"};
}

Status check_range(std::string_view name, std::uint64_t value, std::uint64_t most) {
  if (value >= 1 && value <= most) return {};
  return Error(ErrorCode::unsupported_format, "scrypt: " + std::string(name) + " is " + std::to_string(value) +
                                                  ", outside 1 to " + std::to_string(most));
}

std::uint64_t scrypt_bytes(const ScryptCost& cost) {
  return (std::uint64_t{128} << cost.log2_n) * cost.r;
}

OSSL_PARAM octets(const char* name, std::span<const std::byte> bytes) {
  // OpenSSL only reads them, though its type does not say so.
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::byte*>(bytes.data()), bytes.size());
}

}  // namespace

Status random_bytes(std::span<std::byte> out) {
  if (RAND_bytes(octets_of(out), length(out)) == 1) return {};
  return Error(ErrorCode::io, "encryption: the operating system gave no random bytes");
}

Status check_scrypt_cost(const ScryptCost& cost) {
  if (Status status = check_range("log2(N)", cost.log2_n, kMaxLog2N); !status) return status;
  if (Status status = check_range("r", cost.r, kMaxR); !status) return status;
  if (Status status = check_range("p", cost.p, kMaxP); !status) return status;
  if (Status status = check_range("memory", scrypt_bytes(cost), kMaxScryptBytes); !status) return status;
  return check_range("N * r * p", (std::uint64_t{cost.r} << cost.log2_n) * cost.p, kMaxScryptWork);
}

Status scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt, const ScryptCost& cost,
              std::span<std::byte> out) {
  if (Status status = check_scrypt_cost(cost); !status) return status;
  const std::uint64_t most = scrypt_bytes(cost) + (std::uint64_t{1} << 20);  // and what it needs besides, below 70 KiB
  const auto* const text = reinterpret_cast<const char*>(passphrase.data());
  const int done = EVP_PBE_scrypt(text, passphrase.size(), octets_of(salt), salt.size(),
                                  std::uint64_t{1} << cost.log2_n, cost.r, cost.p, most, octets_of(out), out.size());
  if (done != 1) return out_of_memory_error();  // all else was checked above
  return {};
}

Status hkdf_sha256(std::span<const std::byte> key, std::span<const std::byte> salt, std::span<const std::byte> info,
                   std::span<std::byte> out) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> function(EVP_KDF_fetch(nullptr, "HKDF", nullptr),
                                                                   &EVP_KDF_free);
  if (!function) return openssl_error("EVP_KDF_fetch");
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(EVP_KDF_CTX_new(function.get()),
                                                                          &EVP_KDF_CTX_free);
  if (!context) return out_of_memory_error();
  std::string digest = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                                   octets(OSSL_KDF_PARAM_KEY, key), octets(OSSL_KDF_PARAM_SALT, salt),
                                   octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  if (EVP_KDF_derive(context.get(), octets_of(out), out.size(), parameters) != 1)
    return openssl_error("EVP_KDF_derive");
  return {};
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The key schedule is made once; each message then sets a nonce of its own. OpenSSL wipes both when it frees them.
struct Cipher::Context {
  ~Context() { EVP_CIPHER_CTX_free(context); }

  bool begin(std::span<const std::byte> nonce, std::span<const std::byte> associated, int encrypt) {
    int written = 0;
    return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, octets_of(nonce), encrypt) == 1 &&
           EVP_CipherUpdate(context, nullptr, &written, octets_of(associated), length(associated)) == 1;
  }
  bool run(std::span<std::byte> text) {
    int written = 0;
    return text.empty() || EVP_CipherUpdate(context, octets_of(text), &written, octets_of(text), length(text)) == 1;
  }
  bool control(int command, void* tag) {
    return EVP_CIPHER_CTX_ctrl(context, command, static_cast<int>(kCipherTagBytes), tag) == 1;
  }
  bool finish() {
    unsigned char none[kCipherTagBytes];
    int written = 0;
    return EVP_CipherFinal_ex(context, none, &written) == 1;
  }

  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
};

Cipher::Cipher(std::unique_ptr<Context> context) noexcept : context_(std::move(context)) {}
Cipher::Cipher(Cipher&&) noexcept = default;
Cipher& Cipher::operator=(Cipher&&) noexcept = default;
Cipher::~Cipher() = default;

Result<Cipher> Cipher::create(std::span<const std::byte, kCipherKeyBytes> key) {
  auto context = std::make_unique<Context>();
  if (context->context == nullptr) return out_of_memory_error();
  if (EVP_CipherInit_ex(context->context, EVP_aes_256_gcm(), nullptr, octets_of(key), nullptr, 1) != 1) {
    return openssl_error("EVP_CipherInit_ex");
  }
  return Cipher(std::move(context));
}

Status Cipher::seal(std::span<const std::byte, kCipherNonceBytes> nonce, std::span<const std::byte> associated,
                    std::span<std::byte> text, std::span<std::byte, kCipherTagBytes> tag) {
  Context& context = *context_;
  if (context.begin(nonce, associated, 1) && context.run(text) && context.finish() &&
      context.control(EVP_CTRL_AEAD_GET_TAG, tag.data())) {
    return {};
  }
  wipe(text);
  return openssl_error("AES-256-GCM");
}

Status Cipher::open(std::span<const std::byte, kCipherNonceBytes> nonce, std::span<const std::byte> associated,
                    std::span<std::byte> text, std::span<const std::byte, kCipherTagBytes> tag) {
  Context& context = *context_;
  void* const expected = const_cast<std::byte*>(tag.data());  // OpenSSL only reads it
  if (context.begin(nonce, associated, 0) && context.run(text) && context.control(EVP_CTRL_AEAD_SET_TAG, expected) &&
      context.finish()) {
    return {};
  }
  wipe(text);
  return Error(ErrorCode::corruption, "encryption: the tag does not fit");
}

}  // namespace scaup::inline v0
