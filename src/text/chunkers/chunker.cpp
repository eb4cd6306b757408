// The destructor of the Chunker interface, which anchors its table of virtual functions here.

#include "scaup/chunker.hpp"

namespace scaup::inline v0 {

Chunker::~Chunker() = default;

}  // namespace scaup::inline v0
