// Layout and hashes of a frame.

#include "storage/log_format.hpp"

#include <cstring>

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::uint32_t kFrameMagic = 0x6D617266;  // "fram"
constexpr std::size_t kHashedBytes = kFrameHeaderBytes - sizeof(std::uint32_t);

struct Offset {
  enum : std::size_t {
    magic = 0,
    type = 4,
    flags = 5,
    number = 8,
    synced = 16,
    body_hash = 24,
    body_bytes = 32,
    hash = 36
  };
};

template <typename T>
void put(std::span<std::byte> bytes, std::size_t at, T value) noexcept {
  const T little = detail::to_little_endian(value);
  std::memcpy(bytes.data() + at, &little, sizeof(T));
}

template <typename T>
T get(std::span<const std::byte> bytes, std::size_t at) noexcept {
  T value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return detail::to_little_endian(value);
}

std::uint32_t header_hash(std::uint64_t seed, std::span<const std::byte> bytes) noexcept {
  return static_cast<std::uint32_t>(hash64(bytes.first(kHashedBytes), seed));
}

}  // namespace

std::uint64_t frame_body_hash(std::uint64_t seed, std::uint64_t number,
                              std::span<const std::byte> padded_body) noexcept {
  return hash64(padded_body, seed ^ (number * 0x9E3779B97F4A7C15U));  // odd, so no two numbers share a seed
}

std::array<std::byte, kFrameHeaderBytes> encode_frame_header(std::uint64_t seed, const FrameHeader& header) noexcept {
  std::array<std::byte, kFrameHeaderBytes> bytes = {};
  put(bytes, Offset::magic, kFrameMagic);
  put(bytes, Offset::type, header.type);
  put(bytes, Offset::flags, header.flags);
  put(bytes, Offset::number, header.number);
  put(bytes, Offset::synced, header.synced_through);
  put(bytes, Offset::body_hash, header.body_hash);
  put(bytes, Offset::body_bytes, header.body_bytes);
  put(bytes, Offset::hash, header_hash(seed, bytes));
  return bytes;
}

std::optional<FrameHeader> decode_frame_header(std::uint64_t seed, std::span<const std::byte> bytes) noexcept {
  if (bytes.size() < kFrameHeaderBytes || get<std::uint32_t>(bytes, Offset::magic) != kFrameMagic) return std::nullopt;
  if (get<std::uint32_t>(bytes, Offset::hash) != header_hash(seed, bytes)) return std::nullopt;
  FrameHeader header;
  header.type = get<std::uint8_t>(bytes, Offset::type);
  header.flags = get<std::uint8_t>(bytes, Offset::flags);
  header.number = get<std::uint64_t>(bytes, Offset::number);
  header.synced_through = get<std::uint64_t>(bytes, Offset::synced);
  header.body_hash = get<std::uint64_t>(bytes, Offset::body_hash);
  header.body_bytes = get<std::uint32_t>(bytes, Offset::body_bytes);
  if (header.body_bytes > kMaxFrameBody || header.synced_through >= header.number) return std::nullopt;
  return header;
}

bool verify_frame_body(std::uint64_t seed, const FrameHeader& header, std::span<const std::byte> frame) noexcept {
  if (header.frame_bytes() > frame.size()) return false;
  const auto size = static_cast<std::size_t>(header.frame_bytes());
  const auto padded_body = frame.first(size).subspan(kFrameHeaderBytes);
  return frame_body_hash(seed, header.number, padded_body) == header.body_hash;
}

}  // namespace scaup::inline v0
