// Filtered walks through the graph beside the plain walk and the exact scan of the rows that match: for filters that
// keep random rows, the rows nearest to the query, the farthest, or those around another query, at several shares, and
// with tombstones. A doubtful walk is followed by the exact scan, and both are counted. Prints recall@10, the median
// processor time of the thread, codes compared and hops: at the width of the plain walk that reaches the recall, and at
// the width that the filtered walk needs.
//
//   bench_filtered_walk [rows of the generated set, default 100000; 0: without it] [its dimension, default 384]

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "bench_vectors.hpp"
#include "filter/slot_set.hpp"
#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/graph_walk.hpp"
#include "simd/kernels.hpp"

namespace {

using namespace scaup;
using namespace scaup::bench;

constexpr std::size_t kK = 10;
constexpr std::size_t kAnchors = 10;
constexpr std::size_t kProbesEach = 10;
constexpr std::size_t kProbes = kAnchors * kProbesEach;
constexpr double kRecall = 0.95;
constexpr double kShares[] = {0.5, 0.2, 0.1, 0.05, 0.02, 0.01};
constexpr std::size_t kWidths[] = {10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024};

double now_us() {
  std::timespec time = {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e6 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

class AnyRow final : public RowJudge {
 public:
  bool accepts(Slot) const override { return true; }
  bool id_precedes(Slot a, Slot b) const override { return a < b; }
};

struct Rows {
  explicit Rows(const Vectors& vectors)
      : in_segment(rows_per_segment(vectors.dimension)), dimension(vectors.dimension), count(vectors.count()) {
    for (std::size_t i = 0; i < count; ++i) {
      if (i % in_segment == 0) segments.push_back(std::make_unique<RowSegment>(in_segment, dimension));
      segments.back()->write(i % in_segment, vectors.at(i));
    }
    for (const auto& segment : segments) pointers.push_back(segment.get());
  }
  /// Rows that died are dead from sequence 1 on.
  [[nodiscard]] RowsView view(Sequence sequence) const { return {pointers, count, in_segment, dimension, sequence}; }
  void remove(Slot slot) { segments[slot / in_segment]->remove(slot % in_segment, 1); }

  std::size_t in_segment, dimension, count;
  std::vector<std::unique_ptr<RowSegment>> segments;
  std::vector<const RowSegment*> pointers;
};

enum class Kind : std::uint8_t { random, nearest, farthest, elsewhere };
constexpr Kind kKinds[] = {Kind::random, Kind::nearest, Kind::farthest, Kind::elsewhere};
constexpr const char* kKindNames[] = {"random", "nearest", "farthest", "elsewhere"};

/// The rows that a filter keeps.
struct Kept {
  std::vector<Slot> slots;
  std::vector<std::uint64_t> words;
  double share = 0;  // of the rows that match and are alive
};

struct Probe {
  std::vector<float> vector;
  std::size_t anchor = 0;
};

/// A few of the set's queries, and others close to each, as bench/compare has them.
std::vector<Probe> probes_of(const Vectors& queries) {
  std::mt19937_64 random(11);
  std::normal_distribution<float> normal(0, 0.3F / std::sqrt(static_cast<float>(queries.dimension)));
  std::vector<Probe> probes;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const auto anchor = queries.at(i / kProbesEach);
    Probe probe{{anchor.begin(), anchor.end()}, i / kProbesEach};
    if (i % kProbesEach > 0) std::ranges::for_each(probe.vector, [&](float& x) { x += normal(random); });
    normalise(probe.vector);
    probes.push_back(std::move(probe));
  }
  return probes;
}

std::vector<Slot> by_nearness(const Vectors& base, std::span<const float> query) {
  std::vector<float> scores(base.count());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = kernels().dot(query.data(), base.at(i).data(), base.dimension);
  }
  std::vector<Slot> order(base.count());
  std::iota(order.begin(), order.end(), Slot{0});
  std::ranges::sort(order, [&](Slot a, Slot b) { return scores[a] > scores[b]; });
  return order;
}

struct Measured {
  double recall = 0, us = 0, codes = 0, hops = 0, rescored = 0, fewest = 0, doubtful = 0;
};

class Comparison {
 public:
  Comparison(std::string name, const Vectors& base, const Vectors& queries)
      : name_(std::move(name)), base_(base), rows_(base), probes_(probes_of(queries)) {
    const GraphOptions options{.metric = Metric::cosine, .dimension = base.dimension};
    auto builder = GraphBuilder::create(options, base.count()).value();
    builder->insert_range(rows_.view(0), 0, static_cast<Slot>(base.count()), 2, {}).value();
    graph_ = std::make_unique<Graph>(options);
    graph_->publish_all(*builder, rows_.view(0), 2).value();
    rankings_.emplace_back(base.count());
    std::iota(rankings_[0].begin(), rankings_[0].end(), Slot{0});
    std::shuffle(rankings_[0].begin(), rankings_[0].end(), std::mt19937_64(5));
    for (std::size_t a = 0; a < kAnchors; ++a) rankings_.push_back(by_nearness(base, probes_[a * kProbesEach].vector));
    std::vector<Slot> any(rankings_[0]);
    std::shuffle(any.begin(), any.end(), std::mt19937_64(6));
    dead_.resize(base.count());
    for (std::size_t i = 0; i < base.count() / 5; ++i) {
      rows_.remove(any[i]);
      dead_[any[i]] = true;
    }
  }

