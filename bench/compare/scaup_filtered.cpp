// Filtered queries. A row's metadata holds its place in a random order, and in the order of nearness to each of a
// few anchors, so that a filter can keep just the rows nearest to a query, or the farthest.

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <sstream>

#include "scaup_peer.hpp"
#include "scaup_workloads.hpp"
#include "truth.hpp"
#include "worker.hpp"

namespace scaup::bench {
namespace {

using Rows = std::vector<std::int32_t>;

// Shares of the rows that a filter keeps, most first.
constexpr std::array<double, 5> kShares = {0.5, 0.1, 0.01, 0.001, 0.0001};

std::size_t kept(std::size_t rows, double share) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(rows) * share));
}

/// The rows in some order: a filter keeps the first or the last kept(n, share) of them.
struct Ranking {
  std::string key;
  Rows order;
};

/// The value of the ranking's key for each row, which rises from the last row to the first in steps at the shares:
/// `key >= s` keeps exactly the first kept(n, kShares[s]) rows, `key < -s` as many of the last.
std::vector<std::int64_t> steps_of(const Ranking& ranking) {
  const std::size_t n = ranking.order.size();
  std::vector<std::int64_t> steps(n, 0);
  for (std::size_t s = 0; s < kShares.size(); ++s) {
    for (std::size_t i = 0; i < kept(n, kShares[s]); ++i) {
      steps[static_cast<std::size_t>(ranking.order[i])] = static_cast<std::int64_t>(s);
      steps[static_cast<std::size_t>(ranking.order[n - 1 - i])] = -1 - static_cast<std::int64_t>(s);
    }
  }
  return steps;
}

enum class Kind : std::uint8_t { uncorrelated, nearest, farthest };
constexpr std::array<const char*, 3> kKindNames = {"uncorrelated", "nearest rows", "farthest rows"};

Filter filter_of(const Ranking& ranking, Kind kind, std::size_t share) {
  const auto step = static_cast<std::int64_t>(share);
  return kind == Kind::farthest ? field(ranking.key) < -step : field(ranking.key) >= step;
}

Rows allowed_by(const Ranking& ranking, Kind kind, std::size_t share) {
  const auto count = static_cast<std::ptrdiff_t>(kept(ranking.order.size(), kShares[share]));
  if (kind == Kind::farthest) return {ranking.order.end() - count, ranking.order.end()};
  return {ranking.order.begin(), ranking.order.begin() + count};
}

/// One query, what it scores against every row, and the anchor that it lies near to.
struct Probe {
  std::vector<float> vector;
  std::vector<double> scores;
  std::size_t anchor;
};

std::vector<Probe> probes_of(const Matrix& base, const Matrix& query, std::size_t anchors, std::size_t each) {
  std::mt19937_64 random(11);
  std::normal_distribution<float> normal(0, 0.3F / std::sqrt(static_cast<float>(base.columns)));
  std::vector<Probe> probes;
  for (std::size_t a = 0; a < anchors; ++a) {
    for (std::size_t i = 0; i < each; ++i) {
      std::vector<float> vector(query.row(a).begin(), query.row(a).end());
      if (i > 0) std::for_each(vector.begin(), vector.end(), [&](float& x) { x += normal(random); });
      normalise(vector);
      auto scores = scores_of(base, vector);
      probes.push_back({std::move(vector), std::move(scores), a});
    }
  }
  return probes;
}

struct Measured {
  double found = 0;
  double expected = 0;
  std::size_t short_answers = 0;  // fewer than min(k, matches), or a row that the filter excludes
  std::vector<std::int64_t> ns;
  std::vector<std::int64_t> unfiltered_ns;
};

double median_us(std::vector<std::int64_t> ns) {
  std::nth_element(ns.begin(), ns.begin() + static_cast<std::ptrdiff_t>(ns.size() / 2), ns.end());
  return 1e-3 * static_cast<double>(ns[ns.size() / 2]);
}

void ask(const Collection& collection, const Probe& probe, const Filter& filter, const Rows& allowed, int repeats,
         Measured& into) {
  const QueryOptions plain = options_of("default");
  QueryOptions filtered = plain;
  filtered.filter = filter;
  std::optional<Result<QueryResult>> result;
  for (int i = 0; i < repeats; ++i) {
    into.unfiltered_ns.push_back(time_of([&] { result.emplace(collection.query(probe.vector, plain)); }));
    into.ns.push_back(time_of([&] { result.emplace(collection.query(probe.vector, filtered)); }));
  }
  const Rows found = rows_of(result->value());
  const Rows truth = best_of(probe.scores, allowed, kNeighbours);
  into.found += static_cast<double>(hits(found, truth));
  into.expected += static_cast<double>(truth.size());
  if (found.size() != truth.size() || hits(found, allowed) != found.size()) ++into.short_answers;
}

void print(std::ostringstream& out, const std::string& kind, double share, const Measured& measured) {
  out << (out.tellp() == 0 ? "" : ",") << "{\"filter\":\"" << kind << "\",\"share\":" << share
      << ",\"recall\":" << measured.found / measured.expected << ",\"short_answers\":" << measured.short_answers
      << ",\"p50_us\":" << median_us(measured.ns) << ",\"unfiltered_p50_us\":" << median_us(measured.unfiltered_ns)
      << "}";
}

std::vector<Ranking> rankings_of(const std::vector<Probe>& probes, std::size_t each, std::size_t rows) {
  Ranking any{"any", Rows(rows)};
  std::iota(any.order.begin(), any.order.end(), 0);
  std::shuffle(any.order.begin(), any.order.end(), std::mt19937_64(5));
  std::vector<Ranking> rankings = {std::move(any)};
  for (std::size_t p = 0; p < probes.size(); p += each) {
    rankings.push_back({"near" + std::to_string(probes[p].anchor), best_of(probes[p].scores, rows)});
  }
  return rankings;
}

}  // namespace

std::string measure_filtered(const Matrix& base, const Matrix& query, Effort effort) {
  const std::size_t each = effort == Effort::quick ? 5 : 20;
  const int repeats = effort == Effort::quick ? 1 : 3;
  const auto probes = probes_of(base, query, 5, each);
  const auto rankings = rankings_of(probes, each, base.rows);
  std::vector<std::vector<std::int64_t>> steps;
  for (const Ranking& ranking : rankings) steps.push_back(steps_of(ranking));
  const Collection collection = collection_of(base, [&](std::size_t row) {
    Metadata metadata;
    for (std::size_t r = 0; r < rankings.size(); ++r) metadata.emplace(rankings[r].key, steps[r][row]);
    return metadata;
  });
  std::ostringstream out;
  for (const Kind kind : {Kind::uncorrelated, Kind::nearest, Kind::farthest}) {
    for (std::size_t share = 0; share < kShares.size(); ++share) {
      Measured measured;
      for (const Probe& probe : probes) {
        const Ranking& ranking = rankings[kind == Kind::uncorrelated ? 0 : 1 + probe.anchor];
        const Rows allowed = allowed_by(ranking, kind, share);
        ask(collection, probe, filter_of(ranking, kind, share), allowed, repeats, measured);
      }
      print(out, kKindNames[static_cast<std::size_t>(kind)], kShares[share], measured);
    }
  }
  return "{\"filtered\":[" + out.str() + "]}";
}

}  // namespace scaup::bench
