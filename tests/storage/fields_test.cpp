// Tagged fields: layout, round trips, and bytes that nobody wrote.

#include "storage/fields.hpp"

#include <cmath>
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

// Messages within messages, the innermost one empty.
void nest(FieldWriter& writer, unsigned levels) {
  if (levels == 0) return;
  writer.message(1, [&](FieldWriter& inner) { nest(inner, levels - 1); });
}

Status descend(FieldReader reader) {
  if (!reader.next()) return reader.status();
  FieldReader inner = reader.message();
  reader.join(inner);
  if (!reader.ok()) return reader.status();
  return descend(inner);
}

}  // namespace

TEST_CASE("fields: keys, wire types and values are laid out as in Protocol Buffers") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(1, 150);
  writer.text(2, "testing");
  writer.signed_number(3, -2);
  writer.flag(15, true);
  writer.flag(16, false);
  writer.real32(4, 1.0F);
  writer.real(5, -2.0);
  writer.message(6, [](FieldWriter& inner) { inner.number(1, 150); });
  REQUIRE(out == bytes_of({0x08, 0x96, 0x01,                                    // the specification's first example
                           0x12, 7,    't',  'e',  's',  't',  'i', 'n', 'g',   // and its second
                           0x18, 3,    0x78, 1,    0x80, 0x01, 0,               //
                           0x25, 0,    0,    0x80, 0x3F,                        //
                           0x29, 0,    0,    0,    0,    0,    0,   0,   0xC0,  //
                           0x32, 3,    0x08, 0x96, 0x01}));
}

TEST_CASE("fields: what was written reads back") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(1, std::numeric_limits<std::uint64_t>::max());
  writer.signed_number(2, std::numeric_limits<std::int64_t>::min());
  writer.real(3, std::numeric_limits<double>::quiet_NaN());
  writer.hash(kMaxFieldTag, 42);
  writer.bytes(5, bytes_of({0, 1}));
  FieldReader reader(out);
  REQUIRE(reader.next());
  REQUIRE(reader.tag() == 1);
  REQUIRE(reader.number() == std::numeric_limits<std::uint64_t>::max());
  REQUIRE(reader.next());
  REQUIRE(reader.signed_number() == std::numeric_limits<std::int64_t>::min());
  REQUIRE(reader.next());
  REQUIRE(std::isnan(reader.real()));
  REQUIRE(reader.next());
  REQUIRE(reader.tag() == kMaxFieldTag);
  REQUIRE(reader.hash() == 42);
  REQUIRE(reader.next());
  REQUIRE(reader.wire_type() == WireType::bytes);
  REQUIRE(reader.bytes().size() == 2);
  REQUIRE_FALSE(reader.next());
  require_ok(reader.status());
}

TEST_CASE("fields: a message of any size reads back, whatever its length takes") {
  for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 128U, 129U, 16'383U, 16'384U, 3'000'000U}) {
    std::vector<std::byte> out;
    FieldWriter writer(out);
    const std::string text(size, 'x');
    writer.message(1, [&](FieldWriter& inner) { inner.text(2, text); });
    writer.number(3, 7);
    FieldReader reader(out);
    REQUIRE(reader.next());
    FieldReader inner = reader.message();
    REQUIRE(inner.next());
    REQUIRE(inner.text() == text);
    REQUIRE_FALSE(inner.next());
    REQUIRE(reader.next());
    REQUIRE(reader.number() == 7);
  }
}

TEST_CASE("fields: signed numbers near zero are short, and all of them read back") {
  REQUIRE(zigzag(0) == 0);
  REQUIRE(zigzag(-1) == 1);
  REQUIRE(zigzag(1) == 2);
  std::mt19937_64 random(5);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (random() % 64));
    REQUIRE(unzigzag(zigzag(value)) == value);
    REQUIRE(unzigzag(zigzag(-value)) == -value);
  }
}

TEST_CASE("fields: unknown fields of every type are skipped") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(100, 1);
  writer.real(101, 1);
  writer.real32(102, 1);
  writer.message(103, [](FieldWriter& inner) { inner.number(1, 9); });
  writer.number(1, 5);
  std::uint64_t found = 0;
  FieldReader reader(out);
  while (reader.next()) {
    if (reader.tag() == 1) found = reader.number();
  }
  require_ok(reader.status());
  REQUIRE(found == 5);
}

TEST_CASE("fields: a getter of another type fails the reader for good, with byte and tag") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(1, 5);
  writer.number(2, 6);
  FieldReader reader(out, "record", 1'000);
  REQUIRE(reader.next());
  REQUIRE(reader.number() == 5);
  REQUIRE(reader.next());
  REQUIRE(reader.text().empty());
  REQUIRE(reader.number() == 0);
  REQUIRE_FALSE(reader.next());
  require_error(reader.status(), ErrorCode::corruption, {"record: byte 1002: field 2 has another type"});
}

TEST_CASE("fields: bytes that are no fields are refused") {
  struct Case {
    std::vector<std::byte> bytes;
    std::string_view message;
  };
  const Case cases[] = {
      {bytes_of({0x00, 0x01}), "tag that is out of range"},
      {bytes_of({0x0B}), "unknown wire type"},
      {bytes_of({0x0C}), "unknown wire type"},
      {bytes_of({0x0F, 0, 0}), "unknown wire type"},
      {bytes_of({0x08}), "are left"},
      {bytes_of({0x08, 0x80}), "are left"},
      {bytes_of({0x08, 0x80, 0x00}), "shortest form"},
      {bytes_of({0x0A, 2, 'x'}), "of 2 bytes, but 1 are left"},
      {bytes_of({0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}), "are left"},
      {bytes_of({0x09, 1, 2, 3}), "are left"},
      {bytes_of({0x0D, 1, 2, 3}), "are left"},
      {bytes_of({0xF8, 0xFF, 0xFF, 0xFF, 0x1F, 0}), "tag that is out of range"},
  };
  for (const Case& each : cases) {
    FieldReader reader(each.bytes);
    REQUIRE_FALSE(reader.next());
    require_error(reader.status(), ErrorCode::corruption, {each.message});
  }
}

TEST_CASE("fields: a failure within a message is one of the whole, at its place in the file") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(1, 5);
  writer.bytes(2, bytes_of({0x08}));
  FieldReader reader(out, "record", 100);
  REQUIRE(reader.next());
  REQUIRE(reader.next());
  FieldReader inner = reader.message();
  REQUIRE_FALSE(inner.next());
  reader.join(inner);
  REQUIRE_FALSE(reader.ok());
  require_error(reader.status(), ErrorCode::corruption, {"record: byte 105: varint"});
}

TEST_CASE("fields: messages nest to a limit") {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  nest(writer, kMaxFieldDepth);
  require_ok(descend(FieldReader(out)));
  out.clear();
  nest(writer, kMaxFieldDepth + 1);
  require_error(descend(FieldReader(out)), ErrorCode::corruption, {"nests too deep"});
}

TEST_CASE("fields: a flag is 0 or 1") {
  const auto two = bytes_of({0x08, 2});
  FieldReader reader(two);
  REQUIRE(reader.next());
  REQUIRE_FALSE(reader.flag());
  require_error(reader.status(), ErrorCode::corruption, {"field 1 is a number that is too large"});
}

TEST_CASE("fields: any bytes are read to an end") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(random() % 40);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> (random() % 8 + 56));
    FieldReader reader(bytes);
    std::size_t fields = 0;
    while (reader.next()) ++fields;
    REQUIRE(fields <= bytes.size() / 2);
    REQUIRE(reader.ok() == reader.status().has_value());
  }
}
