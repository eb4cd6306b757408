// The bench's own includer of hnswlib; the library's is src/index/graph_builder.cpp.

#include "peer_hnswlib.hpp"

#include <hnswlib/hnswlib.h>

namespace scaup::bench {

struct PeerHnswlib::State {
  State(std::size_t dimension, std::size_t capacity, std::size_t links, std::size_t ef_construction)
      : space(dimension), index(&space, capacity, links, ef_construction) {}
  hnswlib::InnerProductSpace space;
  hnswlib::HierarchicalNSW<float> index;
};

PeerHnswlib::PeerHnswlib(std::size_t dimension, std::size_t capacity, std::size_t links, std::size_t ef_construction)
    : state_(std::make_unique<State>(dimension, capacity, links, ef_construction)) {}
PeerHnswlib::~PeerHnswlib() = default;

void PeerHnswlib::add(const float* row, std::size_t label) {
  state_->index.addPoint(row, label);
}

void PeerHnswlib::search(const float* query, std::size_t k, std::size_t ef, std::vector<std::uint32_t>& out) {
  out.clear();
  state_->index.setEf(ef);
  auto found = state_->index.searchKnn(query, k);
  for (; !found.empty(); found.pop()) out.push_back(static_cast<std::uint32_t>(found.top().second));
}

}  // namespace scaup::bench
