#include "text/postings/text_search.hpp"

#include <algorithm>

namespace scaup::inline v0 {
namespace {

// A list and the place of its term in the query.
struct Found {
  std::size_t term = 0;
  TextSegment::List list = {};
};

Result<std::vector<Found>> lists_of(const TextPart& part, const TextQuery& query, std::vector<std::uint64_t>& df) {
  std::vector<Found> found;
  for (std::size_t i = 0; i < query.terms.size(); ++i) {
    if (!(query.terms[i].weight > 0)) continue;
    const auto term = part.segment->find(query.terms[i].bytes);
    if (!term) continue;
    const auto list = part.segment->list(*term);
    if (!list) return list.error();
    df[i] += list->df - std::min(list->df, part.removed_df(*term));
    found.push_back({i, *list});
  }
  return found;
}

}  // namespace

Result<std::vector<PartTerms>> find_terms(std::span<const TextPart> parts, const TextTotals& totals,
                                          const TextQuery& query) {
  std::vector<std::uint64_t> df(query.terms.size());
  std::vector<std::vector<Found>> found;
  for (const TextPart& part : parts) {
    auto lists = lists_of(part, query, df);
    if (!lists) return std::move(lists).error();
    found.push_back(*std::move(lists));
  }
  std::vector<double> weights(query.terms.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = query.terms[i].weight * inverse_document_frequency(totals.documents, df[i]);
  }
  std::vector<PartTerms> terms(parts.size());
  for (std::size_t number = 0; number < parts.size(); ++number) {
    terms[number].part = &parts[number];
    terms[number].cursors.reserve(found[number].size());
    for (const Found& each : found[number]) {
      terms[number].cursors.emplace_back(*parts[number].segment, each.list, weights[each.term]);
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
