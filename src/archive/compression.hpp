#pragma once
// Streams through zstd: a sink that compresses what it passes on, a source that decompresses. The only place that
// knows zstd.

#include <cstddef>
#include <cstdint>
#include <memory>

#include "scaup/archive.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// A sink that writes one zstd frame to `next`, which is borrowed. `level` is 1 to 19.
/// Errors: `invalid_argument` for the level; `out_of_memory`.
[[nodiscard]] Result<std::unique_ptr<ByteSink>> make_compressing_sink(ByteSink& next, int level);

/// What a decompressed stream may be at most; checked as it grows, whatever the frame declares.
struct DecompressionLimits {
  std::uint64_t max_bytes = std::uint64_t{64} << 30;
  std::uint64_t max_expansion = 1024;  ///< bytes out for each byte in, beyond the first 64 MiB
};

/// A source that reads one zstd frame from `next`, which is borrowed; its memory is bounded by a window of 8 MiB.
/// Reads fail with `corruption` for bytes that are no such frame, end too early or go on behind it, and with
/// `invalid_argument` where a limit is passed. The end (0 bytes) is given only once `next` has ended too.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> make_decompressing_source(ByteSource& next,
                                                                            const DecompressionLimits& limits);

}  // namespace scaup::inline v0
