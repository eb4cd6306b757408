#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "embed/model_files.hpp"
#include "embed/random_text.hpp"
#include "embed/row_sum.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// An embedder of six tokens with this table.
Result<std::shared_ptr<const Embedder>> with_tensors(const std::string& tensors) {
  return make_model(tensors);
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

using Row = std::vector<float>;

}  // namespace

TEST_CASE("static embedder: a vector is the mean of the tokens' rows, unknown ones left out") {
  const std::string tensors = small_tensors();
  const auto embedder = require_ok(make_model(tensors));
  REQUIRE(embed_one(*embedder, "red") == Row{1, 10});
  REQUIRE(embed_one(*embedder, "Greenish red unheard-of") == Row{2, 20});
  REQUIRE(embed_one(*embedder, "blue, blue") == Row{13.0F / 3, 130.0F / 3});
  REQUIRE(embedder->identity() ==
          EmbedderIdentity{.provider = "scaup-static", .model = "small", .dimension = 2, .normalised = false});
}

TEST_CASE("static embedder: with normalize a vector has length 1") {
  const std::string tensors = small_tensors();
  const auto embedder = require_ok(make_model(tensors, kTokenizer, R"({"normalize":true})"));
  const Row row = embed_one(*embedder, "red blue");
  REQUIRE(row[0] == Approx(1 / std::sqrt(101.0)));
  REQUIRE(row[1] == Approx(10 / std::sqrt(101.0)));
  REQUIRE(embedder->identity().normalised);
}

TEST_CASE("static embedder: a text of which nothing is known gives a row of zeros") {
  const auto embedder = require_ok(make_static_embedder());
  for (const char* text : {"", " \n", "\u0645\u0631\u062D\u0628\u0627", "\u4F60\u597D", "\x01"}) {
    INFO(text);
    const Row row = embed_one(*embedder, text);
    REQUIRE(row.size() == 256);
    REQUIRE(std::ranges::all_of(row, [](float number) { return number == 0; }));
  }
}

TEST_CASE("static embedder: every type of embeddings gives the same vectors") {
  const std::vector<float> numbers = {0, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5, 50};
  const std::vector<std::uint16_t> halves = {0,      0,      0x3C00, 0x4900, 0x4000, 0x4D00,
                                             0x4200, 0x4F80, 0x4400, 0x5100, 0x4500, 0x5240};
  const std::string files[] = {
      safetensors({{"embeddings", "F32", "[6,2]", bytes_of(numbers)}}),
      safetensors({{"embeddings", "F64", "[6,2]", bytes_of(std::vector<double>(numbers.begin(), numbers.end()))}}),
      safetensors({{"embeddings", "I8", "[6,2]", bytes_of(std::vector<std::int8_t>(numbers.begin(), numbers.end()))}}),
      safetensors({{"embeddings", "F16", "[6,2]", bytes_of(halves)}}),
  };
  for (const std::string& file : files) {
    const auto embedder = require_ok(with_tensors(file));
    REQUIRE(embed_one(*embedder, "red, greenish blue") == Row{3, 30});
  }
}

TEST_CASE("static embedder: weights belong to tokens, mapping leads them to rows") {
  const TensorSpec rows = {"embeddings", "I8", "[2,2]", bytes_of<std::int8_t>({1, -100, 2, 100})};
  const TensorSpec mapping = {"mapping", "I64", "[6]", bytes_of<std::int64_t>({0, 0, 1, 1, 0, 0})};
  const TensorSpec weights = {"weights", "F32", "[6]", bytes_of<float>({0, 1, 2, 3, 0.5F, 6})};
  const std::string mapped = safetensors({rows, mapping});
  REQUIRE(embed_one(*require_ok(with_tensors(mapped)), "red green") == Row{1.5, 0});
  const std::string weighted = safetensors({rows, mapping, weights});
  REQUIRE(embed_one(*require_ok(with_tensors(weighted)), "greenish") == Row{5, 250});
  REQUIRE(embed_one(*require_ok(with_tensors(weighted)), "blue") == Row{0.5, -50});
}

