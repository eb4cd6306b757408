// Bookkeeping of offsets and numbers around a few file calls.

#include "storage/log_writer.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

// One call of the system moves about so many: enough for the call not to count, few enough for the disk to begin soon.
constexpr std::size_t kGatheredBytes = std::size_t{512} << 10U;

// Grows sixteenfold up to the step: a small log takes little room, and a large one lies in few pieces. ext4 keeps four
// of them in the inode; with more, each sync that makes blocks of a reservation written allocates and frees a block of
// its tree, a sixth of what a durable row takes.
std::uint64_t reservation_for(std::uint64_t size, std::uint64_t largest_step) {
  constexpr std::uint64_t kSmallestStep = std::uint64_t{64} << 10U;
  constexpr std::uint64_t kGrowth = 16;
  std::uint64_t step = kSmallestStep;
  while (step < size && step < largest_step) step *= kGrowth;
  step = std::min(step, largest_step);
  return (size + step - 1) / step * step;
}

}  // namespace

LogWriter::LogWriter(std::unique_ptr<WritableFile> file, std::filesystem::path path, const FileIdentity& identity,
                     Position position, const LogWriterOptions& options)
    : file_(std::move(file)),
      path_(std::move(path)),
      options_(options),
      seed_(seed(identity)),
      added_(position),
      written_(position),
      flushed_(position.offset),
      synced_through_(position.number - 1) {}

Result<LogWriter> LogWriter::create(FileSystem& files, const std::filesystem::path& path, const FileIdentity& identity,
                                    std::uint64_t first_number, const LogWriterOptions& options) {
  return guarded([&]() -> Result<LogWriter> {
    auto file = files.open_for_write(path, OpenMode::create_new);
    if (!file) return std::move(file).error();
    LogWriter writer(*std::move(file), path, identity, {kFileHeaderBytes, first_number}, options);
    const Status begun = writer.begin_file(identity);
    if (begun) return writer;
    static_cast<void>(files.remove(path));  // what stays behind is a file that nobody refers to
    return begun.error();
  });
}

Result<LogWriter> LogWriter::resume(FileSystem& files, const std::filesystem::path& path, const FileIdentity& identity,
                                    std::uint64_t end_offset, std::uint64_t next_number,
                                    const LogWriterOptions& options) {
  return guarded([&]() -> Result<LogWriter> {
    auto file = files.open_for_write(path, OpenMode::open_existing);
    if (!file) return std::move(file).error();
    LogWriter writer(*std::move(file), path, identity, {end_offset, next_number}, options);
    const auto size = writer.file_->size();
    if (!size) return size.error();
    writer.reserved_ = *size;
    if (*size >= end_offset) {
      if (Status status = writer.file_->sync(); !status) return std::move(status).error();
      return writer;
    }
    return Error(ErrorCode::corruption, path.native() + ": " + std::to_string(*size) + " bytes, but the log ends at " +
                                            std::to_string(end_offset));
  });
}

Status LogWriter::begin_file(const FileIdentity& identity) {
  const FileHeaderBytes header = encode_file_header({.identity = identity, .features = {}});
  if (Status status = file_->write_at(0, header); !status) return status;
  reserved_ = reservation_for(kFileHeaderBytes, options_.preallocation);
  if (Status status = file_->preallocate(reserved_); !status) return status;
  return file_->sync();
}

Status LogWriter::check_addable(std::uint8_t type, std::span<const std::byte> body) const {
  if (failure_) return *failure_;
  if (body.size() > kMaxFrameBody) {
    return Error(ErrorCode::invalid_argument, path_.native() + ": a frame of " + std::to_string(body.size()) +
                                                  " bytes, more than the limit of " + std::to_string(kMaxFrameBody));
  }
  if (!entry_type_ || *entry_type_ == type) return {};
  return Error(ErrorCode::invalid_argument, path_.native() + ": a frame of type " + std::to_string(type) +
                                                " in an entry of type " + std::to_string(*entry_type_));
}

Result<std::uint64_t> LogWriter::add(std::uint8_t type, std::span<const std::byte> body, FramePlace place) {
  return guarded([&]() -> Result<std::uint64_t> {
    if (Status status = check_addable(type, body); !status) return std::move(status).error();
    const std::uint64_t number = added_.number;
    gather(type, body, place);
    if (gathered_.size() < kGatheredBytes) return number;
    const std::uint64_t begin = flushed_;
    if (Status status = flush(); !status) return std::move(status).error();
    file_->start_writeback(begin, flushed_ - begin);
    return number;
  });
}

