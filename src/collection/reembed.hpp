#pragma once
// New vectors for every text of a collection, made while it stays in use.

#include <memory>
#include <stop_token>

#include "collection/collection_state.hpp"

namespace scaup::inline v0 {

/// See Collection::reembed. `embedder` is not null.
[[nodiscard]] Result<WriteReport> reembed_all(Collection::State& state, const std::shared_ptr<const Embedder>& embedder,
                                              const std::stop_token& stop);

}  // namespace scaup::inline v0
