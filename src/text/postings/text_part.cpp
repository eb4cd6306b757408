#include "text/postings/text_part.hpp"

#include <algorithm>

namespace scaup::inline v0 {

std::uint32_t TextPart::removed_df(std::uint32_t term) const noexcept {
  if (removed == nullptr) return 0;
  std::uint32_t count = 0;
  for (const auto& list : removed->terms) {
    const auto found = std::lower_bound(list->begin(), list->end(), term,
                                        [](const auto& entry, std::uint32_t wanted) { return entry.first < wanted; });
    if (found != list->end() && found->first == term) count += found->second;
  }
  return count;
}

RemovedTerms joined(const RemovedTerms& a, const RemovedTerms& b) {
  RemovedTerms out;
  out.reserve(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (kept > 0 && out[kept - 1].first == out[i].first) {
      out[kept - 1].second += out[i].second;
    } else {
      out[kept++] = out[i];
    }
  }
  out.resize(kept);
  return out;
}

RemovedTerms all_terms(const RemovedDocuments& removed) {
  RemovedTerms all;
  for (const auto& list : removed.terms) all = joined(all, *list);
  return all;
}

void append_terms(RemovedDocuments& removed, RemovedTerms added) {
  auto& lists = removed.terms;
  while (!lists.empty() && lists.back()->size() < 2 * added.size()) {
    added = joined(*lists.back(), added);
    lists.pop_back();
  }
  if (!added.empty()) lists.push_back(std::make_shared<const RemovedTerms>(std::move(added)));
}

void mark_removed(RemovedDocuments& removed, const TextSegment& segment, std::uint32_t document) {
  removed.bits.resize((std::size_t{segment.documents()} + 63) / 64);
  removed.bits[document / 64] |= std::uint64_t{1} << (document % 64);
  ++removed.totals.documents;
  removed.totals.body_tokens += segment.body_length(document);
  removed.totals.title_tokens += segment.title_length(document);
  if (segment.title_length(document) > 0) ++removed.totals.titled;
}

}  // namespace scaup::inline v0
