#include "archive/archive_writer.hpp"

#include <string>
#include <utility>

#include "archive/chunks.hpp"
#include "archive/compression.hpp"
#include "archive/header.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{1} << 20;  // from which on a batch is written

// Counts what goes to the user's sink.
class CountingSink final : public ByteSink {
 public:
  explicit CountingSink(ByteSink& next) noexcept : next_(next) {}
  Status write(std::span<const std::byte> bytes) override {
    bytes_ += bytes.size();
    return next_.write(bytes);
  }
  Status finish() override { return next_.finish(); }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  ByteSink& next_;
  std::uint64_t bytes_ = 0;
};

template <std::size_t kSize>
Status fill_randomly(std::array<std::byte, kSize>& out) {
  return random_bytes(out);
}

Result<ArchiveHeader> make_header(const ArchiveWriterOptions& options) {
  ArchiveHeader header;
  std::array<std::byte, sizeof(header.id)> id;
  if (Status status = fill_randomly(id); !status) return status.error();
  header.id = std::bit_cast<std::uint64_t>(id);
  if (!options.key) return header;
  const bool from_passphrase = options.key->kind() == EncryptionKey::Kind::passphrase;
  header.key_source = from_passphrase ? KeySource::passphrase : KeySource::raw;
  header.scrypt = options.scrypt;
  if (Status status = fill_randomly(header.salt); !status) return status.error();
  if (Status status = fill_randomly(header.nonce_prefix); !status) return status.error();
  return header;
}

Result<std::unique_ptr<ChunkGuard>> make_guard(ArchiveHeader& header, const ArchiveWriterOptions& options) {
  if (options.key) return make_cipher_guard(header, *options.key);
  return make_hash_guard(header.id);
}

}  // namespace

// The way of the bytes: records, compressor, chunks, the user's sink.
struct ArchiveWriter::Streams {
  Streams(ByteSink& sink, std::unique_ptr<ChunkGuard> guard) : counter(sink), chunks(counter, std::move(guard)) {}

  CountingSink counter;
  ChunkSink chunks;
  std::unique_ptr<ByteSink> compressor = {};
  std::optional<RecordWriter> records = {};
};

ArchiveWriter::ArchiveWriter(std::unique_ptr<Streams> streams) : streams_(std::move(streams)) {}
ArchiveWriter::~ArchiveWriter() = default;

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::create(ByteSink& sink, const ArchiveWriterOptions& options) {
  Result<ArchiveHeader> header = make_header(options);
  if (!header) return header.error();
  Result<std::unique_ptr<ChunkGuard>> guard = make_guard(*header, options);
  if (!guard) return guard.error();
  auto streams = std::make_unique<Streams>(sink, *std::move(guard));
  Result<std::unique_ptr<ByteSink>> compressor = make_compressing_sink(streams->chunks, options.compression_level);
  if (!compressor) return compressor.error();
  streams->compressor = *std::move(compressor);
  streams->records.emplace(*streams->compressor, header->id);
  if (Status status = streams->counter.write(encode_header(*header)); !status) return status.error();
  std::unique_ptr<ArchiveWriter> writer(new ArchiveWriter(std::move(streams)));
  encode_writer(writer->body_);
  if (Status status = writer->write(RecordType::database); !status) return status.error();
  return Result<std::unique_ptr<ArchiveWriter>>(std::move(writer));
}

Status ArchiveWriter::begin_collection(std::string_view name, const StoreSchema& schema) {
  dimension_ = schema.dimension.value_or(0);
  documents_here_ = 0;
  ++counts_.collections;
  encode_collection(body_, name, schema);
  return write(RecordType::collection_begin);
}

Status ArchiveWriter::add(const Document& document) {
  if (document.embedding && document.embedding->size() != dimension_) {
    return Error(ErrorCode::invalid_argument,
                 "archive: document " + in_quotes(document.id) + ": " + std::to_string(document.embedding->size()) +
                     " components in a collection of dimension " + std::to_string(dimension_));
  }
  const std::size_t before = body_.size();
  encode_row(body_, document);
  if (body_.size() - before > kMaxRecordBytes - kBatchBytes) {
    return Error(ErrorCode::invalid_argument, "archive: document " + in_quotes(document.id) + ": " +
                                                  std::to_string(body_.size() - before) +
                                                  " bytes, more than an "
                                                  "archive's record of 64 MiB has room for");
  }
  ++documents_here_;
  ++counts_.documents;
  return body_.size() < kBatchBytes ? Status() : write(RecordType::documents);
}

Status ArchiveWriter::end_collection() {
  if (!body_.empty()) {
    if (Status status = write(RecordType::documents); !status) return status;
  }
  encode_counts(body_, {.documents = documents_here_});
  return write(RecordType::collection_end);
}

Status ArchiveWriter::finish() {
  encode_counts(body_, counts_);
  if (Status status = write(RecordType::archive_end); !status) return status;
  return streams_->compressor->finish();
}

TransferReport ArchiveWriter::report() const noexcept {
  return {.collections = static_cast<std::size_t>(counts_.collections),
          .documents = static_cast<std::size_t>(counts_.documents),
          .bytes = streams_->counter.bytes()};
}

Status ArchiveWriter::write(RecordType type) {
  Status status = streams_->records->write(static_cast<std::uint8_t>(type), body_);
  body_.clear();
  return status;
}

}  // namespace scaup::inline v0
