#pragma once
// The words of a collection as a file of its own beside a checkpoint: derived, so never needed to open.

#include <cstdint>
#include <stop_token>

#include "engine/collection_files.hpp"
#include "engine/local_store.hpp"

namespace scaup::inline v0 {

/// Writes the words of their snapshot, numbered as in the snapshot's checkpoint.
/// Errors: `io`, `out_of_memory`, `cancelled`; `corruption` where words that were read from a file are damaged.
[[nodiscard]] Result<SectionFileReference> save_words(const CollectionFiles& files, const TextState& words,
                                                      std::uint64_t number, const std::stop_token& stop);

/// Has the store begin with saved words, read when the first query asks for them; where the file is missing or wrong
/// they are made anew. Before any write.
void start_with_saved_words(LocalStore& store, const CollectionFiles& files, const SectionFileReference& words);

}  // namespace scaup::inline v0
