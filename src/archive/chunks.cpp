// Chunk streams: cutting, sealing and opening.

#include "archive/chunks.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "archive/read_source.hpp"

namespace scaup::inline v0 {

ChunkSink::ChunkSink(ByteSink& next, std::unique_ptr<ChunkGuard> guard)
    : next_(next), guard_(std::move(guard)), buffer_(kChunkBytes + guard_->tag_bytes()) {}

Status ChunkSink::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (filled_ == kChunkBytes) {
      if (Status status = write_chunk(ChunkPlace::inner); !status) return status;
    }
    const std::size_t size = std::min(bytes.size(), kChunkBytes - filled_);
    std::ranges::copy(bytes.first(size), buffer_.span().subspan(filled_).begin());
    filled_ += size;
    bytes = bytes.subspan(size);
  }
  return {};
}

Status ChunkSink::finish() {
  if (Status status = write_chunk(ChunkPlace::last); !status) return status;
  return next_.finish();
}

Status ChunkSink::write_chunk(ChunkPlace place) {
  if (number_ > std::numeric_limits<std::uint32_t>::max()) {
    return Error(ErrorCode::invalid_argument, "archive: more than 2^32 chunks; export fewer collections at a time");
  }
  const std::span<std::byte> all = buffer_.span().first(filled_ + guard_->tag_bytes());
  const auto number = static_cast<std::uint32_t>(number_++);
  if (Status status = guard_->seal(number, place, all.first(filled_), all.subspan(filled_)); !status) return status;
  filled_ = 0;
  return next_.write(all);
}

ChunkSource::ChunkSource(ByteSource& next, std::unique_ptr<ChunkGuard> guard)
    : next_(next), guard_(std::move(guard)), buffer_(kChunkBytes + guard_->tag_bytes() + 1) {}

Result<std::size_t> ChunkSource::read(std::span<std::byte> out) {
  if (at_ == end_ && !last_seen_) {
    if (Status status = read_chunk(); !status) return status.error();
  }
  const std::size_t size = std::min(out.size(), end_ - at_);
  std::ranges::copy(buffer_.span().subspan(at_, size), out.begin());
  at_ += size;
  return size;
}

// A chunk is the last one where no byte follows. Only the last may be short, and only the first may be empty.
Status ChunkSource::read_chunk() {
  if (ahead_ == 1) buffer_.span().front() = buffer_.span().back();
  const Result<std::size_t> got = read_fully(next_, buffer_.span().subspan(ahead_));
  if (!got) return got.error();
  const std::size_t size = *got + ahead_;
  ahead_ = size == buffer_.size() ? 1 : 0;
  const std::size_t sealed = size - ahead_;
  const std::size_t tag = guard_->tag_bytes();
  const std::string name = "archive: chunk " + std::to_string(number_);
  if (sealed < tag || (sealed == tag && number_ > 0) || number_ > std::numeric_limits<std::uint32_t>::max()) {
    return Error(ErrorCode::corruption, name + " is incomplete");
  }
  const ChunkPlace place = ahead_ == 0 ? ChunkPlace::last : ChunkPlace::inner;
  const auto chunk = buffer_.span().first(sealed);
  const auto number = static_cast<std::uint32_t>(number_++);
  const Status opened = guard_->open(number, place, chunk.first(sealed - tag), chunk.subspan(sealed - tag));
  if (!opened) {
    return Error(opened.error().code(), name + " does not verify: the archive is damaged, incomplete or was changed");
  }
  at_ = 0;
  end_ = sealed - tag;
  last_seen_ = place == ChunkPlace::last;
  return {};
}

}  // namespace scaup::inline v0