  void run() {
    for (const Sequence sequence : {Sequence{0}, Sequence{1}}) {
      view_ = rows_.view(sequence);
      plain_truth_ = truth({});
      const double alive = sequence == 0 ? 1.0 : 0.8;
      std::size_t width = 0;
      Measured plain;
      for (const std::size_t ef : kWidths) {
        plain = measure({}, width = ef, alive, plain_truth_);
        if (plain.recall >= kRecall) break;
      }
      std::printf("\n%s %zu x %zu, %.0f %% dead; plain walk: ef %zu, recall %.3f, %.1f us, %.0f codes, %.0f hops\n\n",
                  name_.c_str(), base_.count(), base_.dimension, 100 - 100 * alive, width, plain.recall, plain.us,
                  plain.codes, plain.hops);
      std::printf(
          "| filter | share | recall at %zu | x plain | ef | recall | us | x plain | codes | hops | doubtful | "
          "scan us | x plain |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
          width);
      for (const Kind kind : kKinds) {
        for (const double share : kShares) row(kind, share, width, plain);
      }
    }
  }

  void words_cost() {
    std::printf("\nSlotSet to_words, us:");
    for (const double share : kShares) {
      const Kept kept = kept_by(Kind::random, share, 0);
      const SlotSet set = SlotSet::of(kept.slots);
      std::vector<std::uint64_t> words(kept.words.size());
      std::vector<double> times;
      for (int i = 0; i < 51; ++i) {
        const double start = now_us();
        set.to_words(words);
        times.push_back(now_us() - start);
      }
      std::printf("  %g: %.1f", share, median(times));
    }
    std::printf("\n");
  }

 private:
  void row(Kind kind, double share, std::size_t width, const Measured& plain) {
    std::vector<Kept> kept;
    for (std::size_t a = 0; a < kAnchors; ++a) kept.push_back(kept_by(kind, share, a));
    const auto right = truth(kept);
    const Measured same = measure(kept, width, 0, right);
    Measured enough;
    std::size_t ef = 0;
    for (const std::size_t w : kWidths) {
      enough = measure(kept, ef = w, 0, right);
      if (enough.recall >= kRecall || enough.us > scan_us_) break;
    }
    std::printf("| %s | %g | %.3f | %.2f | %zu | %.3f | %.1f | %.2f | %.0f | %.0f | %.2f | %.1f | %.2f |\n",
                kKindNames[static_cast<std::size_t>(kind)], share, same.recall, same.us / plain.us, ef, enough.recall,
                enough.us, enough.us / plain.us, enough.codes, enough.hops, enough.doubtful, scan_us_,
                scan_us_ / plain.us);
    std::fflush(stdout);
  }

