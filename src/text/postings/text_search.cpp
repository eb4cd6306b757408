#include "text/postings/text_search.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

using Found = PartTerms::Found;

Result<PartTerms> lists_of(const TextPart& part, const TextQuery& query, std::vector<std::uint64_t>& df) {
  PartTerms terms{&part, {}};
  for (std::size_t i = 0; i < query.terms.size(); ++i) {
    if (!(query.terms[i].weight > 0)) continue;
    const auto term = part.segment->find(query.terms[i].bytes);
    if (!term) continue;
    const auto list = part.segment->list(*term);
    if (!list) return list.error();
    df[i] += list->df - std::min(list->df, part.removed_df(*term));
    terms.found.push_back({*list, i, 0});
  }
  return terms;
}

}  // namespace

std::vector<TextCursor> PartTerms::cursors() const {
  std::vector<TextCursor> cursors;
  cursors.reserve(found.size());
  for (const Found& each : found) cursors.emplace_back(*part->segment, each.list, each.weight);
  return cursors;
}

Result<std::vector<PartTerms>> find_terms(std::span<const TextPart> parts, const TextTotals& totals,
                                          const TextQuery& query) {
  std::vector<std::uint64_t> df(query.terms.size());
  std::vector<PartTerms> terms;
  for (const TextPart& part : parts) {
    auto lists = lists_of(part, query, df);
    if (!lists) return std::move(lists).error();
    terms.push_back(*std::move(lists));
  }
  for (PartTerms& part : terms) {
    for (Found& each : part.found) {
      each.weight = query.terms[each.term].weight * inverse_document_frequency(totals.documents, df[each.term]);
    }
  }
  return terms;
}

bool TopHits::better(const TextHit& a, const TextHit& b) const {
  const double of_a = combined(a);
  const double of_b = combined(b);
  if (of_a != of_b) return of_a > of_b;
  return options_.judge == nullptr ? a.slot < b.slot : options_.judge->precedes(a.slot, b.slot);
}

void TopHits::offer(const TextHit& hit) {
  const auto order = [this](const TextHit& a, const TextHit& b) { return better(a, b); };
  if (full() && !better(hit, hits_.front())) return;
  if (options_.judge != nullptr && !options_.judge->accepts(hit.slot)) return;
  if (full()) {
    std::pop_heap(hits_.begin(), hits_.end(), order);
    hits_.pop_back();
  }
  hits_.push_back(hit);
  std::push_heap(hits_.begin(), hits_.end(), order);
}

std::vector<TextHit> TopHits::take() {
  std::sort(hits_.begin(), hits_.end(), [this](const TextHit& a, const TextHit& b) { return better(a, b); });
  return std::move(hits_);
}

}  // namespace scaup::inline v0
