#include "archive/encryption.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/archive.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

std::vector<std::byte> from_hex(std::string_view hex) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

std::vector<std::byte> range(int first, int last) {
  std::vector<std::byte> bytes;
  for (int value = first; value <= last; ++value) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// From the GCM specification's test vectors (McGrew and Viega), cases 13, 14 and 16.
struct GcmVector {
  std::string_view key, nonce, associated, text, sealed, tag;
};
constexpr std::string_view kZeroKey = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view kZeroNonce = "000000000000000000000000";
const GcmVector kGcmVectors[] = {
    {kZeroKey, kZeroNonce, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {kZeroKey, kZeroNonce, "", "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18",
     "d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657b"
     "a"
     "637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0ab"
     "c"
     "c9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

struct GcmBytes {
  explicit GcmBytes(const GcmVector& vector)
      : key(from_hex(vector.key)),
        nonce(from_hex(vector.nonce)),
        associated(from_hex(vector.associated)),
        text(from_hex(vector.text)),
        sealed(from_hex(vector.sealed)),
        tag(from_hex(vector.tag)) {}

  Cipher cipher() const { return require_ok(Cipher::create(std::span(key).first<kCipherKeyBytes>())); }
  Status seal(Cipher& with, std::vector<std::byte>& in_place, std::vector<std::byte>& out) const {
    return with.seal(std::span(nonce).first<kCipherNonceBytes>(), associated, in_place,
                     std::span(out).first<kCipherTagBytes>());
  }
  Status open(Cipher& with, std::vector<std::byte>& in_place) const {
    return with.open(std::span(nonce).first<kCipherNonceBytes>(), associated, in_place,
                     std::span(tag).first<kCipherTagBytes>());
  }

  std::vector<std::byte> key, nonce, associated, text, sealed, tag;
};

}  // namespace

TEST_CASE("encryption: AES-256-GCM gives the published ciphertexts and tags, also when a cipher is used again") {
  for (const GcmVector& vector : kGcmVectors) {
    const GcmBytes bytes(vector);
    Cipher cipher = bytes.cipher();
    for (int round = 0; round < 2; ++round) {
      std::vector<std::byte> text = bytes.text;
      std::vector<std::byte> tag(kCipherTagBytes);
      require_ok(bytes.seal(cipher, text, tag));
      REQUIRE(text == bytes.sealed);
      REQUIRE(tag == bytes.tag);
      require_ok(bytes.open(cipher, text));
      REQUIRE(text == bytes.text);
    }
  }
}

TEST_CASE("encryption: a flipped bit of text, tag, nonce or associated data is found, and no plaintext is left") {
  const GcmBytes good(kGcmVectors[2]);
  Cipher cipher = good.cipher();
  for (std::vector<std::byte> GcmBytes::*const part :
       {&GcmBytes::sealed, &GcmBytes::tag, &GcmBytes::nonce, &GcmBytes::associated}) {
    for (std::size_t bit = 0; bit < (good.*part).size() * 8; ++bit) {
      GcmBytes bad = good;
      (bad.*part)[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      std::vector<std::byte> text = bad.sealed;
      require_error(bad.open(cipher, text), ErrorCode::corruption);
      REQUIRE(text == std::vector<std::byte>(text.size()));
    }
  }
  std::vector<std::byte> text = good.sealed;
  require_ok(good.open(cipher, text));
}

TEST_CASE("encryption: HKDF-SHA256 gives the results of RFC 5869, appendix A") {
  struct Case {
    std::vector<std::byte> key, salt, info;
    std::string_view expected;
  };
  const Case cases[] = {
      {std::vector<std::byte>(22, std::byte{0x0b}), range(0x00, 0x0c), range(0xf0, 0xf9),
       "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
      {range(0x00, 0x4f), range(0x60, 0xaf), range(0xb0, 0xff),
       "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b"
       "836"
       "7793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
  };
  for (const Case& each : cases) {
    std::vector<std::byte> out(each.expected.size() / 2);
    require_ok(hkdf_sha256(each.key, each.salt, each.info, out));
    REQUIRE(out == from_hex(each.expected));
  }
}

TEST_CASE("encryption: scrypt gives the results of RFC 7914, section 12") {
  struct Case {
    std::string_view passphrase, salt;
    ScryptCost cost;
    std::string_view expected;
  };
  const Case cases[] = {
      {"",
       "",
       {4, 1, 1},
       "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d362"
       "8cf"
       "35e20c38d18906"},
      {"password",
       "NaCl",
       {10, 8, 16},
       "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6"
       "d83"
       "60cbdfa2cc0640"},
      {"pleaseletmein",
       "SodiumChloride",
       {14, 8, 1},
       "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e4"
       "0df"
       "cf017b45575887"},
  };
  for (const Case& each : cases) {
    std::vector<std::byte> out(64);
    require_ok(scrypt(bytes_of(each.passphrase), bytes_of(each.salt), each.cost, out));
    REQUIRE(out == from_hex(each.expected));
  }
}

TEST_CASE("encryption: a cost of scrypt that is out of bounds is refused before any work") {
  const ScryptCost costs[] = {{0, 8, 1},  {21, 8, 1},  {255, 8, 1}, {17, 0, 1}, {17, 33, 1},
                              {17, 8, 0}, {17, 8, 17}, {20, 16, 1}, {20, 8, 3}, {17, 4'000'000'000, 1}};
  for (const ScryptCost& cost : costs) {
    std::vector<std::byte> out(32);
    require_error(scrypt(bytes_of("a"), bytes_of("b"), cost, out), ErrorCode::unsupported_format, {"scrypt: "});
  }
  require_ok(check_scrypt_cost({}));
  require_ok(check_scrypt_cost({20, 8, 1}));
  require_ok(check_scrypt_cost({17, 8, 16}));
}

TEST_CASE("encryption: random bytes differ from call to call") {
  std::vector<std::byte> a(32);
  std::vector<std::byte> b(32);
  require_ok(random_bytes(a));
  require_ok(random_bytes(b));
  REQUIRE(a != b);
}

TEST_CASE("encryption: comparing in constant time tells equal from different") {
  REQUIRE(equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
  REQUIRE_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
  REQUIRE_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
}

TEST_CASE("encryption: a key is a passphrase, or raw bytes of the right size") {
  require_error(EncryptionKey::from_passphrase(Secret()), ErrorCode::invalid_argument, {"empty"});
  require_error(EncryptionKey::from_raw(Secret::from_string("canary")), ErrorCode::invalid_argument, {"6 bytes", "32"});
  const auto key = require_ok(EncryptionKey::from_raw(Secret::from_string(std::string(32, 'k'))));
  REQUIRE(key.kind() == EncryptionKey::Kind::raw);
  REQUIRE(key.secret() == Secret::from_string(std::string(32, 'k')));
}