  [[nodiscard]] Kept kept_by(Kind kind, double share, std::size_t anchor) const {
    const std::size_t which = kind == Kind::random      ? 0
                              : kind == Kind::elsewhere ? 1 + (anchor + 1) % kAnchors
                                                        : 1 + anchor;
    const auto& order = rankings_[which];
    const auto count = static_cast<std::ptrdiff_t>(static_cast<double>(order.size()) * share);
    Kept kept;
    if (kind == Kind::farthest) {
      kept.slots.assign(order.end() - count, order.end());
    } else {
      kept.slots.assign(order.begin(), order.begin() + count);
    }
    std::ranges::sort(kept.slots);
    kept.words.resize((order.size() + 63) / 64);
    std::size_t alive = 0;
    for (const Slot slot : kept.slots) {
      kept.words[slot / 64] |= std::uint64_t{1} << (slot % 64);
      if (view_.sequence == 0 || !dead_[slot]) ++alive;
    }
    kept.share = static_cast<double>(alive) / static_cast<double>(order.size());
    return kept;
  }

  // The exact answers; `kept` of each anchor, or none: all rows.
  std::vector<std::vector<Hit>> truth(const std::vector<Kept>& kept) {
    std::vector<std::vector<Hit>> answers;
    std::vector<double> times;
    for (std::size_t p = 0; p < probes_.size(); ++p) {
      const double start = now_us();
      answers.push_back(scan(p, kept));
      times.push_back(now_us() - start);
    }
    scan_us_ = median(times);
    return answers;
  }

  [[nodiscard]] std::vector<Hit> scan(std::size_t probe, const std::vector<Kept>& kept) const {
    AnyRow judge;
    const std::vector<ExactQuery> query = {{.vector = probes_[probe].vector,
                                            .k = kK,
                                            .judge = &judge,
                                            .only = kept.empty() ? nullptr : &kept[probes_[probe].anchor].slots}};
    return std::move(exact_search(view_, Metric::cosine, query, 1, {}).value().front().hits);
  }

  Measured measure(const std::vector<Kept>& kept, std::size_t ef, double share,
                   const std::vector<std::vector<Hit>>& right) const {
    Measured out;
    out.fewest = kK;
    std::vector<double> times;
    AnyRow judge;
    std::size_t found = 0, wanted = 0;
    for (std::size_t p = 0; p < probes_.size(); ++p) {
      WalkOptions options{.k = kK, .ef = ef, .share = share};
      if (!kept.empty()) {
        options.filter = kept[probes_[p].anchor].words;
        options.share = kept[probes_[p].anchor].share;
      }
      for (int repeat = 0; repeat < 3; ++repeat) {
        WalkCounters counters;
        const double start = now_us();
        auto hits = walk(*graph_, view_, probes_[p].vector, options, judge, counters, {}).value();
        if (counters.doubtful) hits = scan(p, kept);
        times.push_back(now_us() - start);
        if (repeat > 0) continue;
        out.codes += static_cast<double>(counters.codes_compared) / kProbes;
        out.doubtful += counters.doubtful ? 1.0 / kProbes : 0.0;
        out.hops += static_cast<double>(counters.hops) / kProbes;
        for (const Hit& hit : hits) {
          found += static_cast<std::size_t>(
              std::ranges::count_if(right[p], [&](const Hit& other) { return other.slot == hit.slot; }));
        }
        wanted += right[p].size();
      }
    }
    out.us = median(times);
    out.recall = static_cast<double>(found) / static_cast<double>(wanted);
    return out;
  }

  const std::string name_;
  const Vectors& base_;
  Rows rows_;
  const std::vector<Probe> probes_;
  std::unique_ptr<Graph> graph_;
  std::vector<std::vector<Slot>> rankings_;  // any order, then by nearness to each anchor
  std::vector<bool> dead_;
  RowsView view_;
  std::vector<std::vector<Hit>> plain_truth_;
  double scan_us_ = 0;
};

void compare(const std::string& name, const Vectors& base, const Vectors& queries) {
  Comparison comparison(name, base, queries);
  comparison.run();
  comparison.words_cost();
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t rows = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
  const std::size_t dimension = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 384;
  const char* given = std::getenv("SCAUP_SHARED_DATA");
  const std::string folder = (given != nullptr ? std::string(given) : "../shared/data") + "/ann/";
  const Vectors words = read_i8bin(folder + "glove100-60k.base.i8bin");
  if (words.count() != 0) compare("glove", words, read_i8bin(folder + "glove100-60k.query.i8bin"));
  if (rows == 0) return 0;
  ClusteredSource source(dimension);
  const Vectors base = source.draw(rows);
  compare("text", base, source.draw(kAnchors));
  return 0;
}
