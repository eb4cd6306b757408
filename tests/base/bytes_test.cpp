#include "base/bytes.hpp"

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

}  // namespace

TEST_CASE("bytes: integers are written little-endian") {
  std::vector<std::byte> out;
  ByteWriter writer(out);
  writer.u8(0x01);
  writer.u16(0x0302);
  writer.u32(0x07060504);
  writer.u64(0x0F0E0D0C0B0A0908);
  writer.f32(1.0F);
  REQUIRE(out == bytes_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0x80, 0x3F}));
  REQUIRE(writer.offset() == 19);
}

TEST_CASE("bytes: what was written reads back the same, whatever the order of types") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::byte> out;
    ByteWriter writer(out);
    std::vector<std::pair<int, std::uint64_t>> values;
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t value = random() >> (random() % 64);
      values.emplace_back(static_cast<int>(random() % 6), value);
      switch (values.back().first) {
        case 0: writer.u8(static_cast<std::uint8_t>(value)); break;
        case 1: writer.u16(static_cast<std::uint16_t>(value)); break;
        case 2: writer.u32(static_cast<std::uint32_t>(value)); break;
        case 3: writer.u64(value); break;
        case 4: writer.varint(value); break;
        default: writer.varint(value % 20); writer.string(std::string(value % 20, 'x'));
      }
    }
    ByteReader reader(out);
    for (const auto& [kind, value] : values) {
      switch (kind) {
        case 0: REQUIRE(reader.u8() == static_cast<std::uint8_t>(value)); break;
        case 1: REQUIRE(reader.u16() == static_cast<std::uint16_t>(value)); break;
        case 2: REQUIRE(reader.u32() == static_cast<std::uint32_t>(value)); break;
        case 3: REQUIRE(reader.u64() == value); break;
        case 4: REQUIRE(reader.varint() == value); break;
        default: REQUIRE(reader.string(reader.varint()) == std::string(value % 20, 'x'));
      }
    }
    require_ok(reader.finish());
  }
}

TEST_CASE("bytes: every length of varint has its shortest form at the powers of 128") {
  for (unsigned shift = 7; shift < 64; shift += 7) {
    const std::uint64_t value = std::uint64_t{1} << shift;
    for (const std::uint64_t each : {value - 1, value}) {
      std::vector<std::byte> out;
      ByteWriter(out).varint(each);
      REQUIRE(out.size() == shift / 7 + (each == value ? 1 : 0));
      ByteReader reader(out);
      REQUIRE(reader.varint() == each);
      require_ok(reader.finish());
    }
  }
}

TEST_CASE("bytes: the largest varint takes ten bytes") {
  const auto most = bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 1});
  ByteReader reader(most);
  REQUIRE(reader.varint() == std::numeric_limits<std::uint64_t>::max());
  require_ok(reader.finish());
}

TEST_CASE("bytes: a varint that is longer than needed, too long or cut off is refused") {
  struct Case {
    std::vector<std::byte> bytes;
    std::string_view message;
  };
  const Case cases[] = {
      {bytes_of({0x80, 0x00}), "shortest form"},
      {bytes_of({0xFF, 0x80, 0x00}), "shortest form"},
      {bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}), "64 bits"},
      {bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}), "64 bits"},
      {bytes_of({}), "are left"},
      {bytes_of({0x80}), "are left"},
  };
  for (const Case& each : cases) {
    ByteReader reader(each.bytes, "log");
    REQUIRE(reader.varint() == 0);
    require_error(reader.status(), ErrorCode::corruption, {"log: byte 0: varint", each.message});
    REQUIRE(reader.offset() == 0);
  }
}

TEST_CASE("bytes: a reader never looks past the end, and says where it stopped") {
  const auto seven = bytes_of({1, 2, 3, 4, 5, 6, 7});
  ByteReader reader(seven, "header", 100);
  REQUIRE(reader.u32() == 0x04030201);
  REQUIRE(reader.remaining() == 3);
  REQUIRE(reader.u32() == 0);
  require_error(reader.status(), ErrorCode::corruption, {"header: byte 104: u32 of 4 bytes, but 3 are left"});
}

TEST_CASE("bytes: after a failure every read gives nothing, and the first failure is the one told") {
  const auto four = bytes_of({1, 2, 3, 4});
  ByteReader reader(four);
  static_cast<void>(reader.u64());
  REQUIRE_FALSE(reader.ok());
  REQUIRE(reader.u8() == 0);
  REQUIRE(reader.varint() == 0);
  REQUIRE(reader.count(1) == 0);
  REQUIRE(reader.bytes(1).empty());
  REQUIRE(reader.string(1).empty());
  REQUIRE(reader.f32() == 0.0F);
  REQUIRE(reader.remaining() == 0);
  require_error(reader.finish(), ErrorCode::corruption, {"byte 0: u64 of 8 bytes, but 4 are left"});
}

TEST_CASE("bytes: a length from the bytes themselves cannot reach past the end") {
  const auto four = bytes_of({1, 2, 3, 4});
  for (const std::uint64_t size : {std::uint64_t{5}, std::numeric_limits<std::uint64_t>::max()}) {
    ByteReader reader(four);
    REQUIRE(reader.string(size).empty());
    require_error(reader.status(), ErrorCode::corruption, {"string of " + std::to_string(size)});
    ByteReader skipping(four);
    skipping.skip(size);
    REQUIRE_FALSE(skipping.ok());
  }
  ByteReader whole(four);
  REQUIRE(whole.bytes(4).size() == 4);
  require_ok(whole.finish());
}

TEST_CASE("bytes: a count is refused if so many things cannot follow") {
  const auto bytes = bytes_of({3, 0, 0, 0, 0, 0, 0});
  ByteReader two(bytes);
  REQUIRE(two.count(2) == 3);
  ByteReader three(bytes, "list");
  REQUIRE(three.count(3) == 0);
  require_error(three.status(), ErrorCode::corruption, {"list: byte 0: count is 3"});
}

TEST_CASE("bytes: what is left over at the end is an error") {
  const auto two = bytes_of({1, 2});
  ByteReader reader(two, "record");
  REQUIRE(reader.u8() == 1);
  require_ok(reader.status());
  require_error(reader.finish(), ErrorCode::corruption, {"record: byte 1: 1 bytes are left over"});
}

TEST_CASE("bytes: f32 keeps every bit pattern") {
  for (const float value : {0.0F, -0.0F, 1.5F, std::numeric_limits<float>::infinity(),
                            std::numeric_limits<float>::denorm_min(), std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<std::byte> out;
    ByteWriter(out).f32(value);
    ByteReader reader(out);
    REQUIRE(std::bit_cast<std::uint32_t>(reader.f32()) == std::bit_cast<std::uint32_t>(value));
  }
}

TEST_CASE("bytes: random bytes never make a reader go out of bounds") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::byte> bytes(random() % 24);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() | (random() % 2 == 0 ? 0x80U : 0U));
    ByteReader reader(bytes);
    while (reader.ok() && reader.remaining() > 0) {
      const std::size_t before = reader.remaining();
      switch (random() % 5) {
        case 0: static_cast<void>(reader.u16()); break;
        case 1: static_cast<void>(reader.varint()); break;
        case 2: static_cast<void>(reader.string(reader.varint())); break;
        case 3: static_cast<void>(reader.count(2)); break;
        default: static_cast<void>(reader.u8());
      }
      REQUIRE(reader.offset() <= bytes.size());
      REQUIRE(reader.remaining() < before);
    }
  }
}
