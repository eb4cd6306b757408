#include "base/document_check.hpp"

#include <limits>
#include <string>
#include <utility>

#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void refused(const Status& status, std::string_view message) {
  require_error(status, ErrorCode::invalid_argument);
  REQUIRE(status.error().message() == message);
}

}  // namespace

TEST_CASE("document check: an id has 1 to 65,536 bytes of UTF-8") {
  require_ok(check_id("a"));
  require_ok(check_id(std::string(65'536, 'x')));
  require_ok(check_id("\xC3\xA9 with spaces\n"));
  refused(check_id(""), "id: empty; it takes 1 to 65536 bytes");
  refused(check_id(std::string(65'537, 'x')), "id: 65537 bytes, more than the limit of 65536");
  refused(check_id("abc\xFF"), "id: byte 0xff at offset 3 is not UTF-8");
}

TEST_CASE("document check: a text has at most 16 MiB of UTF-8 and may be empty") {
  require_ok(check_text(""));
  require_ok(check_text(std::string(kMaxTextBytes, 'x')));
  refused(check_text(std::string(kMaxTextBytes + 1, 'x')), "text: 16777217 bytes, more than the limit of 16777216");
  refused(check_text("0123456789\xC3("), "text: byte 0xc3 at offset 10 is not UTF-8");
}

TEST_CASE("document check: a key is not empty, not long, UTF-8, and no word of the filter language") {
  require_ok(check_key("year"));
  require_ok(check_key("a$"));
  require_ok(check_key("#documents"));
  require_ok(check_key(std::string(1024, 'k')));
  refused(check_key(""), "key: empty; it takes 1 to 1024 bytes");
  refused(check_key("$year"), "key \"$year\": begins with '$', as only operators of filters do");
  refused(check_key("#document"), "key \"#document\": means the text of a document in filters");
  refused(check_key("k\xC0\x80"), "key \"k\\xc0\\x80\": byte 0xc0 at offset 1 is not UTF-8");
  refused(check_key(std::string(1025, 'k')),
          "key \"" + std::string(80, 'k') + "\"...: 1025 bytes, more than the limit of 1024");
}

TEST_CASE("document check: metadata of every type is accepted") {
  require_ok(check_metadata({}));
  require_ok(check_metadata({{"s", "x"},
                             {"i", std::numeric_limits<std::int64_t>::min()},
                             {"r", -0.0},
                             {"b", true},
                             {"sl", Value::StringList{"", "\xC3\xA9"}},
                             {"il", Value::IntegerList{}},
                             {"rl", Value::RealList{1e308}},
                             {"bl", Value::BooleanList{true, false}}}));
}

TEST_CASE("document check: metadata values that cannot be kept are refused, also inside lists") {
  refused(check_metadata({{"n", kNan}}), "metadata \"n\": nan is not a finite number");
  refused(check_metadata({{"n", kInfinity}}), "metadata \"n\": inf is not a finite number");
  refused(check_metadata({{"n", -kInfinity}}), "metadata \"n\": -inf is not a finite number");
  refused(check_metadata({{"n", Value::RealList{1, 2, kNan}}}),
          "metadata \"n\": element 2: nan is not a finite number");
  refused(check_metadata({{"s", "ab\x80"}}), "metadata \"s\": byte 0x80 at offset 2 is not UTF-8");
  refused(check_metadata({{"s", Value::StringList{"x", "\xFE"}}}),
          "metadata \"s\": element 1: byte 0xfe at offset 0 is not UTF-8");
}

TEST_CASE("document check: metadata keys follow the rules of keys") {
  refused(check_metadata({{"", 1}}), "metadata: key: empty; it takes 1 to 1024 bytes");
  refused(check_metadata({{"$in", 1}}), "metadata: key \"$in\": begins with '$', as only operators of filters do");
}

TEST_CASE("document check: metadata has at most 10,000 entries") {
  Metadata metadata;
  for (int i = 0; i < 10'000; ++i) metadata.emplace(std::to_string(i), i);
  require_ok(check_metadata(metadata));
  metadata.emplace("one more", 1);
  refused(check_metadata(metadata), "metadata: 10001 entries, more than the limit of 10000");
}

TEST_CASE("document check: a document is checked in all its parts but the embedding") {
  const Document good = {.id = "a",
                         .text = "text",
                         .metadata = {{"k", 1}},
                         .embedding = std::vector<float>{std::numeric_limits<float>::infinity()},
                         .origin = Origin{.source_id = "s", .begin = 2, .end = 6, .section = {"h"}}};
  require_ok(check_document(good));
  Document bad = good;
  SECTION("id") {
    bad.id.clear();
    refused(check_document(bad), "id: empty; it takes 1 to 65536 bytes");
  }
  SECTION("text") {
    bad.text = "\xFF";
    refused(check_document(bad), "text: byte 0xff at offset 0 is not UTF-8");
  }
  SECTION("metadata") {
    bad.metadata = {{"k", kNan}};
    refused(check_document(bad), "metadata \"k\": nan is not a finite number");
  }
  SECTION("source id") {
    bad.origin->source_id = "s\xFF";
    refused(check_document(bad), "origin: source id: byte 0xff at offset 1 is not UTF-8");
    bad.origin->source_id = std::string(65'537, 's');
    refused(check_document(bad), "origin: source id: 65537 bytes, more than the limit of 65536");
  }
  SECTION("section") {
    bad.origin->section = {"one", "\x80"};
    refused(check_document(bad), "origin: section 1: byte 0x80 at offset 0 is not UTF-8");
  }
  SECTION("range") {
    bad.origin->begin = 7;
    refused(check_document(bad), "origin: begin 7 is beyond end 6");
  }
}
