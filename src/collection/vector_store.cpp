#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

VectorStore::~VectorStore() = default;

}  // namespace scaup::inline v0
