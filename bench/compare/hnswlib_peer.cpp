// hnswlib as its users compile it, -O3 -march=native: its linear search and its graph with M 16, efConstruction 200.
// The only file of the benches that includes hnswlib; version 0.6.2 allows one such file in a program.

#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "worker.hpp"

namespace {

using scaup::bench::Answers;
using scaup::bench::Build;
using scaup::bench::kNeighbours;
using scaup::bench::Matrix;

class HnswlibPeer final : public scaup::bench::Peer {
 public:
  HnswlibPeer(const std::string& base, const std::string& query)
      : base_(scaup::bench::read_table<float>(base)),
        query_(scaup::bench::read_table<float>(query)),
        space_(base_.columns) {}

  Build build(const std::string& kind) override {
    Build build{.graph = kind == "ann"};
    const std::int64_t before = scaup::bench::resident_bytes();
    build.seconds = 1e-9 * static_cast<double>(scaup::bench::time_of([&] { make(kind); }));
    build.rss_bytes = scaup::bench::resident_bytes() - before;
    build.index_bytes =
        kind == "ann" ? base_.rows * graph_->size_data_per_element_ : base_.rows * flat_->size_per_element_;
    return build;
  }

  Answers pass(const std::string& kind, const std::string& setting, std::size_t count) override {
    const auto& index = select(kind, setting);
    Answers answers;
    for (std::size_t i = 0; i < std::min(count, query_.rows); ++i) {
      std::priority_queue<std::pair<float, hnswlib::labeltype>> found;
      answers.ns.push_back(scaup::bench::time_of([&] { found = index.searchKnn(query_.row(i).data(), kNeighbours); }));
      auto& ids = answers.ids.emplace_back();
      for (; !found.empty(); found.pop()) ids.push_back(static_cast<std::int32_t>(found.top().second));
    }
    return answers;
  }

  Answers batch(const std::string&, const std::string&, std::size_t) override {
    throw std::runtime_error("hnswlib has no call for a batch");
  }

  void drop(const std::string& kind) override { kind == "ann" ? graph_.reset() : flat_.reset(); }
  double read_speed(std::size_t) override { throw std::runtime_error("not measured here"); }

 private:
  void make(const std::string& kind) {
    hnswlib::AlgorithmInterface<float>* index = nullptr;
    if (kind == "ann") {
      graph_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(&space_, base_.rows, 16, 200);
      index = graph_.get();
    } else {
      flat_ = std::make_unique<hnswlib::BruteforceSearch<float>>(&space_, base_.rows);
      index = flat_.get();
    }
    for (std::size_t i = 0; i < base_.rows; ++i) index->addPoint(base_.row(i).data(), i);
  }

  const hnswlib::AlgorithmInterface<float>& select(const std::string& kind, const std::string& setting) {
    if (kind == "exact") return *flat_;
    graph_->setEf(static_cast<std::size_t>(scaup::bench::setting_value(setting, "ef")));
    return *graph_;
  }

  Matrix base_;
  Matrix query_;
  hnswlib::InnerProductSpace space_;
  std::unique_ptr<hnswlib::BruteforceSearch<float>> flat_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> graph_;
};

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 3) throw std::runtime_error("arguments: BASE.fbin QUERY.fbin");
    HnswlibPeer peer(arguments[1], arguments[2]);
    return scaup::bench::serve(peer, "Debian package");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "compare_hnswlib: %s\n", error.what());
    return 1;
  }
}
