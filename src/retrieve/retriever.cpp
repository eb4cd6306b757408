// The destructor of the Retriever interface, which anchors its table of virtual functions here.

#include "scaup/retriever.hpp"

namespace scaup::inline v0 {

Retriever::~Retriever() = default;

}  // namespace scaup::inline v0
