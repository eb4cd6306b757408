// Recall after most documents were replaced, several times over.

#include <algorithm>
#include <numeric>
#include <random>

#include "scaup_peer.hpp"
#include "scaup_workloads.hpp"
#include "truth.hpp"

namespace scaup::bench {
namespace {

/// Gives the vectors of a random half of the rows to one another: every such id means something else afterwards,
/// and the collection as a whole is distributed as before.
std::vector<std::size_t> exchange_half(Matrix& rows, std::mt19937_64& random) {
  std::vector<std::size_t> half(rows.rows);
  std::iota(half.begin(), half.end(), std::size_t{0});
  std::shuffle(half.begin(), half.end(), random);
  half.resize(rows.rows / 2);
  for (std::size_t i = 0; i + 1 < half.size(); ++i) {
    std::swap_ranges(rows.row(half[i]).begin(), rows.row(half[i]).end(), rows.row(half[i + 1]).begin());
  }
  return half;
}

void replace(const Collection& collection, const Matrix& rows, const std::vector<std::size_t>& which) {
  Collection handle = collection;
  for (std::size_t first = 0; first < which.size(); first += kBatchOfRows) {
    std::vector<Document> documents;
    for (std::size_t i = first; i < std::min(which.size(), first + kBatchOfRows); ++i) {
      documents.push_back(std::move(documents_of(rows, which[i], which[i] + 1).front()));
    }
    handle.upsert(documents).value();
  }
}

double recall_of(const Collection& collection, const Matrix& query,
                 const std::vector<std::vector<std::int32_t>>& truth) {
  std::size_t found = 0;
  std::size_t expected = 0;
  for (std::size_t q = 0; q < truth.size(); ++q) {
    found += hits(rows_of(collection.query(query.row(q), options_of("default")).value()), truth[q]);
    expected += truth[q].size();
  }
  return static_cast<double>(found) / static_cast<double>(expected);
}

}  // namespace

std::string measure_churn(const Matrix& base, const Matrix& query, Effort effort) {
  constexpr int kRounds = 10;
  const std::size_t queries = std::min<std::size_t>(query.rows, effort == Effort::quick ? 50 : 500);
  const Collection collection = collection_of(base);
  Matrix rows = base;
  std::mt19937_64 random(3);
  for (int round = 0; round < kRounds; ++round) replace(collection, rows, exchange_half(rows, random));
  std::vector<std::vector<std::int32_t>> truth;
  for (std::size_t q = 0; q < queries; ++q) truth.push_back(best_of(scores_of(rows, query.row(q)), 10));
  const double at_once = recall_of(collection, query, truth);
  wait_until_indexed(collection);
  const double indexed = recall_of(collection, query, truth);
  return "{\"churn\":{\"rounds\":" + std::to_string(kRounds) + ",\"recall_at_once\":" + std::to_string(at_once) +
         ",\"recall_indexed\":" + std::to_string(indexed) + "}}";
}

}  // namespace scaup::bench
