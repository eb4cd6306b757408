#pragma once
// Rows in segments, a graph over them, and the exact answers: what the tests of the graph share.

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include "index/graph.hpp"
#include "index/graph_builder.hpp"
#include "index/graph_walk.hpp"
#include "support/catch.hpp"
#include "support/vectors.hpp"

namespace scaup::test {

class SlotOrder final : public RowJudge {
 public:
  bool accepts(Slot) const override { return true; }
  [[nodiscard]] bool id_precedes(Slot a, Slot b) const override { return a < b; }
};

/// Rows that all fit into segments made beforehand. An empty vector makes a row without one.
class GraphRows {
 public:
  GraphRows(std::size_t dimension, std::size_t capacity) : dimension_(dimension), in_segment_(64) {
    for (std::size_t i = 0; i * in_segment_ < capacity; ++i) {
      segments_.push_back(std::make_unique<RowSegment>(in_segment_, dimension));
      pointers_.push_back(segments_.back().get());
    }
  }

  void add(std::vector<float> vector) {
    segments_[count_ / in_segment_]->write(count_ % in_segment_, vector);
    vectors_.push_back(std::move(vector));
    ++count_;
  }
  void remove(Slot slot) { segments_[slot / in_segment_]->remove(slot % in_segment_, 1); }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] RowsView view() const { return view(count_); }
  [[nodiscard]] RowsView view(std::size_t count) const { return {pointers_, count, in_segment_, dimension_, 1}; }
  [[nodiscard]] const std::vector<float>& vector(Slot slot) const { return vectors_[slot]; }

  /// The best k by exact search.
  [[nodiscard]] std::vector<Hit> exact(Metric metric, const std::vector<float>& query, std::size_t k,
                                       const RowJudge& judge) const {
    const std::vector<ExactQuery> queries = {{.vector = query, .k = k, .judge = &judge}};
    return require_ok(exact_search(view(), metric, queries, 1, {})).front().hits;
  }

 private:
  std::size_t dimension_, in_segment_, count_ = 0;
  std::vector<std::unique_ptr<RowSegment>> segments_;
  std::vector<const RowSegment*> pointers_;
  std::vector<std::vector<float>> vectors_;
};

/// A graph over all rows, and its builder.
struct BuiltGraph {
  BuiltGraph(const GraphRows& rows, const GraphOptions& options, std::size_t threads = 1)
      : builder(require_ok(GraphBuilder::create(options, rows.count()))), graph(std::make_unique<Graph>(options)) {
    require_ok(builder->insert_range(rows.view(), 0, static_cast<Slot>(rows.count()), threads, {}));
    require_ok(graph->publish_all(*builder, rows.view(), threads));
  }
  std::unique_ptr<GraphBuilder> builder;
  std::unique_ptr<Graph> graph;
};

inline std::vector<Hit> walk_all(const Graph& graph, const RowsView& view, const std::vector<float>& query,
                                 const WalkOptions& options) {
  SlotOrder judge;
  WalkCounters counters;
  return require_ok(walk(graph, view, query, options, judge, counters, {}));
}

inline std::size_t common(const std::vector<Hit>& a, const std::vector<Hit>& b) {
  std::size_t count = 0;
  for (const Hit& hit : a) {
    count +=
        static_cast<std::size_t>(std::ranges::count_if(b, [&](const Hit& other) { return other.slot == hit.slot; }));
  }
  return count;
}

/// Rows around `clusters` centres; 0: around none.
inline GraphRows clustered_rows(std::mt19937_64& random, std::size_t count, std::size_t dimension,
                                std::size_t clusters) {
  GraphRows rows(dimension, count);
  std::vector<std::vector<float>> centres;
  for (std::size_t i = 0; i < clusters; ++i) centres.push_back(random_vector(random, dimension));
  for (std::size_t i = 0; i < count; ++i) {
    auto vector = random_vector(random, dimension);
    if (clusters > 0) {
      const auto& centre = centres[random() % clusters];
      for (std::size_t j = 0; j < dimension; ++j) vector[j] = centre[j] + 0.5F * vector[j];
    }
    rows.add(std::move(vector));
  }
  return rows;
}

}  // namespace scaup::test
