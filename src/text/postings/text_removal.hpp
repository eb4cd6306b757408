#pragma once
// Takes documents out of the parts of an index: bits, totals, and how many documents fewer have each term.

#include <span>
#include <vector>

#include "text/postings/text_batch.hpp"
#include "text/postings/text_part.hpp"

namespace scaup::inline v0 {

/// Replaces the parts that lose documents, and takes their lengths from `totals`. Slots that no part holds are passed
/// over. Documents of the batch and slots belong together.
void remove_documents(std::vector<TextPart>& parts, TextTotals& totals, const TextBatch& batch,
                      std::span<const Slot> slots);

}  // namespace scaup::inline v0
