#include "archive/records.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "archive/read_source.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kMaxSizeBytes = 4;                     // a varint up to kMaxRecordBytes
constexpr std::uint64_t kReadStep = std::uint64_t{1} << 20;  // memory taken ahead of what has come
static_assert(kMaxRecordBytes < std::size_t{1} << (7 * kMaxSizeBytes));

std::uint64_t hash_of(std::span<const std::byte> record, std::uint64_t archive_id, std::uint64_t number) {
  return hash64(record, archive_id + number);
}

bool is_known(std::uint8_t type) {
  return type >= static_cast<std::uint8_t>(RecordType::database) &&
         type <= static_cast<std::uint8_t>(RecordType::archive_end);
}

}  // namespace

Status RecordWriter::write(std::uint8_t type, std::span<const std::byte> body) {
  if (body.size() > kMaxRecordBytes) {
    return Error(ErrorCode::invalid_argument, "archive: a record of " + std::to_string(body.size()) +
                                                  " bytes, more than the limit of " + std::to_string(kMaxRecordBytes));
  }
  buffer_.clear();
  ByteWriter writer(buffer_);
  writer.u8(type);
  writer.varint(body.size());
  writer.bytes(body);
  writer.u64(hash_of(buffer_, archive_id_, number_));
  ++number_;
  return sink_.write(buffer_);
}

Result<ArchiveRecord> RecordReader::next() {
  for (;;) {
    if (Status status = read_record(); !status) return status.error();
    const auto type = std::to_integer<std::uint8_t>(buffer_.front());
    if (is_known(type)) {
      return ArchiveRecord{static_cast<RecordType>(type),
                           std::span(buffer_).subspan(body_at_, buffer_.size() - body_at_ - kHashBytes)};
    }
    if (type < kFirstOptionalType) {
      return Error(ErrorCode::unsupported_format, "archive: record " + std::to_string(number_ - 1) + " is of type " +
                                                      std::to_string(type) +
                                                      ", which this version does not know. Upgrade the library");
    }
  }
}

Status RecordReader::finish() {
  std::array<std::byte, 1> more;
  const Result<std::size_t> got = source_.read(more);
  if (!got) return got.error();
  if (*got > 0) return corrupt("follows the end of the archive");
  return {};
}

Status RecordReader::read_record() {
  buffer_.clear();
  if (Status status = append(1); !status) return status;
  const Result<std::uint64_t> size = read_size();
  if (!size) return size.error();
  body_at_ = buffer_.size();
  if (Status status = append(*size + kHashBytes); !status) return status;
  const auto hashed = std::span(buffer_).first(buffer_.size() - kHashBytes);
  ByteReader hash{std::span(buffer_).last(kHashBytes)};
  if (hash.u64() != hash_of(hashed, archive_id_, number_)) return corrupt("is damaged or not in its place");
  ++number_;
  return {};
}

Result<std::uint64_t> RecordReader::read_size() {
  for (std::size_t i = 0; i < kMaxSizeBytes; ++i) {
    if (Status status = append(1); !status) return status.error();
    if ((buffer_.back() & std::byte{0x80}) != std::byte{0}) continue;
    ByteReader reader{std::span(buffer_).subspan(1)};
    const std::uint64_t size = reader.varint();
    if (!reader.ok() || size > kMaxRecordBytes) break;
    return size;
  }
  return corrupt("has a size that is no varint of at most 64 MiB");
}

Status RecordReader::append(std::uint64_t bytes) {
  while (bytes > 0) {
    const auto step = static_cast<std::size_t>(std::min(bytes, kReadStep));
    const std::size_t at = buffer_.size();
    buffer_.resize(at + step);
    const Result<std::size_t> got = read_fully(source_, std::span(buffer_).subspan(at));
    if (!got) return got.error();
    if (*got < step) return corrupt("is missing or incomplete");
    bytes -= step;
  }
  return {};
}

Error RecordReader::corrupt(std::string_view what) const {
  return {ErrorCode::corruption, "archive: record " + std::to_string(number_) + " " + std::string(what)};
}

}  // namespace scaup::inline v0
