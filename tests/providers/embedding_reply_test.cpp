// Good and bad replies to requests for embeddings.

#include "providers/embedding_reply.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <string>

#include "base/base64.hpp"
#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<Embeddings> read(EmbeddingShape shape, const std::string& body, ExpectedRows expected) {
  const JsonTree tree = require_ok(JsonTree::parse(body));
  auto reply = read_embedding_reply(shape, tree.root(), expected);
  if (!reply) return reply.error();
  return reply->embeddings;
}

std::string base64_of(std::vector<float> row) {
  std::string bytes(row.size() * 4, '\0'), out;
  std::memcpy(bytes.data(), row.data(), bytes.size());
  append_base64(out, bytes);
  return out;
}

std::string item(std::size_t index, const std::string& embedding) {
  return R"({"index":)" + std::to_string(index) + R"(,"embedding":)" + embedding + "}";
}

void require_bad(const std::string& body, std::initializer_list<std::string_view> parts,
                 ExpectedRows expected = {2, 0}) {
  INFO(body);
  require_error(read(EmbeddingShape::list, body, expected), ErrorCode::bad_reply, parts);
}

}  // namespace

TEST_CASE("embedding reply: rows come in the order of index, whatever the order of the reply") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::size_t> order(1 + random() % 40);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    std::string body = R"({"data":[)";
    for (const std::size_t index : order) {
      if (body.back() == '}') body += ',';
      const auto value = static_cast<float>(index) + 0.25F;
      const bool text = random() % 2 == 0;
      body += item(index, text ? "\"" + base64_of({value, -1}) + "\"" : "[" + std::to_string(value) + ",-1]");
    }
    const Embeddings rows = require_ok(read(EmbeddingShape::list, body + "]}", {order.size(), 2}));
    for (std::size_t i = 0; i < order.size(); ++i) REQUIRE(rows.row(i)[0] == static_cast<float>(i) + 0.25F);
  }
}

TEST_CASE("embedding reply: base64 is read with its escapes, and in every shape") {
  std::string slashed = base64_of({std::bit_cast<float>(0x3FFFFFFFU), 1});
  REQUIRE(slashed.find('/') != std::string::npos);
  std::string escaped;
  for (const char c : slashed) escaped += c == '/' ? std::string("\\/") : std::string(1, c);
  const Embeddings plain = require_ok(read(EmbeddingShape::rows, "{\"embeddings\":[\"" + slashed + "\"]}", {1, 0}));
  REQUIRE(plain.values[0] == std::bit_cast<float>(0x3FFFFFFFU));
  REQUIRE(
      require_ok(read(EmbeddingShape::by_type, "{\"embeddings\":{\"base64\":[\"" + escaped + "\"]}}", {1, 2})).values ==
      plain.values);
}

TEST_CASE("embedding reply: a wrong number of rows is refused") {
  require_bad(R"({"data":[]})", {"0 rows for 2 texts"});
  require_bad(R"({"data":[)" + item(0, "[1]") + "]}", {"1 rows for 2 texts"});
  require_error(read(EmbeddingShape::bare, "[[1],[2],[3]]", {2, 0}), ErrorCode::bad_reply, {"3 rows for 2 texts"});
  require_error(read(EmbeddingShape::rows, R"({"embeddings":[]})", {2, 0}), ErrorCode::bad_reply, {"0 rows"});
}

TEST_CASE("embedding reply: a missing, repeated or foreign index is refused") {
  require_bad(R"({"data":[)" + item(0, "[1]") + "," + item(0, "[1]") + "]}", {"index 0", "twice"});
  require_bad(R"({"data":[)" + item(0, "[1]") + "," + item(2, "[1]") + "]}", {"index 2"});
  require_bad(R"({"data":[{"embedding":[1]},{"embedding":[1]}]})", {"without index"});
  require_bad(R"({"data":[{"index":-1,"embedding":[1]},{"index":"1","embedding":[1]}]})", {"without index"});
  require_bad(R"({"data":[{"index":0},{"index":1,"embedding":[1]}]})", {"row 0", "no member"});
}

TEST_CASE("embedding reply: vectors that are empty or change their length are refused") {
  require_bad(R"({"data":[)" + item(0, "[1,2]") + "," + item(1, "[1]") + "]}", {"row 1", "1 components instead of 2"});
  require_bad(R"({"data":[)" + item(0, "[]") + "," + item(1, "[]") + "]}", {"row 0", "empty vector"});
  require_bad(R"({"data":[)" + item(0, "\"\"") + "," + item(1, "[]") + "]}", {"row 0", "empty vector"});
  require_bad(R"({"data":[)" + item(0, "[1]") + "," + item(1, "[1]") + "]}", {"1 components instead of 3"}, {2, 3});
}

