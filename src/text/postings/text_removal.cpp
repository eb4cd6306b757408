#include "text/postings/text_removal.hpp"

#include <algorithm>
#include <unordered_map>

namespace scaup::inline v0 {
namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;

// The successors of what was removed from each part; null where nothing more was.
using Successors = std::vector<std::shared_ptr<RemovedDocuments>>;

std::shared_ptr<RemovedDocuments> successor_of(const TextPart& part) {
  return part.removed == nullptr ? std::make_shared<RemovedDocuments>()
                                 : std::make_shared<RemovedDocuments>(*part.removed);
}

// Marks the document of a slot; returns the number of its part.
std::uint32_t mark(const std::vector<TextPart>& parts, Successors& successors, Slot slot) {
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    const TextPart& part = parts[number];
    const auto document = part.segment->document_of(slot);
    if (!document || !TextPart{part.segment, successors[number] ? successors[number] : part.removed}.holds(*document)) {
      continue;
    }
    if (successors[number] == nullptr) successors[number] = successor_of(part);
    mark_removed(*successors[number], *part.segment, *document);
    return number;
  }
  return kNowhere;
}

// The terms of those documents that lived in part `number`.
RemovedTerms terms_of(const TextBatch& batch, std::span<const std::uint32_t> part_of, std::uint32_t number,
                      const TextSegment& segment) {
  std::unordered_map<std::uint32_t, std::uint32_t> counts;  // by the batch's number of the term
  for (const TextBatch::Entry& entry : batch.entries()) {
    if (part_of[entry.document] == number) ++counts[entry.term];
  }
  RemovedTerms terms;
  for (const auto& [term, count] : counts) {
    if (const auto found = segment.find(batch.term(term))) terms.emplace_back(*found, count);
  }
  std::ranges::sort(terms);
  return terms;
}

void subtract(TextTotals& totals, const TextTotals& after, const TextTotals& before) noexcept {
  totals.documents -= after.documents - before.documents;
  totals.body_tokens -= after.body_tokens - before.body_tokens;
  totals.titled -= after.titled - before.titled;
  totals.title_tokens -= after.title_tokens - before.title_tokens;
}

}  // namespace

void remove_documents(std::vector<TextPart>& parts, TextTotals& totals, const TextBatch& batch,
                      std::span<const Slot> slots) {
  Successors successors(parts.size());
  std::vector<std::uint32_t> part_of;
  for (const Slot slot : slots) part_of.push_back(mark(parts, successors, slot));
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    if (successors[number] == nullptr) continue;
    TextPart& part = parts[number];
    append_terms(*successors[number], terms_of(batch, part_of, number, *part.segment));
    subtract(totals, successors[number]->totals, part.removed == nullptr ? TextTotals{} : part.removed->totals);
    part.removed = std::move(successors[number]);
  }
}

}  // namespace scaup::inline v0
