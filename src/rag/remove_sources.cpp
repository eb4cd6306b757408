// Removal in batches that a filter can name.

#include "rag/remove_sources.hpp"

#include <span>
#include <utility>

#include "rag/source_record.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxIds = 1'000;
constexpr std::size_t kMaxIdBytes = 65'536;  // a filter has at most 1 MiB as JSON, in which a byte may take six

// How many ids from `begin` on fit into one filter; at least one.
std::size_t batch_size(const std::vector<std::string>& ids, std::size_t begin) {
  std::size_t count = 1;
  std::size_t bytes = ids[begin].size();
  for (; begin + count < ids.size() && count < kMaxIds; ++count) {
    bytes += ids[begin + count].size() + 3;
    if (bytes > kMaxIdBytes) break;
  }
  return count;
}

}  // namespace

Result<std::size_t> remove_sources(Collection chunks, Collection sources, const std::vector<std::string>& ids,
                                   const std::stop_token& stop) {
  std::size_t removed = 0;
  for (std::size_t begin = 0, count = 0; begin < ids.size(); begin += count) {
    count = batch_size(ids, begin);
    const std::span<const std::string> batch(&ids[begin], count);
    const Filter of_batch = field(std::string(kSourceIdKey)).in({batch.begin(), batch.end()}) && is_ingested();
    const auto gone = chunks.remove(of_batch, stop);
    if (!gone) return gone;
    removed += *gone;
    if (const auto done = sources.remove(batch, stop); !done) return done;
  }
  return removed;
}

}  // namespace scaup::inline v0
