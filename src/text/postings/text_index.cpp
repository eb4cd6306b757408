#include "text/postings/text_index.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "base/boundary.hpp"
#include "text/postings/segment_writer.hpp"
#include "text/postings/text_removal.hpp"
#include "text/postings/text_search.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostTerms = 16384;
// Between these, sums of products stay far from what a double cannot hold.
constexpr double kLowestWeight = 1e-9;
constexpr double kHighestWeight = 1e9;

Status check_change(const TextBatch* batch, std::span<const Slot> slots, const char* which) {
  const std::size_t documents = batch == nullptr ? 0 : batch->documents();
  if (documents == slots.size()) return {};
  return Error(ErrorCode::invalid_argument, "text index: " + std::to_string(documents) + " " + which +
                                                " documents, but " + std::to_string(slots.size()) + " slots");
}

Status check_terms(const TextQuery& query) {
  const auto out_of_range = [](const TextQuery::Term& term) {
    return term.weight > 0 && (term.weight < kLowestWeight || term.weight > kHighestWeight);
  };
  if (std::ranges::any_of(query.terms, out_of_range)) {
    return Error(ErrorCode::invalid_argument, "keyword search: the weight of a term must be from 1e-9 to 1e9");
  }
  if (query.terms.size() <= kMostTerms) return {};
  return Error(ErrorCode::invalid_argument, "keyword search: the query has " + std::to_string(query.terms.size()) +
                                                " terms; at most " + std::to_string(kMostTerms) + " are accepted");
}

Status check_query(const TextQuery& query, const TextSearchOptions& options) {
  if (options.k == 0) return Error(ErrorCode::invalid_argument, "keyword search: k is 0; it must be at least 1");
  if (!(options.title_weight >= 0 && options.title_weight <= kHighestWeight)) {
    return Error(ErrorCode::invalid_argument, "keyword search: the title weight must be from 0 to 1e9");
  }
  return check_terms(query);
}

// The documents that a part holds of these slots, ascending, and where their scores belong.
std::vector<std::pair<std::uint32_t, std::size_t>> places_in(const TextPart& part, std::span<const Slot> slots) {
  std::vector<std::pair<std::uint32_t, std::size_t>> places;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto document = part.segment->document_of(slots[i]);
    if (document && part.holds(*document)) places.emplace_back(*document, i);
  }
  if (!std::ranges::is_sorted(places)) std::ranges::sort(places);
  return places;
}

// Adds what one part gives to the scores of the slots that it holds.
Status score_part(const PartTerms& terms, const TextTotals& totals, std::span<const Slot> slots,
                  std::span<TextScore> scores) {
  std::vector<TextCursor> cursors = terms.cursors();
  for (const auto& [document, place] : places_in(*terms.part, slots)) {
    for (TextCursor& cursor : cursors) {
      cursor.seek(document);
      cursor.add_score(document, totals, scores[place]);
    }
  }
  const bool damaged = std::ranges::any_of(cursors, [](const TextCursor& cursor) { return cursor.damaged(); });
  return damaged ? Status(terms.part->segment->damaged("postings that cannot be")) : Status();
}

}  // namespace

TextIndex::Pointer TextIndex::of_parts(std::vector<TextPart> parts, const TextTotals& totals) {
  auto index = std::make_shared<TextIndex>();
  index->parts_ = std::move(parts);
  index->totals_ = totals;
  return index;
}

Result<TextIndex::Pointer> TextIndex::empty() {
  return guarded([&]() -> Result<Pointer> { return of_parts({}, {}); });
}

Result<TextIndex::Pointer> TextIndex::of(TextSegment::Pointer segment) {
  return guarded([&]() -> Result<Pointer> {
    const TextTotals totals = segment->totals();
    return of_parts({{std::move(segment), nullptr}}, totals);
  });
}

