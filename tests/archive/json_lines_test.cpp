#include "archive/json_lines.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_streams.hpp"
#include "support/random_documents.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<std::vector<Document>> read_lines(std::string_view text, const JsonLinesOptions& options = {},
                                         std::size_t step = 1000) {
  MemorySource source(text, step);
  JsonLinesReader reader(source, options);
  std::vector<Document> documents;
  for (;;) {
    auto document = reader.next();
    if (!document) return document.error();
    if (!*document) return documents;
    documents.push_back(**std::move(document));
  }
}

std::string write_lines(std::span<const Document> documents) {
  MemorySink sink;
  JsonLinesWriter writer(sink);
  for (const Document& document : documents) require_ok(writer.write(document));
  require_ok(writer.finish());
  REQUIRE(sink.finished() == 1);
  REQUIRE(writer.bytes() == sink.bytes().size());
  return std::string(sink.text());
}

// The same, with -0 told from 0.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::ranges::equal(
      a, b, [](float x, float y) { return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y); });
}

std::vector<float> round_trip(const std::vector<float>& embedding) {
  return *require_ok(read_lines(write_lines(std::vector<Document>{{.id = "a", .embedding = embedding}})))
              .at(0)
              .embedding;
}

}  // namespace

TEST_CASE("JSON Lines: a document looks as documented") {
  const Document document = {
      .id = "a\"b",
      .text = "line\n\xC3\xA9",
      .metadata = {{"n", 1}, {"r", 1.0}, {"s", "x"}, {"t", true}, {"list", Value::IntegerList{1, 2}}},
      .embedding = {{1.0F, -0.5F, 0.1F}},
      .origin = Origin{.source_id = "f", .begin = 3, .end = 9, .chunk_index = 1, .page = 2, .section = {"A", "B"}}};
  REQUIRE(write_lines(std::span(&document, 1)) ==
          R"({"id":"a\"b","text":"line\n)"
          "\xC3\xA9"
          R"(","metadata":{"list":[1,2],"n":1,"r":1.0,"s":"x","t":true},"embedding":[1,-0.5,0.1],)"
          R"("origin":{"source_id":"f","begin":3,"end":9,"chunk_index":1,"first_line":1,"last_line":1,"page":2,)"
          R"("section":["A","B"]}})"
          "\n");
}

TEST_CASE("JSON Lines: random documents read back the same, in blocks of any size") {
  std::mt19937_64 random(1);
  std::vector<Document> documents;
  for (std::size_t i = 0; i < 3000; ++i) documents.push_back(random_document(random, i, random() % 20));
  const std::string text = write_lines(documents);
  for (const std::size_t step : {std::size_t{1}, std::size_t{17}, std::size_t{1'000'000}}) {
    const auto read = require_ok(read_lines(text, {}, step));
    REQUIRE(read == documents);
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (read[i].embedding) REQUIRE(same_bits(*read[i].embedding, *documents[i].embedding));
    }
  }
}

TEST_CASE("JSON Lines: floats keep their bits, those that a detour through double would change too") {
  using Limits = std::numeric_limits<float>;
  const std::vector<float> special = {
      0.0F,          -0.0F, Limits::min(), Limits::denorm_min(), Limits::max(), Limits::lowest(), Limits::epsilon(),
      16'777'217.0F, 0.1F,  7.038531e-26F, -7.038531e-26F};
  REQUIRE(same_bits(round_trip(special), special));
  std::mt19937_64 random(2);
  std::vector<float> many(200'000);
  for (float& value : many) value = random_float(random);
  REQUIRE(same_bits(round_trip(many), many));
}

TEST_CASE("JSON Lines: empty lists keep their type") {
  for (const Value& list : {Value(Value::StringList()), Value(Value::IntegerList()), Value(Value::RealList()),
                            Value(Value::BooleanList())}) {
    const std::vector<Document> documents = {{.id = "a", .metadata = {{"k", list}}}};
    REQUIRE(require_ok(read_lines(write_lines(documents))) == documents);
  }
  REQUIRE(require_ok(parse_json_line(R"({"id":"a","metadata":{"k":[]}})")).metadata.at("k") == Value::StringList());
}

TEST_CASE("JSON Lines: line ends of both kinds, blank lines, a byte order mark and a missing last line end are fine") {
  const auto ids = [](std::string_view text) {
    std::string all;
    for (const Document& document : require_ok(read_lines(text))) all += document.id;
    return all;
  };
  REQUIRE(ids("{\"id\":\"a\"}\r\n\r\n  \n{\"id\":\"b\"}") == "ab");
  REQUIRE(ids("\xEF\xBB\xBF{\"id\":\"a\"}\n") == "a");
  REQUIRE(ids("").empty());
  REQUIRE(ids("\n\n").empty());
  REQUIRE(ids("\xEF\xBB\xBF").empty());
}

TEST_CASE("JSON Lines: an error names its line") {
  require_error(read_lines("{\"id\":\"a\"}\n\n{\"id\":}\n"), ErrorCode::invalid_argument, {"line 3: JSON"});
  require_error(read_lines("{\"id\":\"a\"}\n\xEF\xBB\xBF{\"id\":\"b\"}\n"), ErrorCode::invalid_argument, {"line 2"});
}

TEST_CASE("JSON Lines: a line that is too long is refused before it is gathered") {
  const std::string line = R"({"id":"a","text":")" + std::string(1000, 'x') + "\"}";
  REQUIRE(require_ok(read_lines(line, {.max_line_bytes = line.size()})).size() == 1);
  REQUIRE(require_ok(read_lines(line + "\n", {.max_line_bytes = line.size()})).size() == 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{5000}}) {
    require_error(read_lines("\n" + line, {.max_line_bytes = line.size() - 1}, step), ErrorCode::invalid_argument,
                  {"line 2", "1019", "max_line_bytes"});
  }
}

