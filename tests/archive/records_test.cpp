#include "archive/records.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_streams.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint64_t kArchive = 42;

using Bytes = std::vector<std::byte>;

// Three records as bytes, each on its own.
std::vector<Bytes> three_records() {
  std::vector<Bytes> records;
  MemorySink sink;
  RecordWriter writer(sink, kArchive);
  std::size_t at = 0;
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, std::size_t{300}}) {
    require_ok(writer.write(3, Bytes(size, std::byte{9})));
    records.emplace_back(sink.bytes().begin() + static_cast<std::ptrdiff_t>(at), sink.bytes().end());
    at = sink.bytes().size();
  }
  return records;
}

Bytes join(const std::vector<Bytes>& records) {
  Bytes bytes;
  for (const Bytes& record : records) bytes.insert(bytes.end(), record.begin(), record.end());
  return bytes;
}

// The sizes of three bodies and nothing behind them, or the first error.
Result<std::vector<std::size_t>> read_three(const Bytes& bytes, std::uint64_t archive = kArchive) {
  MemorySource source(bytes, 7);
  RecordReader reader(source, archive);
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 3; ++i) {
    const auto record = reader.next();
    if (!record) return record.error();
    sizes.push_back(record->body.size());
  }
  if (Status status = reader.finish(); !status) return status.error();
  return sizes;
}

bool is_found(const Result<std::vector<std::size_t>>& result) {
  return !result &&
         (result.error().code() == ErrorCode::corruption || result.error().code() == ErrorCode::unsupported_format);
}

}  // namespace

TEST_CASE("records: what was written reads back") {
  REQUIRE(require_ok(read_three(join(three_records()))) == std::vector<std::size_t>{0, 5, 300});
}

TEST_CASE("records: every flipped bit and every truncation is found") {
  Bytes bytes = join(three_records());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    INFO("bit " << bit);
    REQUIRE(is_found(read_three(bytes)));
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    require_error(read_three(Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size))),
                  ErrorCode::corruption, {"incomplete"});
  }
}

TEST_CASE("records: a record that is dropped, repeated, moved or of another archive is found") {
  const auto good = three_records();
  require_error(read_three(join({good[0], good[2], good[1]})), ErrorCode::corruption, {"record 1", "not in its place"});
  require_error(read_three(join({good[0], good[0], good[1]})), ErrorCode::corruption, {"record 1"});
  require_error(read_three(join({good[1], good[2]})), ErrorCode::corruption, {"record 0"});
  require_error(read_three(join({good[0], good[1], good[2], good[2]})), ErrorCode::corruption, {"follows"});
  require_error(read_three(join(good), kArchive + 1), ErrorCode::corruption, {"record 0"});
}

TEST_CASE("records: a size beyond 64 MiB is refused, on writing and before memory is taken on reading") {
  MemorySink sink;
  RecordWriter writer(sink, kArchive);
  require_error(writer.write(3, Bytes(kMaxRecordBytes + 1)), ErrorCode::invalid_argument, {"67108865"});
  for (const Bytes& size : {Bytes{std::byte{0x81}, std::byte{0x80}, std::byte{0x80}, std::byte{0x20}},
                            Bytes(10, std::byte{0xFF}), Bytes{std::byte{0x80}, std::byte{0x00}}}) {
    Bytes bytes = {std::byte{3}};
    bytes.insert(bytes.end(), size.begin(), size.end());
    require_error(read_three(bytes), ErrorCode::corruption, {"64 MiB"});
  }
}
