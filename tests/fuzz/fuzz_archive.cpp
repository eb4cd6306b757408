// Fuzz target: an import of any bytes. The first byte says what the rest is: an archive as it is, or one of the layers
// within, put into archives whose hashes fit, so that fuzzing does not end at the first check. What is read is written
// and read again the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include "archive/chunks.hpp"
#include "archive/header.hpp"
#include "archive/records.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "support/archive_samples.hpp"

using namespace scaup;
using namespace scaup::test;
using scaup::fuzz::require;

namespace {

using Bytes = std::vector<std::byte>;

constexpr std::uint64_t kArchiveId = 7;

// An archive without a key whose chunks hold `stream`.
Bytes with_compressed_stream(std::span<const std::byte> stream) {
  MemorySink sink;
  sink.write(encode_header({.id = kArchiveId})).value();
  ChunkSink chunks(sink, make_hash_guard(kArchiveId));
  chunks.write(stream).value();
  chunks.finish().value();
  return sink.bytes();
}

// A zstd frame that holds `stream` as it is (RFC 8878, 3.1.1): compressing it would take most of a run's time.
Bytes stored_frame(std::span<const std::byte> stream) {
  constexpr std::size_t kLargestBlock = std::size_t{128} << 10;
  constexpr std::uint8_t kSingleSegmentOfU32Size = 0xA0;
  Bytes frame;
  ByteWriter out(frame);
  out.u32(0xFD2F'B528);
  out.u8(kSingleSegmentOfU32Size);
  out.u32(static_cast<std::uint32_t>(stream.size()));
  do {
    const auto block = stream.first(std::min(stream.size(), kLargestBlock));
    stream = stream.subspan(block.size());
    const auto block_header = static_cast<std::uint32_t>(block.size() * 8 + (stream.empty() ? 1 : 0));
    out.u8(static_cast<std::uint8_t>(block_header & 0xFFU));
    out.u16(static_cast<std::uint16_t>(block_header >> 8U));
    fuzz::append(frame, block);
  } while (!stream.empty());
  return frame;
}

Bytes with_stream(std::span<const std::byte> stream) {
  return with_compressed_stream(stored_frame(stream));
}

// Records as `u8 type | u16 size | body`, the last one as long as there are bytes.
Bytes with_records(std::span<const std::byte> input) {
  MemorySink stream;
  RecordWriter writer(stream, kArchiveId);
  while (input.size() >= 3) {
    ByteReader reader(input);
    const std::uint8_t type = reader.u8();
    const std::size_t size = std::min<std::size_t>(reader.u16(), reader.remaining());
    writer.write(type, input.subspan(3, size)).value();
    input = input.subspan(3 + size);
  }
  return with_stream(stream.bytes());
}

// The header's hash made to fit. Costs that tests cannot pay are taken down.
Bytes with_header(std::span<const std::byte> input) {
  constexpr std::size_t kHashAt = kHeaderBytes - 8;
  Bytes archive(input.begin(), input.end());
  if (archive.size() < kHeaderBytes) return archive;
  const auto repair = [&] {
    Bytes hash;
    ByteWriter(hash).u64(hash64(std::span(archive).first(kHashAt)));
    std::ranges::copy(hash, archive.begin() + static_cast<std::ptrdiff_t>(kHashAt));
  };
  repair();
  auto header = decode_header(std::span(archive).first(kHeaderBytes));
  if (!header || header->key_source != KeySource::passphrase) return archive;
  header->scrypt = kCheapScrypt;
  std::ranges::copy(encode_header(*header), archive.begin());
  return archive;
}

Bytes archive_of_input(std::uint8_t mode, std::span<const std::byte> input) {
  switch (mode % 5) {
    case 1: return with_records(input);
    case 2: return with_stream(input);
    case 3: return with_compressed_stream(input);
    case 4: return with_header(input);
    default: break;
  }
  // As it is, but for a cost that a fuzzer cannot pay each time.
  const auto header = decode_header(input.first(std::min(input.size(), kHeaderBytes)));
  const bool dear = header && header->key_source == KeySource::passphrase && header->scrypt != kCheapScrypt;
  return dear ? Bytes() : Bytes(input.begin(), input.end());
}

void check(std::span<const std::byte> archive, const std::optional<EncryptionKey>& key) {
  MemorySource source(archive);
  const auto sample = read_sample(source, {.key = key, .limits = {.max_bytes = std::uint64_t{32} << 20}});
  if (!sample) return;
  const auto again = read_sample(archive_of(*sample));
  require(again.has_value() && *again == *sample);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::optional<EncryptionKey> keys[] = {std::nullopt, raw_key('k'), passphrase("p")};
  if (size == 0) return 0;
  const Bytes archive = archive_of_input(data[0], std::as_bytes(std::span(data, size)).subspan(1));
  // One key an input: under a sanitizer, the memory for an opening takes longer than the reading.
  check(archive, keys[data[0] / 5 % std::size(keys)]);
  return 0;
}
