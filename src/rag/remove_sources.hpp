#pragma once
// Takes sources out of the two collections.

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/collection.hpp"

namespace scaup::inline v0 {

/// Removes the chunks of these sources, then the sources; some at a time, each source in one step. What a crash in the
/// middle leaves are records without chunks, which the next SourceTable finds. Returns how many chunks went.
[[nodiscard]] Result<std::size_t> remove_sources(Collection chunks, Collection sources,
                                                 const std::vector<std::string>& ids, const std::stop_token& stop);

}  // namespace scaup::inline v0
