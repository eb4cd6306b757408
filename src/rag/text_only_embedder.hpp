#pragma once
// The embedder of collections that keep texts without vectors.

#include <memory>

#include "scaup/embedder.hpp"

namespace scaup::inline v0 {

/// Knows nothing of any text: rows of one zero, so that documents are kept and left out of vector search.
[[nodiscard]] std::shared_ptr<const Embedder> make_text_only_embedder();

}  // namespace scaup::inline v0