Result<TextIndex::Pointer> TextIndex::changed(const TextChange& change) const {
  return guarded([&]() -> Result<Pointer> {
    if (Status fits = check_change(change.removed, change.removed_slots, "removed"); !fits) return fits.error();
    if (Status fits = check_change(change.added, change.added_slots, "added"); !fits) return fits.error();
    std::vector<TextPart> parts = parts_;
    TextTotals totals = totals_;
    if (!change.removed_slots.empty()) remove_documents(parts, totals, *change.removed, change.removed_slots);
    if (change.added_slots.empty()) return of_parts(std::move(parts), totals);
    const TextBatch& batch = *change.added;
    totals.documents += batch.documents();
    for (const std::uint32_t length : batch.body_lengths()) totals.body_tokens += length;
    for (const std::uint32_t length : batch.title_lengths()) {
      totals.title_tokens += length;
      if (length > 0) ++totals.titled;
    }
    auto bytes = write_segment(batch, change.added_slots, totals);
    if (!bytes) return std::move(bytes).error();
    auto segment = open_owned(*std::move(bytes));
    if (!segment) return std::move(segment).error();
    parts.push_back({*std::move(segment), nullptr});
    return of_parts(std::move(parts), totals);
  });
}

std::size_t TextIndex::memory_bytes() const noexcept {
  std::size_t bytes = 0;
  for (const TextPart& part : parts_) {
    bytes += part.segment->bytes().size();
    if (part.removed == nullptr) continue;
    bytes += part.removed->bits.size() * sizeof(std::uint64_t);
    for (const auto& list : part.removed->terms) bytes += list->size() * sizeof(list->front());
  }
  return bytes;
}

std::optional<std::pair<std::size_t, std::uint32_t>> TextIndex::find(Slot slot) const noexcept {
  for (std::size_t number = 0; number < parts_.size(); ++number) {
    const auto document = parts_[number].segment->document_of(slot);
    if (document && parts_[number].holds(*document)) return std::pair(number, *document);
  }
  return std::nullopt;
}

bool TextIndex::contains(Slot slot) const noexcept {
  return find(slot).has_value();
}

Result<std::uint64_t> TextIndex::document_frequency(std::string_view term) const {
  return guarded([&]() -> Result<std::uint64_t> {
    std::uint64_t df = 0;
    for (const TextPart& part : parts_) {
      const auto number = part.segment->find(term);
      if (!number) continue;
      const auto list = part.segment->list(*number);
      if (!list) return list.error();
      df += list->df - std::min(list->df, part.removed_df(*number));
    }
    return df;
  });
}

Result<std::vector<TextHit>> TextIndex::top_k(const TextQuery& query, const TextSearchOptions& options,
                                              TextSearchCounters& counters, std::stop_token stop) const {
  return guarded([&]() -> Result<std::vector<TextHit>> {
    if (Status valid = check_query(query, options); !valid) return std::move(valid).error();
    auto terms = find_terms(parts_, totals_, query);
    if (!terms) return std::move(terms).error();
    // Large parts first: they raise the threshold for the rest.
    std::ranges::sort(*terms, std::greater<>(), [](const PartTerms& each) { return each.part->documents(); });
    TopHits hits(options);
    for (const PartTerms& part : *terms) {
      if (Status done = search_part(part, totals_, options, hits, counters, stop); !done)
        return std::move(done).error();
    }
    return hits.take();
  });
}

Result<std::vector<TextScore>> TextIndex::score(const TextQuery& query, std::span<const Slot> slots) const {
  return guarded([&]() -> Result<std::vector<TextScore>> {
    if (Status valid = check_terms(query); !valid) return std::move(valid).error();
    auto terms = find_terms(parts_, totals_, query);
    if (!terms) return std::move(terms).error();
    std::vector<TextScore> scores(slots.size());
    for (const PartTerms& part : *terms) {
      if (Status done = score_part(part, totals_, slots, scores); !done) return std::move(done).error();
    }
    return scores;
  });
}

}  // namespace scaup::inline v0
