// Exact top-k in one segment, by MaxScore over windows of documents.
//
// A window is 4,096 documents. For each term the highest impact of its blocks in the window bounds what it can add.
// Terms whose bounds together do not reach the k-th best score ("optional" here) cannot bring a document into the
// answer alone; so only the postings of the others are added up, and the optional terms are looked up for those
// documents that they could still lift over the threshold. What is left is scored exactly, the most promising first.
//
// Sums are integers, scaled so that the bounds of all terms fit into 30 bits, and each is rounded up: a sum is never
// below the score that it stands for, and does not depend on the order of additions. A document is passed over only
// if its sum is below the threshold, which is rounded down; the margin of 1e-9 is far above what rounding of doubles
// can add up to.

#include <algorithm>
#include <array>
#include <cmath>

#include "text/postings/text_search.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::uint32_t kWindow = 4096;
constexpr double kScale = 1U << 30U;

// What one unit of impact of a term counts.
struct Units {
  std::int32_t body = 0;
  std::int32_t title = 0;
};

// How high a term's sum may be in the window.
struct Bound {
  std::int32_t sum = 0;
  std::uint32_t term = 0;
};

struct Candidate {
  std::int32_t sum = 0;
  std::uint32_t document = 0;
};

// An impact holds for the average at the time of writing; a longer one since can raise it by as much.
double growth(double now, double then) noexcept {
  return std::clamp(then > 0 ? now / then : 255.0, 1.0, 255.0);
}

class PartSearch {
 public:
  PartSearch(const PartTerms& terms, const TextTotals& totals, const TextSearchOptions& options, TopHits& hits,
             TextSearchCounters& counters)
      : segment_(*terms.part->segment),
        part_(*terms.part),
        cursors_(terms.cursors()),
        totals_(totals),
        options_(options),
        hits_(hits),
        counters_(counters) {
    set_units();
    sums_.fill(0);
    raise_threshold();
  }

