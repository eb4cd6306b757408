#include "archive/archive_reader.hpp"

#include <utility>

#include "archive/chunks.hpp"
#include "archive/header.hpp"
#include "archive/read_source.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {
namespace {

// Counts what comes from the user's source, and checks what it claims.
class CountingSource final : public ByteSource {
 public:
  explicit CountingSource(ByteSource& next) noexcept : next_(next) {}
  Result<std::size_t> read(std::span<std::byte> out) override {
    const Result<std::size_t> got = read_some(next_, out);
    if (got) bytes_ += *got;
    return got;
  }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  ByteSource& next_;
  std::uint64_t bytes_ = 0;
};

Error corrupt(const std::string& what) {
  return {ErrorCode::corruption, "archive: " + what};
}

Error out_of_order(const ArchiveRecord& record) {
  return corrupt("a record of type " + std::to_string(static_cast<unsigned>(record.type)) + " out of its order");
}

Status check_counts(std::string_view of, std::uint64_t expected, std::uint64_t found) {
  if (expected == found) return {};
  return corrupt(std::to_string(expected) + " " + std::string(of) + " were written, but " + std::to_string(found) +
                 " are there");
}

Result<std::unique_ptr<ChunkGuard>> make_guard(const ArchiveHeader& header, const HeaderBytes& bytes,
                                               const std::optional<EncryptionKey>& key) {
  const bool encrypted = header.key_source != KeySource::none;
  if (encrypted && !key) return Error(ErrorCode::unauthorized, "archive: encrypted; give its key or passphrase");
  if (!encrypted && key) {
    return Error(ErrorCode::invalid_argument,
                 "archive: not encrypted, though a key was given; import without the key if that is meant");
  }
  if (encrypted) return open_cipher_guard(header, bytes, *key);
  return make_hash_guard(header.id);
}

}  // namespace

// The way of the bytes: the user's source, chunks, decompressor, records.
struct ArchiveReader::Streams {
  explicit Streams(ByteSource& source) : counter(source) {}

  CountingSource counter;
  std::optional<ChunkSource> chunks = {};
  std::unique_ptr<ByteSource> decompressor = {};
  std::optional<RecordReader> records = {};
};

ArchiveReader::ArchiveReader(std::unique_ptr<Streams> streams) : streams_(std::move(streams)) {}
ArchiveReader::~ArchiveReader() = default;

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(ByteSource& source, const ArchiveReaderOptions& options) {
  auto streams = std::make_unique<Streams>(source);
  HeaderBytes bytes = {};
  const Result<std::size_t> got = read_fully(streams->counter, bytes);
  if (!got) return got.error();
  const Result<ArchiveHeader> header = decode_header(std::span(bytes).first(*got));
  if (!header) return header.error();
  Result<std::unique_ptr<ChunkGuard>> guard = make_guard(*header, bytes, options.key);
  if (!guard) return guard.error();
  streams->chunks.emplace(streams->counter, *std::move(guard));
  Result<std::unique_ptr<ByteSource>> decompressor = make_decompressing_source(*streams->chunks, options.limits);
  if (!decompressor) return decompressor.error();
  streams->decompressor = *std::move(decompressor);
  streams->records.emplace(*streams->decompressor, header->id);
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(streams)));
  if (Status status = reader->check_first_record(); !status) return status.error();
  return Result<std::unique_ptr<ArchiveReader>>(std::move(reader));
}

Status ArchiveReader::check_first_record() {
  const Result<ArchiveRecord> record = streams_->records->next();
  if (!record) return record.error();
  return record->type == RecordType::database ? Status() : out_of_order(*record);
}

Result<std::optional<ArchivedCollection>> ArchiveReader::next_collection() {
  while (in_collection_) {
    const Result<std::vector<Document>> skipped = next_batch();
    if (!skipped) return skipped.error();
  }
  const Result<ArchiveRecord> record = streams_->records->next();
  if (!record) return record.error();
  if (record->type == RecordType::archive_end) {
    if (Status status = end_archive(*record); !status) return status.error();
    return std::optional<ArchivedCollection>();
  }
  if (record->type != RecordType::collection_begin) return out_of_order(*record);
  Result<ArchivedCollection> collection = begin_collection(*record);
  if (!collection) return collection.error();
  return std::optional(*std::move(collection));
}

Result<std::vector<Document>> ArchiveReader::next_batch() {
  while (in_collection_) {
    Result<std::vector<Document>> rows = rows_ ? decode_rows(*rows_, dimension_) : std::vector<Document>();
    if (!rows) return rows;
    documents_here_ += rows->size();
    counts_.documents += rows->size();
    if (!rows->empty()) return rows;
    if (Status status = next_record(); !status) return status.error();
  }
  return std::vector<Document>();
}

Status ArchiveReader::next_record() {
  rows_.reset();
  const Result<ArchiveRecord> record = streams_->records->next();
  if (!record) return record.error();
  if (record->type == RecordType::collection_end) return end_collection(*record);
  if (record->type != RecordType::documents) return out_of_order(*record);
  rows_.emplace(record->body, "archive: documents");
  return {};
}

TransferReport ArchiveReader::report() const noexcept {
  return {.collections = static_cast<std::size_t>(counts_.collections),
          .documents = static_cast<std::size_t>(counts_.documents),
          .bytes = streams_->counter.bytes()};
}

Result<ArchivedCollection> ArchiveReader::begin_collection(const ArchiveRecord& record) {
  Result<ArchivedCollection> collection = decode_collection(record.body);
  if (!collection) return collection;
  if (!names_.insert(collection->name).second) {
    return corrupt("the collection " + in_quotes(collection->name) + " is there twice");
  }
  in_collection_ = true;
  dimension_ = collection->schema.dimension.value_or(0);
  documents_here_ = 0;
  ++counts_.collections;
  return collection;
}

Status ArchiveReader::end_collection(const ArchiveRecord& record) {
  const Result<ArchiveCounts> counts = decode_counts(record.body);
  if (!counts) return counts.error();
  in_collection_ = false;
  return check_counts("documents of a collection", counts->documents, documents_here_);
}

Status ArchiveReader::end_archive(const ArchiveRecord& record) {
  const Result<ArchiveCounts> counts = decode_counts(record.body);
  if (!counts) return counts.error();
  if (Status status = check_counts("collections", counts->collections, counts_.collections); !status) return status;
  if (Status status = check_counts("documents", counts->documents, counts_.documents); !status) return status;
  return streams_->records->finish();
}

}  // namespace scaup::inline v0