TEST_CASE("embedding reply: components that are no finite floats are refused") {
  require_bad(R"({"data":[)" + item(0, "[1,2]") + "," + item(1, "[1,1e39]") + "]}", {"row 1", "element 1", "range"});
  require_bad(R"({"data":[)" + item(0, "[1,null]") + "," + item(1, "[1,2]") + "]}", {"row 0", "element 1", "null"});
  require_bad(R"({"data":[)" + item(0, "[null,1]") + "," + item(1, "[1,2]") + "]}", {"row 0", "element 0", "null"});
  require_bad(R"({"data":[)" + item(0, "[[1,2]]") + "," + item(1, "[1,2]") + "]}", {"row 0", "element 0", "array"});
  require_bad(R"({"data":[)" + item(0, "{}") + "," + item(1, "[1,2]") + "]}", {"row 0", "a object"});
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    require_bad(R"({"data":[)" + item(0, "\"" + base64_of({1, bad}) + "\"") + "," + item(1, "[1,2]") + "]}",
                {"row 0", "component 1 is not finite"});
  }
}

TEST_CASE("embedding reply: broken base64 is refused") {
  for (const char* text : {"AAAAA", "AAA*AAAA", "AAAAAAA", "AAAA", "AACAPw=", "AACAPw==\\n"}) {
    INFO(text);
    const auto reply = read(EmbeddingShape::rows, std::string("{\"embeddings\":[\"") + text + "\"]}", {1, 0});
    require_error(reply, ErrorCode::bad_reply, {"row 0"});
  }
}

TEST_CASE("embedding reply: replies of another shape are refused") {
  for (const auto shape : {EmbeddingShape::list, EmbeddingShape::rows, EmbeddingShape::by_type,
                           EmbeddingShape::predictions, EmbeddingShape::bare}) {
    for (const char* body :
         {"{}", R"({"data":1})", R"({"data":[1,2]})", R"({"embeddings":{}})", R"({"embeddings":{"float":{}}})",
          R"({"predictions":[{},{}]})", R"({"predictions":[{"embeddings":{}},{"embeddings":7}]})",
          R"({"embeddings":["a",{}]})", "[1,2]", R"(["a",{}])", R"({"data":[{"index":0,"embedding":"x"},7]})"}) {
      INFO(static_cast<int>(shape) << " " << body);
      require_error(read(shape, body, {2, 0}), ErrorCode::bad_reply);
    }
  }
}

TEST_CASE("embedding reply: usage is read from each shape") {
  const auto tokens = [](EmbeddingShape shape, const std::string& body) {
    const JsonTree tree = require_ok(JsonTree::parse(body));
    return require_ok(read_embedding_reply(shape, tree.root(), {1, 0})).usage.input_tokens;
  };
  REQUIRE(tokens(EmbeddingShape::list, list_reply(1)) == 5);
  REQUIRE(tokens(EmbeddingShape::list, R"({"data":[{"index":0,"embedding":[1]}],"usage":{"total_tokens":9}})") == 9);
  REQUIRE(tokens(EmbeddingShape::list, R"({"data":[{"index":0,"embedding":[1]}],"usage":null})") == 0);
  REQUIRE(tokens(EmbeddingShape::rows, R"({"embeddings":[[1]],"prompt_eval_count":4})") == 4);
  REQUIRE(tokens(EmbeddingShape::by_type,
                 R"({"embeddings":{"float":[[1]]},"meta":{"billed_units":{"input_tokens":6}}})") == 6);
  REQUIRE(tokens(EmbeddingShape::predictions,
                 R"({"predictions":[{"embeddings":{"values":[1],"statistics":{"token_count":7.0}}}]})") == 7);
}

TEST_CASE("embedding reply: rows are normalised in double, and rows of zeros stay") {
  Embeddings rows = {.dimension = 3, .values = {1e-30F, 2e-30F, 2e-30F, 0, 0, 0, 3e30F, 0, 4e30F, 1e-45F, 0, 0}};
  normalise_rows(rows);
  const float third = static_cast<float>(1.0 / 3);
  REQUIRE(rows.values[0] == Approx(third));
  REQUIRE(rows.values[1] == Approx(2 * third));
  REQUIRE(rows.values[4] == 0);
  REQUIRE(rows.values[6] == Approx(0.6F));
  REQUIRE(rows.values[8] == Approx(0.8F));
  REQUIRE(rows.values[9] == 1);
}