  Status run(const std::stop_token& stop) {
    for (std::uint64_t begin = 0; begin < segment_.documents(); begin += kWindow) {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled during a keyword search");
      begin_ = static_cast<std::uint32_t>(begin);
      end_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(begin + kWindow, segment_.documents()));
      search_window();
    }
    const bool damaged = std::ranges::any_of(cursors_, [](const TextCursor& cursor) { return cursor.damaged(); });
    return damaged ? Status(segment_.damaged("postings that cannot be")) : Status();
  }

 private:
  void set_units() {
    const double body = growth(totals_.body_average(), segment_.body_average());
    const double title = options_.title_weight * growth(totals_.title_average(), segment_.title_average());
    double all = 0;
    for (const TextCursor& cursor : cursors_) all += cursor.weight() * (body + title);
    scale_ = all > 0 ? kScale / all : 0;
    for (const TextCursor& cursor : cursors_) {
      const double unit = cursor.weight() * scale_ / 255;
      units_.push_back(
          {static_cast<std::int32_t>(std::ceil(unit * body)), static_cast<std::int32_t>(std::ceil(unit * title))});
    }
  }

  void raise_threshold() {
    if (!hits_.full()) return;
    threshold_ = static_cast<std::int32_t>(std::min(hits_.threshold() * scale_ * (1 - 1e-9), 2.0 * kScale - 1));
  }

  void search_window() {
    bound_terms();
    std::int32_t optional_sum = 0;
    std::size_t optional = 0;
    while (optional < bounds_.size() && optional_sum + bounds_[optional].sum < threshold_) {
      optional_sum += bounds_[optional++].sum;
    }
    if (optional == bounds_.size()) return;
    for (std::size_t i = optional; i < bounds_.size(); ++i) add_up(bounds_[i].term);
    while (optional > 0 && is_worth_a_pass(bounds_[optional - 1].term, threshold_ - optional_sum)) {
      optional_sum -= bounds_[--optional].sum;
      add_up(bounds_[optional].term);
    }
    if (!hits_.full()) score_highest();
    collect(threshold_ - optional_sum);
    while (optional > 0 && !candidates_.empty()) {
      optional_sum -= bounds_[--optional].sum;
      look_up(bounds_[optional].term);
      drop_below(threshold_ - optional_sum);
    }
    settle();
    sums_.fill(0);
  }

  // Whether adding all postings of an optional term costs less than looking for each document that it may lift.
  [[nodiscard]] bool is_worth_a_pass(std::uint32_t term, std::int32_t least) const noexcept {
    constexpr std::size_t kPostingsForOneLookUp = 16;
    constexpr std::size_t kFew = 512;  // fewer postings than it takes to count the documents
    const TextCursor& cursor = cursors_[term];
    std::uint32_t last = cursor.block();
    while (last < cursor.blocks() && cursor.first_document(last) < end_) ++last;
    const std::size_t postings = std::size_t{last - cursor.block()} * TextSegment::kBlockSize;
    return postings <= kFew || postings <= count(least) * kPostingsForOneLookUp;
  }

  // How many sums are at least `least`.
  [[nodiscard]] std::size_t count(std::int32_t least) const noexcept {
    std::uint32_t found = 0;
    for (const std::int32_t sum : sums_) found += static_cast<std::uint32_t>(least - 1 - sum) >> 31U;
    return found;
  }

  // Before there are k hits every document is a candidate. Scoring those with high sums first gives a threshold for
  // the others. All terms are added up then, for none is optional.
  void score_highest() {
    std::int32_t least = *std::ranges::max_element(sums_);
    while (!hits_.full() && least > 1) {
      least -= least / 4 + 1;
      collect(least);
      settle();
      for (const std::uint32_t document : settled_) sums_[document - begin_] = 0;
      settled_.clear();
    }
  }

  // The bounds of all terms that the window may have, the lowest first.
  void bound_terms() {
    bounds_.clear();
    for (std::uint32_t term = 0; term < cursors_.size(); ++term) {
      const std::int32_t sum = bound_of(term);
      if (sum > 0) bounds_.push_back({sum, term});
    }
    std::ranges::sort(bounds_, {}, &Bound::sum);
  }

  std::int32_t bound_of(std::uint32_t term) {
    TextCursor& cursor = cursors_[term];
    cursor.seek(begin_);
    std::uint32_t block = cursor.block();
    if (block == cursor.blocks()) return 0;
    const bool one_block = block + 1 == cursor.blocks() || cursor.last_document(block) + 1 >= end_;
    if (one_block && (cursor.blocks() == 1 || cursor.is_decoded(block)) && misses_window(cursor.decoded(block))) {
      return 0;
    }
    std::uint8_t body = 0;
    std::uint8_t title = 0;
    for (; block < cursor.blocks() && cursor.first_document(block) < end_; ++block) {
      body = std::max(body, cursor.body_impact(block));
      title = std::max(title, cursor.title_impact(block));
    }
    return body * units_[term].body + title * units_[term].title;
  }

  [[nodiscard]] bool misses_window(const TextSegment::Postings& postings) const noexcept {
    const std::size_t place = place_of(postings, begin_);
    return place == postings.size || postings.documents[place] >= end_;
  }

  // Adds the impacts of a term's postings in the window to the sums of their documents.
  void add_up(std::uint32_t term) {
    TextCursor& cursor = cursors_[term];
    for (std::uint32_t block = cursor.block(); block < cursor.blocks(); ++block) {
      if (cursor.first_document(block) >= end_) return;
      const TextSegment::Postings& postings = cursor.decoded(block);
      const std::size_t from = cursor.first_document(block) < begin_ ? place_of(postings, begin_) : 0;
      const std::size_t to = cursor.last_document(block) >= end_ ? place_of(postings, end_) : postings.size;
      std::int32_t* const sums = sums_.data();
      const std::int32_t unit = units_[term].body;
      for (std::size_t i = from; i < to; ++i) sums[postings.documents[i] - begin_] += postings.impacts[i] * unit;
      if (units_[term].title > 0 && postings.titles > 0) add_titles(postings, from, to, units_[term].title);
      counters_.postings += to - std::min(from, to);
    }
  }

  void add_titles(const TextSegment::Postings& postings, std::size_t from, std::size_t to, std::int32_t unit) {
    for (std::size_t i = 0; i < postings.titles; ++i) {
      const std::size_t place = postings.title_places[i];
      if (place >= from && place < to) sums_[postings.documents[place] - begin_] += postings.title_impacts[i] * unit;
    }
  }

  // Takes the documents with a sum of at least `least` (and above 0).
  void collect(std::int32_t least) {
    constexpr std::uint32_t kStep = 16;
    least = std::max(least, 1);
    candidates_.clear();
    for (std::uint32_t at = 0; at < end_ - begin_; at += kStep) {
      const std::int32_t* const sums = sums_.data() + at;
      std::int32_t any = 0;  // negative if one of the differences is
      for (std::size_t i = 0; i < kStep; ++i) any |= least - 1 - sums[i];
      if (any >= 0) continue;
      for (std::uint32_t i = 0; i < kStep; ++i) {
        if (sums[i] >= least && may_answer(begin_ + at + i)) candidates_.push_back({sums[i], begin_ + at + i});
      }
    }
  }

  [[nodiscard]] bool may_answer(std::uint32_t document) const noexcept {
    if (!part_.holds(document)) return false;
    if (options_.selected.data() == nullptr) return true;
    const Slot slot = segment_.slot(document);
    return slot / 64 < options_.selected.size() && (options_.selected[slot / 64] >> (slot % 64) & 1U) != 0;
  }

  // Adds the impacts of an optional term to the candidates, which ascend.
  void look_up(std::uint32_t term) {
    TextCursor& cursor = cursors_[term];
    std::uint32_t block = cursor.block();
    const Units units = units_[term];
    for (Candidate& candidate : candidates_) {
      while (block < cursor.blocks() && cursor.last_document(block) < candidate.document) ++block;
      if (block == cursor.blocks()) return;
      if (cursor.first_document(block) > candidate.document) continue;
      const TextSegment::Postings& postings = cursor.decoded(block);
      const std::size_t place = place_of(postings, candidate.document);
      ++counters_.postings;
      if (place == postings.size || postings.documents[place] != candidate.document) continue;
      candidate.sum += postings.impacts[place] * units.body;
      // The block's highest bounds this title's; finding its own would take longer than it saves.
      if (units.title > 0 && postings.titles > 0) candidate.sum += cursor.title_impact(block) * units.title;
    }
  }

  void drop_below(std::int32_t least) {
    std::erase_if(candidates_, [least](const Candidate& candidate) { return candidate.sum < least; });
  }

  // Scores the candidates exactly, those with the highest sums first, until the rest cannot be better.
  void settle() {
    settled_.clear();
    const auto order = [](const Candidate& a, const Candidate& b) {
      return a.sum != b.sum ? a.sum < b.sum : a.document > b.document;
    };
    std::make_heap(candidates_.begin(), candidates_.end(), order);
    while (!candidates_.empty() && candidates_.front().sum >= threshold_) {
      std::pop_heap(candidates_.begin(), candidates_.end(), order);
      score(candidates_.back().document);
      settled_.push_back(candidates_.back().document);
      candidates_.pop_back();
    }
  }

  void score(std::uint32_t document) {
    TextHit hit{.slot = segment_.slot(document)};
    for (TextCursor& cursor : cursors_) cursor.add_score(document, totals_, hit.score);
    ++counters_.scored;
    hits_.offer(hit);
    raise_threshold();
  }

  const TextSegment& segment_;
  const TextPart& part_;
  std::vector<TextCursor> cursors_;
  const TextTotals& totals_;
  const TextSearchOptions& options_;
  TopHits& hits_;
  TextSearchCounters& counters_;
  double scale_ = 0;
  std::int32_t threshold_ = 0;  // sums below cannot enter the answer
  std::vector<Units> units_;    // for each cursor
  std::uint32_t begin_ = 0;     // the window
  std::uint32_t end_ = 0;
  std::vector<Bound> bounds_;
  std::vector<Candidate> candidates_;
  std::vector<std::uint32_t> settled_;      // documents that the last `settle` scored
  std::array<std::int32_t, kWindow> sums_;  // for each document of the window
};

}  // namespace

Status search_part(const PartTerms& terms, const TextTotals& totals, const TextSearchOptions& options, TopHits& hits,
                   TextSearchCounters& counters, const std::stop_token& stop) {
  if (terms.found.empty()) return {};
  return PartSearch(terms, totals, options, hits, counters).run(stop);
}

}  // namespace scaup::inline v0
