// Fuzz target: an import of any bytes. The first byte says what the rest is: an archive as it is, or one of the layers
// within, put into archives whose hashes fit, so that fuzzing does not end at the first check. What is read is written
// and read again the same.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "archive/compression.hpp"
#include "archive/header.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "fuzz.hpp"
#include "support/archive_samples.hpp"

using namespace scaup;
using namespace scaup::test;
using scaup::fuzz::require;

namespace {

using Bytes = std::vector<std::byte>;

// An archive without a key whose chunks hold `stream`, compressed if that is still to be done.
template <typename Wrap>
Bytes archive_around(const Wrap& write_stream) {
  const ArchiveHeader header = {.id = 7};
  MemorySink sink;
  sink.write(encode_header(header)).value();
  ChunkSink chunks(sink, make_hash_guard(header.id));
  write_stream(chunks);
  return sink.bytes();
}

Bytes with_compressed_stream(std::span<const std::byte> stream) {
  return archive_around([&](ByteSink& chunks) {
    chunks.write(stream).value();
    chunks.finish().value();
  });
}

Bytes with_stream(std::span<const std::byte> stream) {
  return archive_around([&](ByteSink& chunks) {
    const auto compressor = make_compressing_sink(chunks, 1).value();
    compressor->write(stream).value();
    compressor->finish().value();
  });
}

// Records as `u8 type | u16 size | body`, the last one as long as there are bytes.
Bytes with_records(std::span<const std::byte> input) {
  std::vector<RawRecord> records;
  while (input.size() >= 3) {
    ByteReader reader(input);
    const std::uint8_t type = reader.u8();
    const std::size_t size = std::min<std::size_t>(reader.u16(), reader.remaining());
    const auto body = input.subspan(3, size);
    records.push_back({type, Bytes(body.begin(), body.end())});
    input = input.subspan(3 + size);
  }
  return archive_of_records(records);
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
  static const EncryptionKey keys[] = {raw_key('k'), passphrase("p")};
  if (size == 0) return 0;
  const Bytes archive = archive_of_input(data[0], std::as_bytes(std::span(data, size)).subspan(1));
  check(archive, std::nullopt);
  for (const EncryptionKey& key : keys) check(archive, key);
  return 0;
}
