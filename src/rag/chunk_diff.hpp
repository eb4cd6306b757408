#pragma once
// Which chunks of a source are new, which stayed, and which are gone.

#include <cstddef>
#include <vector>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

struct ChunkDiff {
  std::size_t kept = 0;  ///< chunks that have their vector from before
  std::size_t gone = 0;  ///< chunks of before whose text has no place any more
};

/// Gives each chunk whose text was there before, wherever that was, the vector of that time. Equal texts are matched in
/// order; where there are more of them than before, these share vectors too. Texts are compared whole, not by a hash.
[[nodiscard]] ChunkDiff reuse_vectors(const std::vector<Document>& before, std::vector<Document>& chunks);

}  // namespace scaup::inline v0
