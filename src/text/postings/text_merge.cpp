// TextIndex: merging parts, and writing all of them.

#include <algorithm>
#include <array>
#include <bit>

#include "base/boundary.hpp"
#include "text/postings/merge_parts.hpp"
#include "text/postings/segment_writer.hpp"
#include "text/postings/text_index.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kPartsOfTier = 4;

// Parts of a tier differ in size by less than a factor of 4.
std::size_t tier_of(const TextPart& part) noexcept {
  return static_cast<std::size_t>(std::bit_width(part.documents()) + 1) / 2;
}

bool is_worn(const TextPart& part) noexcept {
  return part.removed != nullptr && part.removed->totals.documents * 5 > part.segment->documents();
}

// The lowest tier that is full, if any.
std::optional<std::size_t> full_tier(std::span<const TextPart> parts) {
  std::array<std::size_t, 40> counts{};
  for (const TextPart& part : parts) ++counts[tier_of(part)];
  const auto full = std::ranges::find_if(counts, [](std::size_t count) { return count >= kPartsOfTier; });
  if (full == counts.end()) return std::nullopt;
  return static_cast<std::size_t>(full - counts.begin());
}

const TextPart* find_part(std::span<const TextPart> parts, const TextSegment::Pointer& segment) {
  const auto found = std::ranges::find(parts, segment, &TextPart::segment);
  return found == parts.end() ? nullptr : &*found;
}

// `after` less `before`, which counts no term more often.
RemovedTerms difference(const RemovedTerms& after, const RemovedTerms& before) {
  RemovedTerms out;
  auto subtracted = before.begin();
  for (const auto& [term, count] : after) {
    const bool same = subtracted != before.end() && subtracted->first == term;
    const std::uint32_t rest = count - (same ? subtracted->second : 0);
    if (same) ++subtracted;
    if (rest > 0) out.emplace_back(term, rest);
  }
  return out;
}

// Carries over to `out`, which belongs to `merged`, what was removed from a part since `before`.
void carry_over(const TextPart& before, const TextPart& now, const TextSegment& merged, RemovedDocuments& out) {
  if (now.removed == nullptr || now.removed == before.removed) return;
  const TextSegment& segment = *now.segment;
  for (std::uint32_t document = 0; document < segment.documents(); ++document) {
    if (now.holds(document) || !before.holds(document)) continue;
    if (const auto moved = merged.document_of(segment.slot(document))) mark_removed(out, merged, *moved);
  }
  const RemovedTerms since =
      difference(all_terms(*now.removed), before.removed == nullptr ? RemovedTerms() : all_terms(*before.removed));
  RemovedTerms terms;
  for (const auto& [term, count] : since) {
    if (const auto moved = merged.find(segment.term(term))) terms.emplace_back(*moved, count);
  }
  append_terms(out, std::move(terms));
}

}  // namespace

Status TextMerge::run(std::stop_token stop) {
  return guarded([&]() -> Status {
    auto bytes = merge_parts(parts_, {.totals = totals_}, stop);
    if (!bytes) return std::move(bytes).error();
    if (!bytes->empty()) {
      auto segment = open_owned(*std::move(bytes));
      if (!segment) return std::move(segment).error();
      merged_ = *std::move(segment);
    }
    done_ = true;
    return {};
  });
}

std::optional<TextMerge> TextIndex::next_merge() const {
  TextMerge merge;
  merge.totals_ = totals_;
  if (const auto tier = full_tier(parts_)) {
    std::ranges::copy_if(parts_, std::back_inserter(merge.parts_),
                         [&](const TextPart& part) { return tier_of(part) <= *tier; });
    return merge;
  }
  const auto worn = std::ranges::find_if(parts_, is_worn);
  if (worn == parts_.end()) return std::nullopt;
  merge.parts_.push_back(*worn);
  return merge;
}

Result<TextIndex::Pointer> TextIndex::adopt(const TextMerge& merge) const {
  return guarded([&]() -> Result<Pointer> {
    if (!merge.done_) return Error(ErrorCode::invalid_argument, "text index: a merge that was not run");
    auto removed = std::make_shared<RemovedDocuments>();
    for (const TextPart& before : merge.parts_) {
      const TextPart* const now = find_part(parts_, before.segment);
      if (now == nullptr) return of_parts(parts_, totals_);
      if (merge.merged_ != nullptr) carry_over(before, *now, *merge.merged_, *removed);
    }
    std::vector<TextPart> parts;
    std::ranges::copy_if(parts_, std::back_inserter(parts),
                         [&](const TextPart& part) { return find_part(merge.parts_, part.segment) == nullptr; });
    if (merge.merged_ != nullptr) {
      const bool any = removed->totals.documents > 0;
      parts.push_back({merge.merged_, any ? std::move(removed) : nullptr});
    }
    return of_parts(std::move(parts), totals_);
  });
}

Result<TextIndex::Pointer> TextIndex::tidied(std::stop_token stop) const {
  return guarded([&]() -> Result<Pointer> {
    Pointer index = of_parts(parts_, totals_);
    for (auto merge = index->next_merge(); merge; merge = index->next_merge()) {
      if (Status done = merge->run(stop); !done) return std::move(done).error();
      auto next = index->adopt(*merge);
      if (!next) return next;
      index = *std::move(next);
    }
    return index;
  });
}

Result<std::vector<std::byte>> TextIndex::serialize(std::span<const Slot> kept, std::stop_token stop) const {
  return guarded([&] { return merge_parts(parts_, {.kept = kept}, stop); });
}

}  // namespace scaup::inline v0
