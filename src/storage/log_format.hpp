#pragma once
// Frames: how a log file is cut into checked pieces. Byte grammar: docs/format.md.
//
// A frame is a header of 40 bytes, a body, and zeros up to a multiple of 8. Frames are numbered without a gap over the
// life of a collection, across its log files. An entry is one or more frames of one type, the last of which says so:
// it counts whole or not at all.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kFrameHeaderBytes = 40;
inline constexpr std::size_t kFrameAlignment = 8;
inline constexpr std::size_t kMaxFrameBody = std::size_t{64} << 20U;

/// Whether an entry goes on after a frame.
enum class FramePlace : std::uint8_t { more = 0, last = 1 };

struct FrameHeader {
  std::uint64_t number = 0;
  std::uint64_t synced_through = 0;  ///< the highest number known to be synced when this frame was made; 0: none
  std::uint64_t body_hash = 0;       ///< of the body and the zeros after it
  std::uint32_t body_bytes = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;

  [[nodiscard]] bool is_last() const noexcept { return (flags & static_cast<std::uint8_t>(FramePlace::last)) != 0; }
  /// Of header, body and zeros.
  [[nodiscard]] std::uint64_t frame_bytes() const noexcept;
};

/// `size` rounded up to the alignment of frames.
[[nodiscard]] constexpr std::uint64_t aligned_to_frame(std::uint64_t size) noexcept {
  return (size + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
}

inline std::uint64_t FrameHeader::frame_bytes() const noexcept {
  return kFrameHeaderBytes + aligned_to_frame(body_bytes);
}

/// The hash of a body with the zeros after it. The number is part of it, so a body in another frame does not verify.
[[nodiscard]] std::uint64_t frame_body_hash(std::uint64_t seed, std::uint64_t number,
                                            std::span<const std::byte> padded_body) noexcept;

[[nodiscard]] std::array<std::byte, kFrameHeaderBytes> encode_frame_header(std::uint64_t seed,
                                                                           const FrameHeader& header) noexcept;

/// The header at the begin of `bytes`; nothing unless its magic, hash and lengths are right. The body may be damaged.
[[nodiscard]] std::optional<FrameHeader> decode_frame_header(std::uint64_t seed,
                                                             std::span<const std::byte> bytes) noexcept;

/// Whether the body that belongs to `header`, at the begin of `frame`, is all there and undamaged.
[[nodiscard]] bool verify_frame_body(std::uint64_t seed, const FrameHeader& header,
                                     std::span<const std::byte> frame) noexcept;

}  // namespace scaup::inline v0
