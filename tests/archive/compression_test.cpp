#include "archive/compression.hpp"

#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_streams.hpp"

using namespace scaup;
using scaup::test::MemorySink;
using scaup::test::MemorySource;
using scaup::test::read_all;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

std::vector<std::byte> compress(std::span<const std::byte> bytes, int level = 3) {
  MemorySink out;
  const auto sink = require_ok(make_compressing_sink(out, level));
  require_ok(sink->write(bytes));
  require_ok(sink->finish());
  REQUIRE(out.finished() == 1);
  return out.bytes();
}

Result<std::vector<std::byte>> decompress(std::span<const std::byte> bytes, const DecompressionLimits& limits = {},
                                          std::size_t step = 1000) {
  MemorySource in(bytes, step);
  const auto source = require_ok(make_decompressing_source(in, limits));
  return read_all(*source);
}

std::vector<std::byte> random_bytes_of(std::size_t size, unsigned variety) {
  std::mt19937_64 random(size);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % variety);
  return bytes;
}

}  // namespace

TEST_CASE("compression: what was compressed comes back, whatever its size and the level") {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{300'000}}) {
    for (const unsigned variety : {1U, 4U, 256U}) {
      const auto bytes = random_bytes_of(size, variety);
      for (const int level : {1, 3, 19}) REQUIRE(require_ok(decompress(compress(bytes, level))) == bytes);
      REQUIRE(require_ok(decompress(compress(bytes), {}, 1)) == bytes);
    }
  }
}

TEST_CASE("compression: a level outside 1 to 19 is refused") {
  MemorySink out;
  for (const int level : {-5, 0, 20, 22}) {
    require_error(make_compressing_sink(out, level), ErrorCode::invalid_argument, {std::to_string(level)});
  }
}

TEST_CASE("compression: a frame that is cut off anywhere is incomplete") {
  const auto whole = compress(random_bytes_of(5000, 16));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    require_error(decompress(std::span(whole).first(size)), ErrorCode::corruption, {"incomplete"});
  }
}

TEST_CASE("compression: bytes behind the frame are an error, a second frame too") {
  auto bytes = compress(random_bytes_of(500, 16));
  const auto frame = bytes;
  bytes.push_back(std::byte{0});
  require_error(decompress(bytes), ErrorCode::corruption, {"follow"});
  bytes.pop_back();
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  require_error(decompress(bytes), ErrorCode::corruption, {"follow"});
}

TEST_CASE("compression: bytes that are no frame are refused") {
  require_error(decompress(random_bytes_of(100, 256)), ErrorCode::corruption, {"decompression"});
}

TEST_CASE("compression: what expands beyond max_bytes is refused, whatever the frame declares") {
  const auto bytes = compress(std::vector<std::byte>(std::size_t{1} << 20));
  REQUIRE(require_ok(decompress(bytes, {.max_bytes = std::size_t{1} << 20})).size() == std::size_t{1} << 20);
  require_error(decompress(bytes, {.max_bytes = (std::size_t{1} << 20) - 1}), ErrorCode::invalid_argument,
                {"1048575", "max_bytes"});
}

TEST_CASE("compression: a bomb is refused after 64 MiB") {
  const std::size_t size = std::size_t{80} << 20;
  const auto bomb = compress(std::vector<std::byte>(size));
  REQUIRE(bomb.size() < 10'000);
  require_error(decompress(bomb), ErrorCode::invalid_argument, {"1024 times", "max_expansion"});
  REQUIRE(require_ok(decompress(bomb, {.max_expansion = 1'000'000})).size() == size);
}

TEST_CASE("compression: a window of more than 8 MiB is refused before memory is taken") {
  // Frame header: magic, no content size and no checksum, window exponent 31 (RFC 8878, section 3.1.1.1).
  std::vector<std::byte> bytes;
  for (const int byte : {0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00}) {
    bytes.push_back(static_cast<std::byte>(byte));
  }
  require_error(decompress(bytes), ErrorCode::corruption, {"memory"});
}

TEST_CASE("compression: an error of the sink comes back") {
  MemorySink out;
  out.fail_after(10);
  const auto sink = require_ok(make_compressing_sink(out, 3));
  require_ok(sink->write(random_bytes_of(1000, 256)));
  require_error(sink->finish(), ErrorCode::io, {"full"});
  REQUIRE(out.finished() == 0);
}
