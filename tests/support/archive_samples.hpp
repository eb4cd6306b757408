#pragma once
// Archives to test with: made of collections in memory, or of records that no writer would write.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "archive/archive_reader.hpp"
#include "archive/archive_writer.hpp"
#include "archive/chunks.hpp"
#include "archive/header.hpp"
#include "support/memory_streams.hpp"
#include "support/random_documents.hpp"

namespace scaup::test {

struct SampleCollection {
  ArchivedCollection about;
  std::vector<Document> documents;

  friend bool operator==(const SampleCollection&, const SampleCollection&) = default;
};
using Sample = std::vector<SampleCollection>;

/// Guessing must be dear for users, not for tests.
inline constexpr ScryptCost kCheapScrypt = {.log2_n = 1, .r = 1, .p = 1};

inline EncryptionKey raw_key(char fill) {
  return EncryptionKey::from_raw(Secret::from_string(std::string(32, fill))).value();
}
inline EncryptionKey passphrase(std::string_view text) {
  return EncryptionKey::from_passphrase(Secret::from_string(text)).value();
}

inline Sample random_sample(std::mt19937_64& random, std::size_t collections, std::size_t documents) {
  Sample sample;
  for (std::size_t i = 0; i < collections; ++i) {
    const std::size_t dimension = random() % 6;
    SampleCollection& collection = sample.emplace_back();
    collection.about.name = "collection " + std::to_string(i);
    collection.about.schema.metric = static_cast<Metric>(1 + random() % 3);
    if (dimension > 0) collection.about.schema.dimension = dimension;
    if (dimension > 0 && random() % 2 == 0) {
      collection.about.schema.embedder =
          EmbedderIdentity{"provider", "model", dimension, random() % 2 == 0, "d: ", "q: "};
    }
    for (std::size_t d = 0; d < documents; ++d) {
      collection.documents.push_back(random_document(random, d, dimension));
    }
  }
  return sample;
}

inline Status write_sample(ByteSink& sink, const Sample& sample, const ArchiveWriterOptions& options) {
  const auto writer = ArchiveWriter::create(sink, options);
  if (!writer) return writer.error();
  for (const SampleCollection& collection : sample) {
    const auto& [name, schema] = collection.about;
    if (Status status = (*writer)->begin_collection(name, schema); !status) return status;
    for (const Document& document : collection.documents) {
      if (Status status = (*writer)->add(document); !status) return status;
    }
    if (Status status = (*writer)->end_collection(); !status) return status;
  }
  return (*writer)->finish();
}

inline std::vector<std::byte> archive_of(const Sample& sample, std::optional<EncryptionKey> key = {}) {
  MemorySink sink;
  write_sample(sink, sample, {.key = std::move(key), .scrypt = kCheapScrypt}).value();
  return sink.bytes();
}

inline Result<Sample> read_sample(ByteSource& source, const ArchiveReaderOptions& options = {}) {
  const auto reader = ArchiveReader::open(source, options);
  if (!reader) return reader.error();
  Sample sample;
  for (;;) {
    auto about = (*reader)->next_collection();
    if (!about) return about.error();
    if (!*about) return sample;
    SampleCollection& collection = sample.emplace_back();
    collection.about = **std::move(about);
    for (;;) {
      auto batch = (*reader)->next_batch();
      if (!batch) return batch.error();
      if (batch->empty()) break;
      std::ranges::move(*batch, std::back_inserter(collection.documents));
    }
  }
}

inline Result<Sample> read_sample(std::span<const std::byte> bytes, std::optional<EncryptionKey> key = {}) {
  MemorySource source(bytes);
  return read_sample(source, {.key = std::move(key)});
}

/// A record to be written as it is.
struct RawRecord {
  std::uint8_t type = 0;
  std::vector<std::byte> body = {};
};

/// An archive without a key that holds these records, whatever they are, with hashes that fit.
inline std::vector<std::byte> archive_of_records(std::span<const RawRecord> records) {
  const ArchiveHeader header = {.id = 7};
  MemorySink sink;
  sink.write(encode_header(header)).value();
  ChunkSink chunks(sink, make_hash_guard(header.id));
  const auto compressor = make_compressing_sink(chunks, 1).value();
  RecordWriter writer(*compressor, header.id);
  for (const RawRecord& record : records) writer.write(record.type, record.body).value();
  compressor->finish().value();
  return sink.bytes();
}

}  // namespace scaup::test
