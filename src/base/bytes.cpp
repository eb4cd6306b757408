// The rare paths of ByteReader: long varints, counts, and the messages.

#include "base/bytes.hpp"

#include <string>

namespace scaup::inline v0 {
namespace {

constexpr unsigned kLastShift = 63;  // of the tenth byte of a varint, which has room for one bit

}  // namespace

std::uint64_t ByteReader::long_varint() noexcept {
  if (!ok()) return 0;
  std::uint64_t value = 0;
  std::size_t at = at_;
  for (unsigned shift = 0; shift <= kLastShift; shift += 7) {
    if (at == bytes_.size()) {
      fail(Failure::too_short, "varint", at - at_ + 1);
      return 0;
    }
    const auto byte = std::to_integer<std::uint64_t>(bytes_[at++]);
    if (shift == kLastShift && byte > 1) break;
    value |= (byte & 0x7FU) << shift;
    if (byte >= 0x80U) continue;
    if (byte == 0 && shift > 0) {
      fail(Failure::varint_not_shortest, "varint", at - at_);
      return 0;
    }
    at_ = at;
    return value;
  }
  fail(Failure::varint_too_long, "varint", at - at_);
  return 0;
}

std::size_t ByteReader::count(std::size_t least_bytes) noexcept {
  const std::size_t begin = at_;
  const std::uint64_t value = varint();
  if (ok() && value > remaining() / least_bytes) {
    at_ = begin;
    fail(Failure::too_many, "count", value);
  }
  return ok() ? static_cast<std::size_t>(value) : 0;
}

Status ByteReader::status() const {
  if (ok()) return {};
  std::string message(what_);
  message += ": byte " + std::to_string(base_ + at_) + ": " + wanted_;
  const std::string left = std::to_string(bytes_.size() - at_);
  switch (failure_) {
    case Failure::none: break;
    case Failure::too_short:
      message += " of " + std::to_string(wanted_size_) + " bytes, but " + left + " are left";
      break;
    case Failure::varint_too_long: message += " does not fit into 64 bits"; break;
    case Failure::varint_not_shortest: message += " is not in its shortest form"; break;
    case Failure::too_many:
      message += " is " + std::to_string(wanted_size_) + ", more than " + left + " bytes can hold";
      break;
  }
  return Error(ErrorCode::corruption, std::move(message));
}

Status ByteReader::finish() const {
  if (!ok() || remaining() == 0) return status();
  return Error(ErrorCode::corruption, std::string(what_) + ": byte " + std::to_string(base_ + at_) + ": " +
                                          std::to_string(remaining()) + " bytes are left over");
}

}  // namespace scaup::inline v0
