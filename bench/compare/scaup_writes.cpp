// Reads beside writes: the same queries while nobody writes and while one thread adds without pause.

#include <algorithm>
#include <atomic>
#include <sstream>
#include <thread>

#include "scaup_peer.hpp"
#include "scaup_workloads.hpp"
#include "worker.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kDocumentsOfACall = 100;

double percentile_us(std::vector<std::int64_t> ns, double share) {
  if (ns.empty()) return 0;
  std::sort(ns.begin(), ns.end());
  return 1e-3 * static_cast<double>(ns[static_cast<std::size_t>(share * static_cast<double>(ns.size() - 1))]);
}

class Reader {
 public:
  Reader(const Collection& collection, const Matrix& query) : collection_(collection), query_(query) {}

  void ask(std::vector<std::int64_t>& ns) {
    const auto row = query_.row(next_++ % query_.rows);
    std::optional<Result<QueryResult>> result;
    ns.push_back(time_of([&] { result.emplace(collection_.query(row, options_)); }));
    static_cast<void>(result->value());
  }

 private:
  const Collection& collection_;
  const Matrix& query_;
  QueryOptions options_ = options_of("default");
  std::size_t next_ = 0;
};

using Calls = std::vector<std::vector<Document>>;

/// The rows [first, end) once more, under new ids, as the arguments of calls. Made while nobody reads, so that the
/// writer does nothing but add.
Calls calls_of(const Matrix& base, std::size_t first, std::size_t end) {
  Calls calls;
  for (std::size_t i = first; i < end; i += kDocumentsOfACall) {
    calls.push_back(documents_of(base, i, std::min(end, i + kDocumentsOfACall), {}, base.rows));
  }
  return calls;
}

/// Seconds that a thread takes for these calls, one after another, while the reader asks.
double add_beside(Collection collection, const Calls& calls, Reader& reader, std::vector<std::int64_t>& ns) {
  std::atomic<bool> done = false;
  std::int64_t writing = 0;
  std::jthread writer([&] {
    writing = time_of([&] {
      for (const auto& documents : calls) static_cast<void>(collection.add(documents));
    });
    done = true;
  });
  while (!done) reader.ask(ns);
  writer.join();
  return 1e-9 * static_cast<double>(writing);
}

}  // namespace

std::string measure_writes(const Matrix& base, const Matrix& query, Effort effort) {
  // The collection doubles in equal steps. Idle latencies are taken before, between and after, at every size.
  constexpr std::size_t kSteps = 4;
  const std::size_t idle_queries = effort == Effort::quick ? 200 : 1000;
  const Collection collection = collection_of(base);
  Reader reader(collection, query);
  std::vector<std::int64_t> idle;
  std::vector<std::int64_t> beside;
  double seconds = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    const Calls calls = calls_of(base, base.rows * step / kSteps, base.rows * (step + 1) / kSteps);
    for (std::size_t i = 0; i < idle_queries; ++i) reader.ask(idle);
    seconds += add_beside(collection, calls, reader, beside);
    wait_until_indexed(collection);
  }
  if (collection.count().value() != 2 * base.rows) throw std::runtime_error("an add failed");
  for (std::size_t i = 0; i < idle_queries; ++i) reader.ask(idle);
  std::ostringstream out;
  out << "{\"writes\":{\"idle_p99_us\":" << percentile_us(idle, 0.99)
      << ",\"beside_p99_us\":" << percentile_us(beside, 0.99) << ",\"idle_p50_us\":" << percentile_us(idle, 0.5)
      << ",\"beside_p50_us\":" << percentile_us(beside, 0.5) << ",\"queries_beside\":" << beside.size()
      << ",\"added_per_second\":" << static_cast<double>(base.rows) / seconds << "}}";
  return out.str();
}

}  // namespace scaup::bench
