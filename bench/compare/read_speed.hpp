#pragma once
// The best speed at which this core reads memory: what a scan can reach and not exceed.

#include <cstddef>

namespace scaup::bench {

/// Bytes per second: the best of several reads of `bytes` bytes, in one and in four streams, on huge pages.
[[nodiscard]] double read_speed(std::size_t bytes);

}  // namespace scaup::bench
