#include "engine/neighbour_lists.hpp"

#include <algorithm>

#include "base/boundary.hpp"
#include "engine/text_state.hpp"

namespace scaup::inline v0 {
namespace {

// Terms of a document that are asked for: the heaviest, which find the same neighbours as all of them at a fraction of
// the cost.
constexpr std::size_t kTerms = 20;
// What a search accepts.
constexpr double kLowestWeight = 1e-9;

// Everything but the document itself.
class OthersJudge final : public TextJudge {
 public:
  explicit OthersJudge(Slot self) : self_(self) {}
  [[nodiscard]] bool accepts(Slot slot) const override { return slot != self_; }

 private:
  const Slot self_;
};

/// Finds the neighbours of the documents of one range.
class NeighbourSearch {
 public:
  NeighbourSearch(const TextState& state, const std::stop_token& stop) : state_(state), stop_(stop) {}

  Result<std::vector<NeighbourLists::Links>> run(const NeighbourLists::Range& range) {
    if (Status analysed = analyse(range); !analysed) return std::move(analysed).error();
    if (Status known = look_up_terms(); !known) return std::move(known).error();
    std::vector<NeighbourLists::Links> links(range.end - range.begin);
    auto entry = batch_.entries().begin();
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "cancelled while neighbours were looked for");
      const auto first = entry;
      while (entry != batch_.entries().end() && entry->document == i) ++entry;
      auto found = neighbours(slots_[i], query_of(std::span(first, entry)));
      if (!found) return std::move(found).error();
      links[slots_[i] - range.begin] = *found;
    }
    return links;
  }

 private:
  Status analyse(const NeighbourLists::Range& range) {
    const Snapshot& snapshot = *state_.snapshot;
    AnalyzerScratch scratch;
    for (std::size_t row = range.begin; row < range.end; ++row) {
      const auto slot = static_cast<Slot>(row);
      if (!snapshot.visible(slot)) continue;
      const DocumentView document = snapshot.document(slot);
      batch_.add(*state_.analyzer, scratch, title_of(document, snapshot.schema.title_key), document.text());
      slots_.push_back(slot);
    }
    return snapshot.intact();
  }

  Status look_up_terms() {
    for (std::uint32_t term = 0; term < batch_.terms(); ++term) {
      const auto df = state_.index->document_frequency(batch_.term(term));
      if (!df) return df.error();
      // A word of one document leads to no other.
      idf_.push_back(*df < 2 ? 0 : inverse_document_frequency(state_.index->totals().documents, *df));
    }
    return {};
  }

  // The heaviest terms of a document. Equal weights are ordered by the bytes, so that it does not matter which
  // documents are looked at together.
  [[nodiscard]] TextQuery query_of(std::span<const TextBatch::Entry> entries) const {
    struct Weighted {
      double weight;
      std::string_view term;
    };
    std::vector<Weighted> terms;
    const double average = state_.index->totals().body_average();
    for (const TextBatch::Entry& entry : entries) {
      const std::uint32_t length = batch_.body_lengths()[entry.document];
      const double weight = idf_[entry.term] * saturation(kBodyField, entry.body_tf, length, average);
      if (weight >= kLowestWeight) terms.push_back({weight, batch_.term(entry.term)});
    }
    const auto heaviest = terms.begin() + static_cast<std::ptrdiff_t>(std::min(kTerms, terms.size()));
    std::ranges::partial_sort(terms, heaviest, [](const Weighted& a, const Weighted& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.term < b.term;
    });
    TextQuery query;
    for (auto term = terms.begin(); term != heaviest; ++term) {
      query.terms.push_back({std::string(term->term), term->weight});
    }
    return query;
  }

  Result<NeighbourLists::Links> neighbours(Slot self, const TextQuery& query) {
    NeighbourLists::Links links;
    if (query.terms.empty()) return links;
    const OthersJudge judge(self);
    const auto hits = state_.index->top_k(query, {.k = NeighbourLists::kNeighbours, .judge = &judge}, counters_, stop_);
    if (!hits) return hits.error();
    for (std::size_t i = 0; i < hits->size(); ++i) {
      links[i] = {.slot = (*hits)[i].slot, .similarity = static_cast<float>((*hits)[i].score.body)};
    }
    return links;
  }

  const TextState& state_;
  const std::stop_token& stop_;
  TextBatch batch_;
  std::vector<Slot> slots_;  // of the documents of the batch
  std::vector<double> idf_;  // of its terms
  TextSearchCounters counters_;
};

}  // namespace

NeighbourLists::Range NeighbourLists::next_range(std::size_t rows) const noexcept {
  const std::size_t begin = end_ < rows || rows < 2 * pass_rows_ ? end_ : 0;
  return {.begin = begin, .end = std::max(begin, std::min(rows, (begin / kSlice + 1) * kSlice))};
}

NeighbourLists::Pointer NeighbourLists::with(const Range& range, std::size_t rows, std::span<const Links> links) const {
  auto next = std::make_shared<NeighbourLists>(*this);
  const std::size_t number = range.begin / kSlice;
  if (next->slices_.size() <= number) next->slices_.resize(number + 1);
  std::shared_ptr<const Slice>& place = next->slices_[number];
  auto slice = place == nullptr ? std::make_shared<Slice>() : std::make_shared<Slice>(*place);
  std::ranges::copy(links, slice->begin() + static_cast<std::ptrdiff_t>(range.begin % kSlice));
  place = std::move(slice);
  next->end_ = range.end;
  if (range.begin == 0) next->pass_rows_ = rows;
  return next;
}

Result<NeighbourLists::Pointer> extend_neighbour_lists(const TextState& state, const std::stop_token& stop) {
  return guarded([&]() -> Result<NeighbourLists::Pointer> {
    static const NeighbourLists kNone;
    const NeighbourLists& lists = state.neighbours == nullptr ? kNone : *state.neighbours;
    const NeighbourLists::Range range = lists.next_range(state.snapshot->rows);
    if (range.begin == range.end) return state.neighbours;
    auto links = NeighbourSearch(state, stop).run(range);
    if (!links) return std::move(links).error();
    return lists.with(range, state.snapshot->rows, *links);
  });
}

}  // namespace scaup::inline v0
