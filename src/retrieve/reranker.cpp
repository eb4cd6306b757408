// The destructor of the Reranker interface, which anchors its table of virtual functions here.

#include "scaup/reranker.hpp"

namespace scaup::inline v0 {

Reranker::~Reranker() = default;

}  // namespace scaup::inline v0
