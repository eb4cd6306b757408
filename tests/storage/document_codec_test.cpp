// Documents as fields: random ones read back, and what a document must not hold is refused.

#include "storage/document_codec.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include "support/catch.hpp"
#include "support/random_text.hpp"

using namespace scaup;
using scaup::test::random_text;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

using Random = std::mt19937_64;

double random_real(Random& random) {
  while (true) {
    const auto number = std::bit_cast<double>(std::uint64_t{random()});
    if (std::isfinite(number)) return number;
  }
}

std::int64_t random_integer(Random& random) {
  return static_cast<std::int64_t>(random()) >> (random() % 64);
}

template <typename List, typename Make>
List random_list(Random& random, Make&& make) {
  List list;
  for (std::size_t i = random() % 5; i > 0; --i) list.push_back(make());
  return list;
}

Value random_value(Random& random) {
  switch (random() % 8) {
    case 0: return random_text(random, random() % 8);
    case 1: return random_integer(random);
    case 2: return random_real(random);
    case 3: return random() % 2 == 0;
    case 4: return random_list<Value::StringList>(random, [&] { return random_text(random, random() % 4); });
    case 5: return random_list<Value::IntegerList>(random, [&] { return random_integer(random); });
    case 6: return random_list<Value::RealList>(random, [&] { return random_real(random); });
    default: return random_list<Value::BooleanList>(random, [&] { return random() % 2 == 0; });
  }
}

Origin random_origin(Random& random) {
  Origin origin{.source_id = random_text(random, 3), .begin = random() % 1'000, .chunk_index = random() % 9};
  origin.end = origin.begin + random() % 1'000;
  origin.last_line = random();
  if (random() % 2 == 0) origin.page = random() % 3;
  for (std::size_t i = random() % 4; i > 0; --i) origin.section.push_back(random_text(random, 2));
  return origin;
}

Document random_document(Random& random) {
  Document document{.id = "d" + random_text(random, 2), .text = random_text(random, random() % 60)};
  for (std::size_t i = random() % 6; i > 0; --i) {
    document.metadata.insert_or_assign("k" + random_text(random, 2), random_value(random));
  }
  if (random() % 2 == 0) document.origin = random_origin(random);
  return document;
}

template <typename Encode>
std::vector<std::byte> encoded(Encode&& encode) {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  encode(writer);
  return out;
}

}  // namespace

TEST_CASE("document codec: random documents read back the same") {
  Random random(11);
  for (int round = 0; round < 3'000; ++round) {
    const Document document = random_document(random);
    const auto bytes = encoded([&](FieldWriter& out) { encode_document(out, document); });
    REQUIRE(require_ok(decode_document(bytes)) == document);
    const EncodedDocument lazy = require_ok(EncodedDocument::parse(bytes));
    REQUIRE(lazy.id() == document.id);
    REQUIRE(lazy.text() == document.text);
    REQUIRE(require_ok(lazy.metadata()) == document.metadata);
    REQUIRE(require_ok(lazy.origin()) == document.origin);
  }
}

TEST_CASE("document codec: random values read back with their type") {
  Random random(12);
  for (int round = 0; round < 3'000; ++round) {
    const Value value = random_value(random);
    const auto bytes = encoded([&](FieldWriter& out) { encode_value(out, value); });
    REQUIRE(require_ok(decode_value(bytes)) == value);
  }
}

TEST_CASE("document codec: schemas and identities read back the same") {
  StoreSchema schema{.metric = Metric::l2};
  const auto round_trip = [&] {
    const auto bytes = encoded([&](FieldWriter& out) { encode_schema(out, schema); });
    return require_ok(decode_schema(bytes));
  };
  REQUIRE(round_trip() == schema);
  schema.dimension = 384;
  REQUIRE(round_trip() == schema);
  schema.embedder = EmbedderIdentity{.provider = "p",
                                     .model = "m",
                                     .dimension = 384,
                                     .normalised = false,
                                     .document_prefix = "passage: ",
                                     .query_prefix = "query: "};
  REQUIRE(round_trip() == schema);
}

TEST_CASE("document codec: a field of a later version is skipped") {
  const Document document{.id = "a", .text = "b", .metadata = {{"k", 1}}, .origin = Origin{.source_id = "s"}};
  auto bytes = encoded([&](FieldWriter& out) {
    out.text(99, "later");
    encode_document(out, document);
    out.number(98, 4);
  });
  REQUIRE(require_ok(decode_document(bytes)) == document);
}

