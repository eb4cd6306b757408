#pragma once
// hnswlib as its users have it: over f32 rows, compiled for this processor (see CMakeLists.txt).

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace scaup::bench {

class PeerHnswlib {
 public:
  PeerHnswlib(std::size_t dimension, std::size_t capacity, std::size_t links, std::size_t ef_construction);
  ~PeerHnswlib();
  void add(const float* row, std::size_t label);
  /// The labels of the k nearest by inner product, in no order.
  void search(const float* query, std::size_t k, std::size_t ef, std::vector<std::uint32_t>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace scaup::bench
