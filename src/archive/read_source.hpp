#pragma once
// Reading from sources, which may be a user's: what they claim is checked.

#include <cstddef>
#include <span>

#include "scaup/archive.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// One read; 0 bytes is the end.
/// Errors: those of the source; `internal` for a source that claims more than it was asked for.
[[nodiscard]] Result<std::size_t> read_some(ByteSource& source, std::span<std::byte> out);

/// Reads until `out` is full or the source ends; returns how many bytes there were. Errors: as `read_some`.
[[nodiscard]] Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> out);

}  // namespace scaup::inline v0
