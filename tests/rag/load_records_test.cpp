#include <stop_token>
#include <string>
#include <vector>

#include "scaup/loader.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

Result<std::vector<Document>> load(const std::string& name, const std::string& contents,
                                   const LoadOptions& options = {}) {
  const TempFolder folder;
  folder.write(name, contents);
  return load_file(folder.path(), name, options);
}

// The metadata that comes from the record.
Metadata own(Metadata metadata) {
  for (const char* const key : {"path", "uri", "format", "modified", "text_begin", "text_line"}) metadata.erase(key);
  return metadata;
}

}  // namespace

TEST_CASE("load csv: without options every field is in the text and in the metadata") {
  const auto rows = require_ok(load("a.csv", "name,year\r\nTern,1932\r\n\"Gull, \"\"old\"\"\",\r\n"));
  REQUIRE(rows.size() == 2);
  REQUIRE(rows[0].id == "a.csv#1");
  REQUIRE(rows[0].text == "name: Tern\nyear: 1932");
  REQUIRE(own(rows[0].metadata) == Metadata{{"name", "Tern"}, {"year", "1932"}});
  REQUIRE(rows[1].id == "a.csv#2");
  REQUIRE(rows[1].text == "name: Gull, \"old\"");
  REQUIRE(rows[1].metadata.at("path") == Value("a.csv"));
  REQUIRE(rows[1].metadata.at("format") == Value("csv"));
  REQUIRE(rows[1].metadata.at("text_begin") == Value(22));
  REQUIRE(rows[1].metadata.at("text_line") == Value(3));
}

TEST_CASE("load csv: options choose id, text, title, metadata and numbers") {
  const RecordFields fields = {.id = "key", .text = {"body", "note"}, .title = "head", .numbers = {"year", "price"}};
  const std::string csv = "key;head;body;note;year;price;place\nk1;H;one;two;1932;1.50;sea\nk2;;one;;;;\n";
  const auto rows = require_ok(load("a.csv", csv, {.fields = fields, .csv_separator = ';'}));
  REQUIRE(rows[0].id == "k1");
  REQUIRE(rows[0].text == "one\ntwo");
  REQUIRE(own(rows[0].metadata) == Metadata{{"title", "H"}, {"year", 1932}, {"price", 1.5}, {"place", "sea"}});
  REQUIRE(rows[1].id == "k2");
  REQUIRE(rows[1].text == "one");
  REQUIRE(own(rows[1].metadata).empty());
  const auto chosen = require_ok(load("a.csv", "a,b,c\n1,2,3\n", {.fields = {.text = {"a"}, .metadata = {"c"}}}));
  REQUIRE(own(chosen[0].metadata) == Metadata{{"c", "3"}});
}

TEST_CASE("load csv: a column cannot take the place of where the row is") {
  const auto rows = require_ok(load("a.csv", "path,title,modified\nx,T,2020\n"));
  REQUIRE(rows[0].metadata.at("path") == Value("a.csv"));
  REQUIRE(rows[0].metadata.at("title") == Value("T"));
  REQUIRE(rows[0].metadata.at("modified") == Value("2020"));
}

TEST_CASE("load csv: a column without a name is left out") {
  const auto rows = require_ok(load("a.csv", ",name\n0,Tern\n"));
  REQUIRE(rows[0].text == "name: Tern");
}

TEST_CASE("load csv: errors name the file and the line") {
  const auto fails = [](const std::string& csv, std::initializer_list<std::string_view> parts,
                        const LoadOptions& options = {}) {
    const auto result = load("a.csv", csv, options);
    require_error(result, ErrorCode::invalid_argument, {"load \"a.csv\": "});
    require_error(result, ErrorCode::invalid_argument, parts);
  };
  fails("a,b\n1,2\n\n3\n", {"line 4", "1 cells; the header has 2"});
  fails("a,b\n1,2,3\n", {"line 2", "3 cells"});
  fails("a\n\"x", {"line 2", "never ends"});
  fails("a,a\n", {"line 1", "\"a\" is there twice"});
  fails("$a\n", {"line 1", "$"});
  fails("a\n1\n", {"line 1", "no column \"b\""}, {.fields = {.text = {"b"}}});
  fails("a\n1\n", {"line 1", "no column \"b\""}, {.fields = {.metadata = {"b"}}});
  fails("a\nx\n", {"line 2", "column \"a\"", "not a number"}, {.fields = {.numbers = {"a"}}});
  fails("a\n9223372036854775808\n", {"line 2", "column \"a\"", "beyond 64 bits"}, {.fields = {.numbers = {"a"}}});
  fails("a,b\n1,x\n\n1,y\n", {"line 4", "id \"1\" was there before"}, {.fields = {.id = "a"}});
  fails("a,b\n,x\n", {"line 2", "no id"}, {.fields = {.id = "a"}});
  fails("a\n1\n2\n3\n", {"line 4", "more than 2 records"}, {.max_records = 2});
  fails("a\n", {"csv_separator"}, {.csv_separator = '"'});
  fails("a\n", {"csv_separator"}, {.csv_separator = '\xC3'});
}