TEST_CASE("JSON Lines: what is not understood is refused by name, not dropped") {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {R"([])", "array, not an object"},
      {R"({})", "\"id\" is missing"},
      {R"({"id":""})", "id: empty"},
      {R"({"id":1})", "id: integer, not a string"},
      {R"({"id":"a","id":"b"})", "\"id\" is there twice"},
      {R"({"id":"a","txt":"b"})", "unknown member \"txt\""},
      {R"({"id":"a","text":null})", "text: null"},
      {R"({"id":"a","metadata":[]})", "metadata: array"},
      {R"({"id":"a","metadata":{"k":null}})", "metadata: key \"k\": null"},
      {R"({"id":"a","metadata":{"k":{"x":1}}})", "nested"},
      {R"({"id":"a","metadata":{"k":{"integers":[1]}}})", "nested"},
      {R"({"id":"a","metadata":{"k":[[1]]}})", "list of kind array"},
      {R"({"id":"a","metadata":{"k":[1,2.5]}})", "element 1 is of kind number, but the first is of kind integer"},
      {R"({"id":"a","metadata":{"k":[1,null]}})", "element 1 is of kind null"},
      {R"({"id":"a","metadata":{"k":1,"k":2}})", "\"k\" is there twice"},
      {R"({"id":"a","metadata":{"k":9223372036854775808}})", "beyond 64 bits"},
      {R"({"id":"a","metadata":{"k":[1.5,9223372036854775808]}})", "beyond 64 bits"},
      {R"({"id":"a","metadata":{"$k":1}})", "$k"},
      {R"({"id":"a","embedding":"x"})", "embedding: string"},
      {R"({"id":"a","embedding":[1,"2"]})", "component 1"},
      {R"({"id":"a","embedding":[1,null]})", "component 1"},
      {R"({"id":"a","embedding":[3.5e38]})", "component 0"},
      {R"({"id":"a","origin":1})", "origin: integer"},
      {R"({"id":"a","origin":{"begin":-1}})", "origin: begin"},
      {R"({"id":"a","origin":{"begin":2,"end":1}})", "begin 2 is beyond end 1"},
      {R"({"id":"a","origin":{"start":2}})", "origin: unknown member \"start\""},
      {R"({"id":"a","origin":{"section":"x"}})", "section: string"},
      {"{\"id\":\"\xFF\"}", "JSON"},
      {R"({"id":"a"} x)", "JSON"},
  };
  for (const auto& [line, message] : cases) {
    INFO(line);
    require_error(parse_json_line(line), ErrorCode::invalid_argument, {message});
  }
}

TEST_CASE("JSON Lines: a document that no reader would take is not written") {
  std::string out = "kept";
  require_error(append_json_line(out, {.id = ""}), ErrorCode::invalid_argument, {"id"});
  require_error(append_json_line(out, {.id = "a", .text = "\xFF"}), ErrorCode::invalid_argument, {"UTF-8"});
  require_error(append_json_line(out, {.id = "a", .embedding = {{std::nanf("")}}}), ErrorCode::invalid_argument,
                {"component 0"});
  REQUIRE(out == "kept");
}