TEST_CASE("static embedder: tensors that do not fit each other are corruption") {
  const TensorSpec rows = {"embeddings", "I8", "[6,1]", std::string(6, '\1')};
  const auto refused = [](const std::vector<TensorSpec>& tensors, std::string_view part) {
    const std::string file = safetensors(tensors);
    require_error(with_tensors(file), ErrorCode::corruption, {"model.safetensors", part});
  };
  const float infinity = std::numeric_limits<float>::infinity();
  refused({}, "embeddings");
  refused({{"embeddings", "I8", "[6]", std::string(6, '\1')}}, "matrix");
  refused({{"embeddings", "I8", "[6,0]", ""}}, "matrix");
  refused({{"embeddings", "I8", "[1,65537]", std::string(65'537, '\1')}}, "65,536");
  refused({{"embeddings", "F32", "[1,1]", bytes_of<float>({std::nanf("")})}}, "not finite");
  refused({{"embeddings", "F32", "[1,2]", bytes_of<float>({0, -infinity})}}, "number 1");
  refused({{"embeddings", "F32", "[1,1]", bytes_of<float>({2e12F})}}, "1e12");
  refused({rows, {"weights", "F32", "[5]", bytes_of<float>({1, 1, 1, 1, 1})}}, "weights");
  refused({rows, {"weights", "F32", "[6,1]", bytes_of<float>({1, 1, 1, 1, 1, 1})}}, "weights");
  refused({rows, {"weights", "F32", "[6]", bytes_of<float>({1, 1, 1, 1, 1, infinity})}}, "weights");
  refused({rows, {"mapping", "I32", "[6]", bytes_of<std::int32_t>({0, 1, 2, 3, 4, 6})}}, "token 5");
  refused({rows, {"mapping", "I32", "[6]", bytes_of<std::int32_t>({0, 1, 2, 3, 4, -1})}}, "token 5");
  refused({rows, {"mapping", "U64", "[1]", bytes_of<std::uint64_t>({~std::uint64_t{0}})}}, "token 0");
  refused({rows, {"mapping", "I32", "[6,1]", std::string(24, '\0')}}, "list");
}

TEST_CASE("static embedder: types of numbers that do not belong to a tensor are not supported") {
  const TensorSpec rows = {"embeddings", "I8", "[6,1]", std::string(6, '\1')};
  const auto refused = [](const std::vector<TensorSpec>& tensors, std::string_view part) {
    const std::string file = safetensors(tensors);
    require_error(with_tensors(file), ErrorCode::unsupported_format, {part});
  };
  refused({{"embeddings", "U8", "[6,1]", std::string(6, '\1')}}, "U8");
  refused({rows, {"weights", "I8", "[6]", std::string(6, '\1')}}, "\"weights\" of type I8");
  refused({rows, {"mapping", "F32", "[6]", std::string(24, '\0')}}, "\"mapping\" of type F32");
}

TEST_CASE("static embedder: a vocabulary past the table, or a broken config, is corruption") {
  const std::string five = safetensors({{"embeddings", "I8", "[5,1]", std::string(5, '\1')}});
  require_error(with_tensors(five), ErrorCode::corruption, {"tokenizer.json", "5 tokens"});
  const std::string tensors = small_tensors();
  for (const char* config : {"", "[]", "{", R"({"normalize":"yes"})"}) {
    require_error(make_model(tensors, kTokenizer, config), ErrorCode::corruption, {"config.json"});
  }
  REQUIRE_FALSE(require_ok(make_model(tensors, kTokenizer, "{}"))->identity().normalised);
}

TEST_CASE("static embedder: numbers at the limits give finite vectors") {
  const std::string file = safetensors(
      {{"embeddings", "F32", "[6,2]", bytes_of(Row(12, 1e12F))}, {"weights", "F32", "[6]", bytes_of(Row(6, -1e12F))}});
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "red ";
  for (const char* config : {R"({"normalize":true})", R"({"normalize":false})"}) {
    const auto embedder = require_ok(make_model(file, kTokenizer, config));
    for (const float number : embed_one(*embedder, text)) REQUIRE(std::isfinite(number));
  }
}

TEST_CASE("static embedder: tiny numbers are normalised too") {
  const std::string file = safetensors({{"embeddings", "F32", "[6,2]", bytes_of(Row(12, 1e-40F))}});
  const auto embedder = require_ok(make_model(file, kTokenizer, R"({"normalize":true})"));
  REQUIRE(embed_one(*embedder, "red")[0] == Approx(std::sqrt(0.5)));
}

TEST_CASE("static embedder: the mean of a long text does not drift") {
  const std::string file = safetensors({{"embeddings", "F32", "[6,2]", bytes_of(Row(12, 0.1F))}});
  const auto embedder = require_ok(make_model(file));
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "red ";
  REQUIRE(std::abs(embed_one(*embedder, text)[1] - 0.1F) < 1e-6F);
}

TEST_CASE("static embedder: a batch gives what single calls give, on any number of threads") {
  std::mt19937_64 random(10);
  std::vector<std::string> texts;
  for (int i = 0; i < 1500; ++i) texts.push_back(random_text(random, 120) + " the storm at sea");
  const auto views = views_of(texts);
  const auto one = require_ok(make_static_embedder({.threads = 1}));
  const Embeddings batch = require_ok(one->embed(views, TextKind::document));
  REQUIRE(batch.rows() == texts.size());
  for (std::size_t i = 0; i < texts.size(); i += 7) {
    const Row single = embed_one(*one, texts[i]);
    REQUIRE(std::ranges::equal(single, batch.row(i)));
  }
  for (const std::size_t threads : {std::size_t{0}, std::size_t{2}, std::size_t{5}}) {
    const auto many = require_ok(make_static_embedder({.threads = threads}));
    REQUIRE(require_ok(many->embed(views, TextKind::query)).values == batch.values);
  }
}

TEST_CASE("static embedder: an empty list gives no rows") {
  const auto embedder = require_ok(make_static_embedder());
  const Embeddings none = require_ok(embedder->embed({}, TextKind::document));
  REQUIRE(none.rows() == 0);
  REQUIRE(none.dimension == 256);
}

TEST_CASE("static embedder: a text that is not UTF-8 is named with its number and byte") {
  const auto embedder = require_ok(make_static_embedder());
  std::vector<std::string> texts(500, std::string(300, 'a'));
  texts[471] = "abc\xC3(";
  texts[480] = "\xFF";
  require_error(embedder->embed(views_of(texts), TextKind::document), ErrorCode::invalid_argument,
                {"text 471", "byte 3"});
}

TEST_CASE("static embedder: a call whose stop token asks is cancelled") {
  std::stop_source source;
  source.request_stop();
  const auto embedder = require_ok(make_static_embedder());
  const std::string_view text = "red";
  require_error(embedder->embed({&text, 1}, TextKind::document, source.get_token()), ErrorCode::cancelled);
  require_error(embedder->embed({}, TextKind::document, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("static embedder: a folder is read through the file system, and gives the model its name") {
  MemoryFileSystem files;
  files.files = {{"models/small/config.json", R"({"normalize":false})"},
                 {"models/small/tokenizer.json", kTokenizer},
                 {"models/small/model.safetensors", small_tensors()}};
  for (const char* folder : {"models/small", "models/small/"}) {
    const auto embedder = require_ok(load_static_embedder_from(files, folder, {}));
    REQUIRE(embedder->identity().model == "small");
    REQUIRE(embed_one(*embedder, "red") == Row{1, 10});
  }
}

TEST_CASE("static embedder: a file that is missing or broken is named") {
  for (const char* name : {"config.json", "tokenizer.json", "model.safetensors"}) {
    MemoryFileSystem files;
    files.files = {{"m/config.json", "{}"}, {"m/tokenizer.json", kTokenizer}, {"m/model.safetensors", small_tensors()}};
    files.files.erase("m/" + std::string(name));
    require_error(load_static_embedder_from(files, "m", {}), ErrorCode::not_found, {"m/" + std::string(name)});
    files.files["m/" + std::string(name)] = "garbage";
    require_error(load_static_embedder_from(files, "m", {}), ErrorCode::corruption, {name});
  }
}

TEST_CASE("static embedder: a model that was changed at random embeds finite numbers or is refused") {
  std::mt19937_64 random(11);
  const std::string original = safetensors({{"embeddings", "F16", "[6,2]", std::string(24, '\x3C')},
                                            {"mapping", "I32", "[6]", bytes_of<std::int32_t>({0, 1, 2, 3, 4, 5})},
                                            {"weights", "F64", "[6]", bytes_of(std::vector<double>(6, 0.5))}});
  for (int round = 0; round < 10'000; ++round) {
    std::string file = original;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
      file[random() % file.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    const auto embedder = make_model(file);
    if (!embedder) continue;
    for (const float number : embed_one(**embedder, "red, greenish blue")) REQUIRE(std::isfinite(number));
  }
}

TEST_CASE("row sum: every dimension and address gives the plain sum") {
  std::mt19937_64 random(12);
  for (std::size_t dimension = 1; dimension <= 70; ++dimension) {
    std::vector<std::byte> memory(dimension * 4 + 8);
    const std::size_t shift = random() % 4;
    Row numbers(dimension);
    for (std::size_t i = 0; i < dimension; ++i) {
      numbers[i] = static_cast<float>(static_cast<int>(random() % 200) - 100);
      std::memcpy(memory.data() + shift + 4 * i, &numbers[i], 4);
    }
    Row sum(dimension, 1.0F);
    add_scaled_f32(sum, memory.data() + shift, 0.5F);
    for (std::size_t i = 0; i < dimension; ++i) REQUIRE(sum[i] == 1.0F + 0.5F * numbers[i]);
    for (std::size_t i = 0; i < dimension; ++i)
      memory[shift + i] = static_cast<std::byte>(static_cast<int>(numbers[i]));
    add_scaled_i8(sum, memory.data() + shift, -2.0F);
    for (std::size_t i = 0; i < dimension; ++i) REQUIRE(sum[i] == 1.0F - 1.5F * numbers[i]);
  }
}
