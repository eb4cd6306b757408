#include <cmath>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "embed/model_files.hpp"
#include "embed/safetensors.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<std::vector<Tensor>> parse(const std::string& file) {
  return parse_safetensors(std::as_bytes(std::span(file)));
}

// A file with one tensor "t" of two F32 numbers, and this entry in place of its own.
std::string with_entry(const std::string& entry) {
  return safetensors("{\"t\":" + entry + "}", std::string(8, '\0'));
}

}  // namespace

TEST_CASE("safetensors: tensors come in the order of their data, at any address, metadata left out") {
  const std::string data = bytes_of<float>({1.5F, -2.0F}) + std::string("\x05\xFB", 2);
  const std::string file =
      safetensors(R"({"__metadata__":{"a":"b"},"second":{"dtype":"I8","shape":[2,1],"data_offsets":[8,10]},)"
                  R"("first":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                  data);
  const auto tensors = require_ok(parse(file));
  REQUIRE(tensors.size() == 2);
  REQUIRE(tensors[0].name == "first");
  REQUIRE(tensor_number(tensors[0], 0) == 1.5);
  REQUIRE(tensor_number(tensors[0], 1) == -2.0);
  REQUIRE(tensors[1].shape == std::vector<std::size_t>{2, 1});
  REQUIRE(tensor_number(tensors[1], 1) == -5);
}

TEST_CASE("safetensors: half precision numbers are exact") {
  const std::vector<std::uint16_t> bits = {0x0000, 0x8000, 0x3C00, 0xC000, 0x7BFF, 0x0001, 0x03FF, 0x0400, 0x3555};
  const std::vector<double> values = {
      0.0,           -0.0, 1.0, -2.0, 65504.0, std::ldexp(1.0, -24), std::ldexp(1023.0, -24), std::ldexp(1.0, -14),
      0.333251953125};
  const std::string file = safetensors({{"t", "F16", "[9]", bytes_of(bits)}});
  const auto tensors = require_ok(parse(file));
  for (std::size_t i = 0; i < values.size(); ++i) REQUIRE(tensor_number(tensors[0], i) == values[i]);
  const std::string odd = safetensors({{"t", "F16", "[3]", bytes_of<std::uint16_t>({0x7C00, 0xFC00, 0x7E00})}});
  const auto odd_tensors = require_ok(parse(odd));
  REQUIRE(std::isinf(tensor_number(odd_tensors[0], 0)));
  REQUIRE(tensor_number(odd_tensors[0], 1) < 0);
  REQUIRE(std::isnan(tensor_number(odd_tensors[0], 2)));
}

TEST_CASE("safetensors: every type of number is read as what it is") {
  const auto number = [](const std::string& type, const std::string& bytes) {
    const std::string file = safetensors({{"t", type, "[1]", bytes}});
    const auto tensors = require_ok(parse(file));
    REQUIRE(to_string(tensors[0].type) == type);
    return tensor_number(tensors[0], 0);
  };
  REQUIRE(number("U8", bytes_of<std::uint8_t>({200})) == 200);
  REQUIRE(number("I8", bytes_of<std::int8_t>({-100})) == -100);
  REQUIRE(number("I16", bytes_of<std::int16_t>({-300})) == -300);
  REQUIRE(number("U16", bytes_of<std::uint16_t>({60'000})) == 60'000);
  REQUIRE(number("I32", bytes_of<std::int32_t>({-70'000})) == -70'000);
  REQUIRE(number("U32", bytes_of<std::uint32_t>({4'000'000'000})) == 4e9);
  REQUIRE(number("I64", bytes_of<std::int64_t>({-5'000'000'000})) == -5e9);
  REQUIRE(number("U64", bytes_of<std::uint64_t>({5'000'000'000})) == 5e9);
  REQUIRE(number("F32", bytes_of<float>({0.25F})) == 0.25);
  REQUIRE(number("F64", bytes_of<double>({1e-300})) == 1e-300);
  REQUIRE(number("BF16", bytes_of<std::uint16_t>({0xC040})) == -3.0);
}

TEST_CASE("safetensors: a length that does not fit the file is corruption") {
  require_error(parse(""), ErrorCode::corruption, {"0 bytes"});
  require_error(parse("1234567"), ErrorCode::corruption, {"7 bytes"});
  require_error(parse(std::string(8, '\0')), ErrorCode::corruption, {"JSON"});
  std::string file = small_tensors();
  file[7] = '\x7F';
  require_error(parse(file), ErrorCode::corruption, {"header", "100000000"});
  const std::string cut = safetensors("{}", "").substr(0, 9);
  require_error(parse(cut), ErrorCode::corruption, {"header of 2 bytes in a file of 9"});
}

TEST_CASE("safetensors: a header that is not an object of objects is corruption") {
  for (const char* header : {"", "{", "[]", "7", "null", "{\"t\":3}", "{\"t\":{}}", "{\"t\":null}", "{\"\xFF\":{}}"}) {
    INFO(header);
    require_error(parse(safetensors(header, "")), ErrorCode::corruption, {"model.safetensors: "});
  }
}

TEST_CASE("safetensors: a type that is missing or unknown is refused with its name") {
  require_error(parse(with_entry(R"({"shape":[2],"data_offsets":[0,8]})")), ErrorCode::corruption, {"dtype"});
  require_error(parse(with_entry(R"({"dtype":5,"shape":[2],"data_offsets":[0,8]})")), ErrorCode::corruption, {"dtype"});
  require_error(parse(with_entry(R"({"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]})")),
                ErrorCode::unsupported_format, {"\"t\"", "F8_E4M3"});
}

TEST_CASE("safetensors: a shape that is no list of sizes, or overflows, is corruption") {
  for (const char* shape : {"2", "[-1]", "[1.5]", "[\"2\"]", "[[2]]", "[4294967296,4294967296]",
                            "[9223372036854775807,9223372036854775807,2]", "[18446744073709551615]", "[3]", "[]",
                            "[4611686018427387906]", "[54,341606371735362067]"}) {
    INFO(shape);
    const std::string entry = std::string(R"({"dtype":"F32","shape":)") + shape + R"(,"data_offsets":[0,8]})";
    require_error(parse(with_entry(entry)), ErrorCode::corruption, {"\"t\""});
  }
  require_ok(parse(with_entry(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})")));
  require_ok(parse(with_entry(R"({"dtype":"F64","shape":[],"data_offsets":[0,8]})")));
}

TEST_CASE("safetensors: offsets that are no pair in the data, or of the wrong size, are corruption") {
  for (const char* offsets : {"8", "[]", "[0]", "[0,8,8]", "[-1,8]", "[0,9]", "[8,0]", "[0,4]", "[0.0,8.0]", "[1,9]",
                              "[0,18446744073709551615]", "[9223372036854775807,9223372036854775807]", "null"}) {
    INFO(offsets);
    const std::string entry = std::string(R"({"dtype":"F32","shape":[2],"data_offsets":)") + offsets + "}";
    require_error(parse(with_entry(entry)), ErrorCode::corruption, {"\"t\""});
  }
}

TEST_CASE("safetensors: an overflow and a place past the end are told apart from a wrong size") {
  require_error(parse(with_entry(R"({"dtype":"F32","shape":[54,341606371735362067],"data_offsets":[0,8]})")),
                ErrorCode::corruption, {"\"t\"", "overflows"});
  require_error(parse(with_entry(R"({"dtype":"F32","shape":[3],"data_offsets":[0,12]})")), ErrorCode::corruption,
                {"[0, 12]", "8 bytes"});
  require_error(parse(with_entry(R"({"dtype":"F32","shape":[3],"data_offsets":[0,8]})")), ErrorCode::corruption,
                {"another size"});
}

TEST_CASE("safetensors: tensors that overlap, leave gaps or come twice are corruption") {
  const auto entry = [](const char* name, int begin, int end) {
    return "\"" + std::string(name) + R"(":{"dtype":"U8","shape":[)" + std::to_string(end - begin) +
           R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
  };
  const auto parse_two = [&](const std::string& a, const std::string& b) {
    return parse(safetensors("{" + a + "," + b + "}", std::string(8, 'x')));
  };
  require_ok(parse_two(entry("a", 0, 5), entry("b", 5, 8)));
  require_ok(parse_two(entry("a", 0, 8), entry("b", 0, 0)));
  require_error(parse_two(entry("a", 0, 5), entry("b", 4, 8)), ErrorCode::corruption, {"\"b\"", "overlaps"});
  require_error(parse_two(entry("a", 0, 8), entry("b", 0, 8)), ErrorCode::corruption, {"overlaps"});
  require_error(parse_two(entry("a", 0, 4), entry("b", 5, 8)), ErrorCode::corruption, {"gap", "\"b\""});
  require_error(parse_two(entry("a", 0, 4), entry("b", 4, 7)), ErrorCode::corruption, {"byte 7 of 8"});
  require_error(parse_two(entry("a", 0, 4), entry("a", 4, 8)), ErrorCode::corruption, {"\"a\"", "twice"});
}

TEST_CASE("safetensors: a file cut at any byte is corruption") {
  const std::string file = small_tensors();
  for (std::size_t size = 0; size < file.size(); ++size) {
    INFO(size);
    require_error(parse(file.substr(0, size)), ErrorCode::corruption);
  }
}

TEST_CASE("safetensors: random changes of bytes end in tensors within the file or in an error") {
  std::mt19937_64 random(1);
  const std::string original = small_tensors();
  for (int round = 0; round < 20'000; ++round) {
    std::string file = original;
    for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
      file[random() % file.size()] ^= static_cast<char>(1U << (random() % 8));
    }
    const auto tensors = parse(file);
    if (!tensors) continue;
    for (const Tensor& tensor : *tensors) {
      for (std::size_t i = 0; i < tensor.count; ++i) static_cast<void>(tensor_number(tensor, i));
    }
  }
  SUCCEED();
}
