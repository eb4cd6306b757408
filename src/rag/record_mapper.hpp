#pragma once
// Records, from CSV rows or JSON objects, as documents.

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scaup/document.hpp"
#include "scaup/loader.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct Record {
  std::vector<std::pair<std::string, std::optional<Value>>> fields = {};  ///< in their order; nothing where empty
  std::size_t begin = 0;                                                  ///< its first byte in the file
  std::size_t line = 1;
};

/// Makes the documents of one file, by what the options say of records.
///
/// Lifetime: fields and path are borrowed. Single-threaded: one thread at a time, even for const members.
class RecordMapper {
 public:
  RecordMapper(const LoadOptions& options, const std::string& path) : options_(options), path_(path) {}

  /// Adds the document of `record`.
  /// Errors: `invalid_argument` with the line: an id that is missing or was there before, no field for the text, a
  /// field twice, a name that is no metadata key, more than `max_records` records.
  [[nodiscard]] Status add(const Record& record);

  [[nodiscard]] std::vector<Document> finish() && { return std::move(documents_); }

 private:
  [[nodiscard]] Status map(const Record& record, Document& document) const;
  [[nodiscard]] Status set_id(const Record& record, Document& document) const;
  [[nodiscard]] Status set_text(const Record& record, Document& document) const;
  [[nodiscard]] Status set_metadata(const Record& record, Document& document) const;
  [[nodiscard]] bool is_metadata(const std::string& name) const;

  const LoadOptions& options_;
  const std::string& path_;
  std::vector<Document> documents_;
  std::unordered_set<std::string> ids_;
};

}  // namespace scaup::inline v0