TEST_CASE("load json lines: fields keep their types, nested ones are text, null is none") {
  const auto rows = require_ok(load("a.jsonl",
                                    R"({"id": 7, "body": "words", "n": 1, "r": 1.5, "b": true, "z": null, )"
                                    R"("l": ["x", "y"], "m": [1, "x"], "o": {"a": [1, null]}})"
                                    "\r\n\n"
                                    R"({"id": "k", "note": "more"})",
                                    {.fields = {.id = "id", .text = {"body", "note"}}}));
  REQUIRE(rows.size() == 2);
  REQUIRE(rows[0].id == "7");
  REQUIRE(rows[0].text == "words");
  REQUIRE(own(rows[0].metadata) == Metadata{{"n", 1},
                                            {"r", 1.5},
                                            {"b", true},
                                            {"l", Value::StringList{"x", "y"}},
                                            {"m", "[1, \"x\"]"},
                                            {"o", "{\"a\": [1, null]}"}});
  REQUIRE(rows[1].id == "k");
  REQUIRE(rows[1].text == "more");
  REQUIRE(rows[1].metadata.at("text_line") == Value(3));
  REQUIRE(rows[1].metadata.at("format") == Value("jsonl"));
}

TEST_CASE("load json lines: a record does not say itself where it begins") {
  const auto rows = require_ok(load("a.jsonl", R"({"text_begin": 7, "text_line": 9, "a": "x"})"));
  REQUIRE_FALSE(rows[0].metadata.contains("text_begin"));
  REQUIRE_FALSE(rows[0].metadata.contains("text_line"));
}

TEST_CASE("load json lines: without options every field is in the text") {
  const auto rows = require_ok(load("a.jsonl", R"({"name": "Tern", "n": 1, "l": [1, 2], "t": false})"));
  REQUIRE(rows[0].id == "a.jsonl#1");
  REQUIRE(rows[0].text == "name: Tern\nn: 1\nl: 1, 2\nt: false");
}

TEST_CASE("load json lines: errors name the file and the line") {
  const auto fails = [](const std::string& lines, std::initializer_list<std::string_view> parts,
                        const LoadOptions& options = {}) {
    const auto result = load("a.jsonl", lines, options);
    require_error(result, ErrorCode::invalid_argument, {"load \"a.jsonl\": "});
    require_error(result, ErrorCode::invalid_argument, parts);
  };
  fails("{}\n{\"a\": \n", {"line 2"});
  fails("{}\n\n[1]\n", {"line 3", "array, not an object"});
  fails("{\"a\": 1, \"a\": 2}", {"line 1", "\"a\" is there twice"});
  fails("{\"\": 1}", {"line 1", "key"});
  fails("{\"a\": 18446744073709551615}", {"line 1", "beyond 64 bits"});
  fails("{\"a\": [9223372036854775808]}", {"line 1", "\"a\"", "beyond 64 bits"});
  fails("{\"a\": {\"b\": [true, {\"c\": 9223372036854775808}]}}", {"line 1", "\"a\"", "beyond 64 bits"});
  fails("{\"a\": 1}", {"line 1", "no id in field \"id\""}, {.fields = {.id = "id"}});
  fails("{\"id\": 1.5}", {"line 1", "neither a string nor an integer"}, {.fields = {.id = "id"}});
  fails("{\"a\": 1}", {"line 1", "\"body\""}, {.fields = {.text = {"body"}}});
}
