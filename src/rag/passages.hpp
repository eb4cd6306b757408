#pragma once
// Passages: what is given to a model, made of the chunks that were found.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/byte_range.hpp"
#include "scaup/collection.hpp"
#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// One or more neighbouring chunks of a source as one text.
struct Passage {
  std::string text = {};
  Origin origin = {};                       ///< the bytes of the source that `text` is
  Metadata metadata = {};                   ///< of the best chunk
  std::vector<std::string> chunk_ids = {};  ///< in the order of the source
  std::size_t best_rank = 0;                ///< of the best chunk: its place in the list of matches, from 1
  double score = 0;                         ///< of the same
};

/// Full texts of sources, read when they are first needed. For one answer. Single-threaded: one thread at a time.
class SourceTexts {
 public:
  /// Without a collection there are none.
  SourceTexts(const std::optional<Collection>& sources, std::stop_token stop)
      : sources_(sources), stop_(std::move(stop)) {}

  /// Reads these sources in one call. Errors: those of `Collection::get_many`.
  [[nodiscard]] Status load(std::span<const std::string> ids);
  /// The text of a source; null where it is not there or was not loaded. Lives as long as this.
  [[nodiscard]] const std::string* find(std::string_view id) const;
  /// The text of the passage's source if it has the passage at its place; null if it is not there, was not loaded, or
  /// was changed since the chunks were made.
  [[nodiscard]] const std::string* place_of(const Passage& passage) const;

 private:
  const std::optional<Collection>& sources_;
  std::stop_token stop_;
  std::vector<Document> documents_;
};

struct PassageOptions {
  std::size_t max_tokens = 2000;
  const Tokenizer* tokenizer = nullptr;  ///< null: a third of the bytes
};

/// The passages of `matches`, which are best first: chunks that others hold are left out, those that touch or overlap,
/// or that only white space of the source separates, are joined within a page and section, where their texts agree; as
/// many as the budget allows, at least one. Best first.
[[nodiscard]] std::vector<Passage> make_passages(std::span<const Match> matches, const SourceTexts& sources,
                                                 const PassageOptions& options);

/// The order in which a model reads them: the best first, the second best last, and so on toward the middle, which is
/// what models overlook most (Liu et al. 2023, Lost in the Middle).
[[nodiscard]] std::vector<Passage> best_at_both_ends(std::vector<Passage> passages);

}  // namespace scaup::inline v0
