#pragma once
// All records of an ingestor's sources in memory, so that a sync asks no collection about a file that is unchanged.

#include <cstdint>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rag/source_record.hpp"
#include "scaup/collection.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SourceTable {
 public:
  /// Reads the records, and holds them against the chunks that are there: where an ingestion ended between writing the
  /// chunks of a source and its record, that record is not whole, and without one its chunks are orphans.
  [[nodiscard]] static Result<SourceTable> read(const Collection& chunks, const Collection& sources,
                                                const std::stop_token& stop);

  /// Null where there is none.
  [[nodiscard]] const SourceRecord* find(std::string_view id) const;
  /// Whether chunks of this source may be in the collection.
  [[nodiscard]] bool may_have_chunks(std::string_view id) const;
  /// Ascending by id.
  [[nodiscard]] const std::map<std::string, SourceRecord, std::less<>>& records() const noexcept { return records_; }
  /// Ids of sources that have chunks and no record.
  [[nodiscard]] const std::set<std::string, std::less<>>& orphans() const noexcept { return orphans_; }

  void put(std::string id, SourceRecord record);
  void erase(const std::string& id);

  /// Notes that the table is that of the collections as they are now.
  [[nodiscard]] Status mark_current(const Collection& chunks, const Collection& sources, const std::stop_token& stop);
  /// Whether nobody has written to the collections since.
  [[nodiscard]] Result<bool> is_current(const Collection& chunks, const Collection& sources,
                                        const std::stop_token& stop) const;

 private:
  using Revisions = std::pair<std::uint64_t, std::uint64_t>;

  static Result<Revisions> revisions_of(const Collection& chunks, const Collection& sources,
                                        const std::stop_token& stop);
  Status read_records(const Collection& sources, const std::stop_token& stop);
  Status check_chunks(const Collection& chunks, const std::stop_token& stop);
  Status find_orphans(const Collection& chunks, const std::stop_token& stop);

  std::map<std::string, SourceRecord, std::less<>> records_;
  std::set<std::string, std::less<>> orphans_;
  Revisions revisions_ = {};
};

}  // namespace scaup::inline v0
