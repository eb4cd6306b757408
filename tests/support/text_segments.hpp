#pragma once
// A small text segment, and a use of all there is in one, for tests and the fuzz target.

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "text/postings/segment_writer.hpp"
#include "text/postings/text_index.hpp"

namespace scaup::test {

/// `documents` documents with titles and texts of a few words, in slots with gaps.
inline std::vector<std::byte> sample_segment(std::size_t documents) {
  TextBatch batch;
  AnalyzerScratch scratch;
  std::vector<Slot> slots;
  const auto analyzer = find_analyzer("simple").value();
  for (std::size_t i = 0; i < documents; ++i) {
    const std::string number = std::to_string(i);
    batch.add(*analyzer, scratch, i % 3 == 0 ? "sea " + number : "",
              "the sea sea wind w" + std::to_string(i % 7) + " " + number);
    slots.push_back(static_cast<Slot>(i * 3 + 1));
  }
  TextTotals totals{
      .documents = documents, .body_tokens = 7 * documents, .titled = documents / 3, .title_tokens = documents};
  return write_segment(batch, slots, totals).value();
}

/// Opens the bytes, in a block of their own size, and searches, scores, removes and merges.
inline Status use_segment(const std::vector<std::byte>& bytes) {
  const std::shared_ptr<std::byte[]> block(new std::byte[bytes.size()]);
  if (!bytes.empty()) std::memcpy(block.get(), bytes.data(), bytes.size());
  auto segment = TextSegment::open({block.get(), bytes.size()}, block, 10'000);
  if (!segment) return segment.error();
  const auto analyzer = find_analyzer("simple").value();
  AnalyzerScratch scratch;
  TextBatch gone;
  gone.add(*analyzer, scratch, "sea 0", "the sea sea wind w0 0");
  const std::vector<Slot> gone_slots = {(*segment)->documents() > 0 ? (*segment)->slot(0) : 1};
  auto index = TextIndex::of(*segment).value()->changed({.removed = &gone, .removed_slots = gone_slots});
  if (!index) return index.error();
  const TextQuery query = make_text_query(*analyzer, scratch, "the sea wind w3 17");
  std::vector<Slot> slots;
  for (Slot slot = 0; slot < 500; ++slot) slots.push_back(slot);
  for (const double weight : {0.0, 0.4}) {
    TextSearchCounters counters;
    if (const auto hits = (*index)->top_k(query, {.k = 5, .title_weight = weight}, counters); !hits)
      return hits.error();
  }
  if (const auto scores = (*index)->score(query, slots); !scores) return scores.error();
  const auto tidied = (*index)->tidied();
  if (!tidied) return tidied.error();
  const auto written = (*index)->serialize(slots);
  if (!written) return written.error();
  return {};
}

}  // namespace scaup::test
