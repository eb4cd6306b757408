#include "scaup/vector_store.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <unordered_set>

namespace scaup::inline v0 {

VectorStore::~VectorStore() = default;

Result<WriteCounts> VectorStore::exchange(std::span<const std::string> removed, std::span<const StoreRecord> records,
                                          std::uint64_t schema_version, std::stop_token stop) {
  auto counts = write(records, WriteMode::upsert, schema_version, stop);
  if (!counts) return counts;
  std::unordered_set<std::string_view> written;
  for (const StoreRecord& record : records) written.insert(record.document->id);
  std::vector<std::string> leaving;
  std::ranges::copy_if(removed, std::back_inserter(leaving),
                       [&](std::string_view id) { return !written.contains(id); });
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