// Room is made first: if there is none, nothing has changed.
void LogWriter::gather(std::uint8_t type, std::span<const std::byte> body, FramePlace place) {
  FrameHeader header{.number = added_.number,
                     .synced_through = synced_through_,
                     .body_bytes = static_cast<std::uint32_t>(body.size()),
                     .type = type,
                     .flags = static_cast<std::uint8_t>(place)};
  const std::size_t begin = gathered_.size();
  const std::size_t end = begin + static_cast<std::size_t>(header.frame_bytes());
  if (gathered_.capacity() < end) gathered_.reserve(std::max(end, 2 * begin));
  gathered_.resize(begin + kFrameHeaderBytes);
  gathered_.insert(gathered_.end(), body.begin(), body.end());
  gathered_.resize(end);  // zeros behind the body
  const std::span<std::byte> frame = std::span(gathered_).subspan(begin);
  header.body_hash = frame_body_hash(seed_, header.number, frame.subspan(kFrameHeaderBytes));
  std::ranges::copy(encode_frame_header(seed_, header), frame.begin());
  added_.offset += frame.size();
  ++added_.number;
  entry_type_ = place == FramePlace::last ? std::nullopt : std::optional(type);
}

Status LogWriter::write() {
  return guarded([&]() -> Status {
    if (failure_) return *failure_;
    if (entry_type_) return Error(ErrorCode::invalid_argument, path_.native() + ": the entry has not ended");
    if (Status status = flush(); !status) return status;
    written_ = added_;
    return {};
  });
}

// What a call throws is a failure like any other: a file may be of a user's file system, and memory may run out while
// an error is put into words.
Status LogWriter::flush() {
  Status status = guarded([&] { return write_gathered(); });
  if (status) return status;
  // A failure to cut the file back is in `failure_`, and later calls return it.
  static_cast<void>(forget_added());
  return status;
}

Status LogWriter::write_gathered() {
  if (gathered_.empty()) return {};
  if (added_.offset > reserved_) {
    // Without a reservation the write still works, or tells what is wrong.
    // A sync after a change of the size costs more.
    const std::uint64_t wanted = reservation_for(added_.offset, options_.preallocation);
    if (file_->preallocate(wanted)) reserved_ = wanted;
  }
  if (Status status = file_->write_at(flushed_, gathered_); !status) return status;
  flushed_ = added_.offset;
  gathered_.clear();
  return {};
}

// Cuts the file even if no write was seen to succeed: a failed one may have left any part of its bytes, up to all of
// them. The cut is synced, or a power cut could bring back what was refused.
Status LogWriter::forget_added() {
  gathered_.clear();
  entry_type_.reset();
  added_ = written_;
  flushed_ = written_.offset;
  reserved_ = written_.offset;
  Status status = guarded([&] { return file_->truncate(written_.offset); });
  if (status) status = guarded([&] { return file_->sync(); });
  if (!status) return fail_for_good(std::move(status).error());
  synced_through_ = written_.number - 1;
  return {};
}

Status LogWriter::sync() {
  return guarded([&]() -> Status {
    if (failure_) return *failure_;
    if (synced_through_ + 1 == written_.number) return {};
    if (Status status = guarded([&] { return file_->sync(); }); !status)
      return fail_for_good(std::move(status).error());
    synced_through_ = written_.number - 1;
    return {};
  });
}

Status LogWriter::discard() {
  return guarded([&]() -> Status {
    if (failure_) return *failure_;
    if (flushed_ != written_.offset) return forget_added();
    gathered_.clear();
    entry_type_.reset();
    added_ = written_;
    return {};
  });
}

Status LogWriter::trim() {
  return guarded([&]() -> Status {
    if (failure_) return *failure_;
    if (Status status = file_->truncate(flushed_); !status) return status;
    reserved_ = flushed_;
    if (Status status = guarded([&] { return file_->sync(); }); !status)
      return fail_for_good(std::move(status).error());
    return {};
  });
}

Status LogWriter::close() {
  return guarded([&] { return file_->close(); });
}

// Noted as it is before words are put around it, for those need memory.
Error LogWriter::fail_for_good(Error error) {
  failure_.emplace(std::move(error));
  failure_->add_context(path_.native() + ": read-only until reopened, after");
  return *failure_;
}

}  // namespace scaup::inline v0
