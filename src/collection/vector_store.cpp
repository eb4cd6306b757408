#include "scaup/vector_store.hpp"

namespace scaup::inline v0 {

VectorStore::~VectorStore() = default;

Status VectorStore::wait_until_indexed(std::stop_token /*stop*/) const {
  return {};
}

Result<RecallReport> VectorStore::self_recall(const SelfRecallOptions& /*options*/, std::stop_token /*stop*/) const {
  return Error(ErrorCode::unavailable, "this store cannot measure its recall");
}

}  // namespace scaup::inline v0