TEST_CASE("document codec: what a user may not add is refused from a file too") {
  const auto refused = [](const Document& document, std::string_view part) {
    const auto bytes = encoded([&](FieldWriter& out) { encode_document(out, document); });
    require_error(decode_document(bytes), ErrorCode::corruption, {part});
  };
  refused({.id = ""}, "id: empty");
  refused({.id = std::string(65'537, 'x')}, "id: 65537 bytes");
  refused({.id = "\xFF"}, "id: byte 0xff");
  refused({.id = "a", .text = "\xC3"}, "text: byte 0xc3");
  refused({.id = "a", .text = std::string((16U << 20U) + 1, 'x')}, "text: ");
  refused({.id = "a", .metadata = {{"", 1}}}, "metadata: key: empty");
  refused({.id = "a", .metadata = {{"$k", 1}}}, "begins with '$'");
  refused({.id = "a", .metadata = {{"k", std::numeric_limits<double>::quiet_NaN()}}}, "nan");
  refused({.id = "a", .metadata = {{"k", Value::RealList{std::numeric_limits<double>::infinity()}}}}, "element 0: inf");
  refused({.id = "a", .metadata = {{"k", Value::StringList{"\xFF"}}}}, "element 0: byte 0xff");
  refused({.id = "a", .origin = Origin{.begin = 2, .end = 1}}, "beyond end");
  refused({.id = "a", .origin = Origin{.section = {"\xFF"}}}, "section 0");
}

TEST_CASE("document codec: metadata that no writer makes is refused") {
  const auto entry = [](FieldWriter& out, std::string_view key, std::uint32_t tag) {
    out.message(1, [&](FieldWriter& inner) {
      inner.text(15, key);
      inner.number(tag, 1);
    });
  };
  SECTION("a key twice") {
    const auto bytes = encoded([&](FieldWriter& out) {
      entry(out, "k", 2);
      entry(out, "k", 2);
    });
    require_error(decode_metadata(bytes), ErrorCode::corruption, {"not in order"});
  }
  SECTION("a value of an unknown type") {
    const auto bytes = encoded([&](FieldWriter& out) { entry(out, "k", 9); });
    require_error(decode_metadata(bytes), ErrorCode::corruption, {"no value of a type"});
  }
  SECTION("more entries than the limit") {
    const auto bytes = encoded([&](FieldWriter& out) {
      for (int i = 0; i <= 10'000; ++i) entry(out, "k" + std::to_string(100'000 + i), 2);
    });
    require_error(decode_metadata(bytes), ErrorCode::corruption, {"limit"});
  }
  SECTION("a boolean list with a 2") {
    const auto bytes = encoded([&](FieldWriter& out) { out.packed(8, [](ByteWriter& inner) { inner.u8(2); }); });
    require_error(decode_value(bytes), ErrorCode::corruption, {"neither 0 nor 1"});
  }
  SECTION("a real list with half a number") {
    const auto bytes = encoded([&](FieldWriter& out) { out.packed(7, [](ByteWriter& inner) { inner.u32(2); }); });
    require_error(decode_value(bytes), ErrorCode::corruption, {"middle of an element"});
  }
}

TEST_CASE("document codec: a schema with an unknown metric or a dimension out of range is refused") {
  require_error(decode_schema(encoded([](FieldWriter& out) { out.number(1, 9); })), ErrorCode::corruption,
                {"metric 9"});
  require_error(decode_schema({}), ErrorCode::corruption, {"metric 0"});
  const auto large = encoded([](FieldWriter& out) {
    out.number(1, 1);
    out.number(2, 65'537);
  });
  require_error(decode_schema(large), ErrorCode::corruption, {"too large"});
  const auto none = encoded([](FieldWriter& out) {
    out.number(1, 1);
    out.number(2, 0);
  });
  require_error(decode_schema(none), ErrorCode::corruption, {"dimension of 0"});
}

TEST_CASE("document codec: a damaged document is an error or another valid document") {
  Random random(13);
  for (int round = 0; round < 300; ++round) {
    const Document document = random_document(random);
    auto bytes = encoded([&](FieldWriter& out) { encode_document(out, document); });
    for (int change = 0; change < 30; ++change) {
      auto damaged = bytes;
      damaged[random() % damaged.size()] = static_cast<std::byte>(random() & 0xFFU);
      damaged.resize(damaged.size() - random() % 2);
      const auto decoded = decode_document(damaged);
      if (!decoded) {
        require_error(decoded, ErrorCode::corruption);
        continue;
      }
      const auto again = encoded([&](FieldWriter& out) { encode_document(out, *decoded); });
      REQUIRE(require_ok(decode_document(again)) == *decoded);
    }
  }
}
