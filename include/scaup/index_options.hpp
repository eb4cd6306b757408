#pragma once
// How a collection's vectors are indexed, and how well that works.

#include <cstddef>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// Of this process, not stored: they count where the collection is created or opened first. The defaults suit
/// nearly everybody; docs/tuning.md says when they do not.
struct IndexOptions {
  /// Whether large collections get a graph, so that a query need not compare all rows. It is built and kept up to date
  /// by a background thread of the collection and costs about 150 bytes a row. Without it every query is exact.
  bool graph = true;
  /// Documents from which on there is a graph. 0: where walking it begins to be cheaper than comparing all rows.
  std::size_t graph_from = 0;
  /// Links of a row, 4 to 64 (M in the literature): more for data of many dimensions and recall near 1.
  std::size_t links = 16;
  /// Candidates looked at to link a row, 8 to 4096: a better graph for a longer build.
  std::size_t ef_construction = 120;
  /// Threads for building in bulk, of low priority. 0: all cores.
  std::size_t build_threads = 0;
};

struct SelfRecallOptions {
  std::size_t sample = 256;  ///< how many documents are asked about, 1 to 100,000
  double recall = 0.95;      ///< what the queries ask for, as QueryOptions::recall
};

/// How much of the exact answer queries find.
struct RecallReport {
  double recall = 1;        ///< mean share of the 10 exact neighbours that were found; 1 where queries are exact anyway
  std::size_t queries = 0;  ///< documents asked about
  std::size_t ef = 0;       ///< width of the search that was used; 0: exact
};

}  // namespace scaup::inline v0
