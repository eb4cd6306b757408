// scaup beside its peers. As a worker: compare_scaup worker BASE QUERY. As a measurement of its own, which
// prints one line of JSON: compare_scaup filtered|churn|writes BASE QUERY quick|full.

#include <cstdio>
#include <iostream>

#include "read_speed.hpp"
#include "scaup_peer.hpp"
#include "scaup_workloads.hpp"
#include "worker.hpp"

namespace {

using scaup::bench::Answers;
using scaup::bench::Build;
using scaup::bench::Matrix;

const std::string kVersion = std::to_string(SCAUP_VERSION_MAJOR) + "." + std::to_string(SCAUP_VERSION_MINOR) + "." +
                             std::to_string(SCAUP_VERSION_PATCH);

class ScaupPeer final : public scaup::bench::Peer {
 public:
  ScaupPeer(const std::string& base, const std::string& query)
      : base_(scaup::bench::read_table<float>(base)), query_(scaup::bench::read_table<float>(query)) {}

  // One collection serves both kinds; it is made once, the index included, and reported the same for both.
  Build build(const std::string&) override {
    if (collection_) return build_;
    const std::int64_t before = scaup::bench::resident_bytes();
    build_.seconds =
        1e-9 *
        static_cast<double>(scaup::bench::time_of([&] { collection_.emplace(scaup::bench::collection_of(base_)); }));
    build_.rss_bytes = scaup::bench::resident_bytes() - before;
    build_.graph = scaup::bench::has_graph();
    return build_;
  }

  Answers pass(const std::string& kind, const std::string& setting, std::size_t count) override {
    const auto options = options_for(kind, setting);
    Answers answers;
    for (std::size_t i = 0; i < std::min(count, query_.rows); ++i) {
      std::optional<scaup::Result<scaup::QueryResult>> result;
      answers.ns.push_back(
          scaup::bench::time_of([&] { result.emplace(collection_.value().query(query_.row(i), options)); }));
      answers.ids.push_back(scaup::bench::rows_of(result->value()));
    }
    return answers;
  }

  Answers batch(const std::string& kind, const std::string& setting, std::size_t count) override {
    const auto options = options_for(kind, setting);
    std::vector<scaup::QueryRequest> requests;
    for (std::size_t i = 0; i < std::min(count, query_.rows); ++i) {
      requests.push_back({.vector = {query_.row(i).begin(), query_.row(i).end()}, .options = options});
    }
    Answers answers;
    std::optional<scaup::Result<std::vector<scaup::QueryResult>>> results;
    answers.ns.push_back(scaup::bench::time_of([&] { results.emplace(collection_.value().query_batch(requests)); }));
    for (const auto& result : results->value()) answers.ids.push_back(scaup::bench::rows_of(result));
    return answers;
  }

  void drop(const std::string& kind) override {
    if (kind == "ann") collection_.reset();
  }

  double read_speed(std::size_t bytes) override { return scaup::bench::read_speed(bytes); }

 private:
  static scaup::QueryOptions options_for(const std::string& kind, const std::string& setting) {
    return scaup::bench::options_of(kind == "exact" ? "exact" : setting);
  }

  Matrix base_;
  Matrix query_;
  std::optional<scaup::Collection> collection_;
  Build build_;
};

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) throw std::runtime_error("arguments: worker|filtered|churn|writes BASE QUERY [quick|full]");
  const std::string& what = arguments[0];
  if (what == "worker") {
    ScaupPeer peer(arguments[1], arguments[2]);
    return scaup::bench::serve(peer, kVersion);
  }
  const auto base = scaup::bench::read_table<float>(arguments[1]);
  const auto query = scaup::bench::read_table<float>(arguments[2]);
  const auto effort =
      arguments.size() > 3 && arguments[3] == "quick" ? scaup::bench::Effort::quick : scaup::bench::Effort::full;
  if (what == "filtered") std::cout << scaup::bench::measure_filtered(base, query, effort) << std::endl;
  if (what == "churn") std::cout << scaup::bench::measure_churn(base, query, effort) << std::endl;
  if (what == "writes") std::cout << scaup::bench::measure_writes(base, query, effort) << std::endl;
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_scaup: %s\n", error.what());
    return 1;
  }
}
