#include "scaup/vector_store.hpp"

#include <algorithm>

namespace scaup::inline v0 {

VectorStore::~VectorStore() = default;

Result<WriteCounts> VectorStore::exchange(std::span<const std::string> removed, std::span<const StoreRecord> records,
                                          std::uint64_t schema_version, std::stop_token stop) {
  auto counts = write(records, WriteMode::upsert, schema_version, stop);
  if (!counts) return counts;
  std::vector<std::string> leaving;
  for (const std::string& id : removed) {
    const auto is_this = [&](const StoreRecord& record) { return record.document->id == id; };
    if (std::ranges::none_of(records, is_this)) leaving.push_back(id);
  }
  const auto gone = remove_ids(leaving, std::move(stop));
  if (!gone) return gone.error();
  counts->removed = *gone;
  return counts;
}

Status VectorStore::wait_until_indexed(std::stop_token /*stop*/) const {
  return {};
}

Result<RecallReport> VectorStore::self_recall(const SelfRecallOptions& /*options*/, std::stop_token /*stop*/) const {
  return Error(ErrorCode::unavailable, "this store cannot measure its recall");
}

}  // namespace scaup::inline v0
