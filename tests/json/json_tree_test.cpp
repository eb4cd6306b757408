#include "json/json_tree.hpp"

#include <string>

#include "json/json_builder.hpp"
#include "json/json_reader.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

TEST_CASE("json tree: every kind of value is read as what it is") {
  const JsonTree tree = require_ok(JsonTree::parse(
      R"( {"text":"a\u00e9\n","plain":"b","n":-2.5e1 ,"i":7,"yes":true,"no":false,"none":null,"list":["x",{"y":[]}],"v":[1, -2]} )"));
  const JsonNode& root = tree.root();
  REQUIRE(root.kind == JsonKind::object);
  REQUIRE(root.find_text("text") == "a\xC3\xA9\n");
  REQUIRE(root.find_text("plain") == "b");
  REQUIRE(root.find("n")->as_double() == -25);
  REQUIRE(root.find_unsigned("i") == 7);
  REQUIRE(root.find_unsigned("n") == std::nullopt);
  REQUIRE(root.find_unsigned("plain") == std::nullopt);
  REQUIRE(root.find("yes")->truth);
  REQUIRE_FALSE(root.find("no")->truth);
  REQUIRE(root.find("none") == nullptr);
  REQUIRE(root.find("list")->children[1].find("y")->kind == JsonKind::array);
  REQUIRE(root.find("v")->kind == JsonKind::numbers);
  REQUIRE(root.find("v")->text.substr(0, 7) == "[1, -2]");
  REQUIRE(root.find("missing") == nullptr);
}

TEST_CASE("json tree: numbers are read whatever the length of their exponent") {
  const std::pair<const char*, double> numbers[] = {
      {"1.5e-0000000000000000000000001", 0.15}, {"123e0000000000000000000000001", 1230}, {"1e-400", 0},
      {"1e-99999999999999999999", 0},           {"0e99999999999999999999", 0},           {"-0.0", 0}};
  for (const auto& [text, value] : numbers) {
    INFO(text);
    REQUIRE(JsonTree::parse(std::string(R"({"n":)") + text + "}").value().root().find("n")->as_double() == value);
    REQUIRE(parse_json(std::string("[") + text + "]"));
  }
}

TEST_CASE("json tree: a tree that moves keeps its values") {
  JsonTree first = require_ok(JsonTree::parse(R"(["short","esc\"aped"])"));
  const JsonTree second = std::move(first);
  REQUIRE(second.root().children[0].text == "short");
  REQUIRE(second.root().children[1].text == "esc\"aped");
}

TEST_CASE("json tree: what is not JSON is an error that says why") {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[",
                           "[1,2",
                           "[\"a\",]",
                           "{\"a\":}",
                           "{\"a\" 1}",
                           "{\"a\":1,}",
                           "{\"a\":1}}",
                           "[\"a\"] x",
                           "[\"\xFF\"]",
                           "[\"\n\"]",
                           "[\"\\x\"]",
                           "[tru]",
                           "[nulll]",
                           "[\"a\" \"b\"]",
                           "[{]}",
                           "[{\"a\":[}]]",
                           "12",
                           "\"a\"",
                           "null",
                           "[\"a\",1e999]",
                           "[\"a\",01]",
                           "[\"\\ud800\"]",
                           "{\"a\":nul}"}) {
    INFO(text);
    require_error(JsonTree::parse(text), ErrorCode::invalid_argument, {"JSON: "});
  }
}

TEST_CASE("json tree: a text cut off anywhere is an error") {
  const std::string text = R"({"data":[{"index":0,"embedding":[0.5,-1]},{"index":1,"text":"a\"b"}],"n":null,"t":true})";
  require_ok(JsonTree::parse(text));
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO(text.substr(0, size));
    require_error(JsonTree::parse(text.substr(0, size)), ErrorCode::invalid_argument);
  }
}

TEST_CASE("json tree: texts beyond the limits are refused") {
  require_error(JsonTree::parse("[[],[]]", {.max_bytes = 6}), ErrorCode::invalid_argument, {"7 bytes"});
  require_error(JsonTree::parse("[[],[]]", {.max_nodes = 1}), ErrorCode::invalid_argument, {"more than 1 values"});
  require_ok(JsonTree::parse("[[],[]]", {.max_nodes = 2}));
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  require_error(JsonTree::parse(deep), ErrorCode::invalid_argument);
  require_ok(JsonTree::parse(deep.substr(1, 128)));
}

TEST_CASE("json builder: objects and lists with their commas read back") {
  JsonBuilder json;
  json.open_object().member("a", "x\"y").key("list").open_array().string(":").integer(-1).number(0.5).boolean(true);
  json.open_object()
      .close_object()
      .open_array()
      .close_array()
      .close_array()
      .key("raw")
      .raw("{\"b\":null}")
      .close_object();
  REQUIRE(json.text() == R"({"a":"x\"y","list":[":",-1,0.5,true,{},[]],"raw":{"b":null}})");
  require_ok(parse_json(json.text()));
}
