// The file header: who a file is, what it may not be, and every flipped bit.

#include "storage/file_header.hpp"

#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "base/hash.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

FileIdentity some_identity() {
  FileIdentity identity{.uuid = {}, .collection = 7, .kind = StoreFileKind::log, .number = 12};
  identity.uuid.fill(std::byte{0xA5});
  return identity;
}

// Puts `value` at `offset` and makes the hash right again.
template <typename T>
FileHeaderBytes patched(std::size_t offset, T value) {
  FileHeaderBytes bytes = encode_file_header({.identity = some_identity(), .features = {}});
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
  const std::uint64_t hash = hash64(std::span(bytes).first(56), 0x73636175702D6864);
  std::memcpy(bytes.data() + 56, &hash, sizeof(hash));
  return bytes;
}

}  // namespace

TEST_CASE("file header: what was written reads back") {
  const FileHeader header{.identity = some_identity(), .features = {0, 4, 0x80000000}};
  const FileHeaderBytes bytes = encode_file_header(header);
  const FileHeader read = require_ok(check_file_header(bytes, some_identity(), "log-12"));
  REQUIRE(read.identity == header.identity);
  REQUIRE(read.features == header.features);
  REQUIRE(read.major == kFormatMajor);
}

TEST_CASE("file header: the layout is that of docs/format.md") {
  const FileHeaderBytes bytes = encode_file_header({.identity = some_identity(), .features = {}});
  REQUIRE(std::memcmp(bytes.data(), "\x89SCAUP\r\n\x02\x01\x01\x00\x00\x00\x03\x00\x07\x00\x00\x00", 20) == 0);
}

TEST_CASE("file header: every flipped bit and every missing byte is corruption") {
  const FileHeaderBytes good = encode_file_header({.identity = some_identity(), .features = {}});
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    FileHeaderBytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    require_error(check_file_header(bytes, some_identity(), "log-12"), ErrorCode::corruption, {"log-12: header"});
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    require_error(decode_file_header(std::span(good).first(size), "log-12"), ErrorCode::corruption,
                  {std::to_string(size) + " bytes"});
  }
}

TEST_CASE("file header: what another version wrote is unsupported, not corrupt") {
  require_error(decode_file_header(patched<std::uint16_t>(10, 2), "x"), ErrorCode::unsupported_format, {"version 2"});
  require_error(decode_file_header(patched<std::uint16_t>(10, 0), "x"), ErrorCode::unsupported_format, {"version 0"});
  require_error(decode_file_header(patched<std::uint16_t>(8, 0x0201), "x"), ErrorCode::unsupported_format,
                {"big-endian"});
  require_error(decode_file_header(patched<std::uint32_t>(20, 1), "x"), ErrorCode::unsupported_format, {"bits 1"});
  require_error(decode_file_header(patched<std::uint8_t>(14, 9), "x"), ErrorCode::unsupported_format, {"kind 9"});
  require_ok(decode_file_header(patched<std::uint16_t>(12, 9), "x"));
}

TEST_CASE("file header: an unknown feature may be harmless, or forbid writing") {
  REQUIRE_FALSE(require_ok(decode_file_header(patched<std::uint32_t>(52, 1), "x")).is_read_only());
  REQUIRE(require_ok(decode_file_header(patched<std::uint32_t>(48, 1), "x")).is_read_only());
}

TEST_CASE("file header: a file in another's place is named") {
  const FileHeaderBytes bytes = encode_file_header({.identity = some_identity(), .features = {}});
  FileIdentity other = some_identity();
  other.number = 13;
  require_error(check_file_header(bytes, other, "log-13"), ErrorCode::corruption,
                {"log 12 of collection 7", "log 13 of collection 7"});
  other.uuid[3] = std::byte{0};
  require_error(check_file_header(bytes, other, "log-13"), ErrorCode::corruption, {"another database"});
}

TEST_CASE("file header: each file has a seed of its own") {
  std::set<std::uint64_t> seeds;
  FileIdentity identity = some_identity();
  seeds.insert(seed(identity));
  identity.number = 13;
  seeds.insert(seed(identity));
  identity.collection = 8;
  seeds.insert(seed(identity));
  identity.kind = StoreFileKind::graph;
  seeds.insert(seed(identity));
  identity.uuid[0] = std::byte{1};
  seeds.insert(seed(identity));
  REQUIRE(seeds.size() == 5);
  REQUIRE(require_ok(make_store_uuid()) != require_ok(make_store_uuid()));
}
