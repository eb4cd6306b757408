// Small chunks are searched, their parents are returned: parent document and auto-merging.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "base/document_check.hpp"
#include "base/metadata_value.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMostLevels = 8;

// The id of a chunk's parent; null where it names none, itself, or what can be no id.
const std::string* parent_of(const Document& chunk, const std::string& key) {
  const auto* id = metadata_value<std::string>(chunk.metadata, key);
  return id == nullptr || *id == chunk.id || !check_id(*id) ? nullptr : id;
}

void drop_embedding(Document& document, const RetrieveOptions& options) {
  if (!options.with_embeddings) document.embedding.reset();
}

class ParentRetriever final : public Retriever {
 public:
  ParentRetriever(std::shared_ptr<const Retriever> retriever, Collection parents, ParentRetrieverOptions options)
      : retriever_(std::move(retriever)), parents_(std::move(parents)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      constexpr std::string_view kName = "parent retriever";
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found) return found;
      auto parents = fetch(*found, stop);
      if (!parents) return std::move(parents).error();
      return replace(*std::move(found), *parents, options);
    });
  }

 private:
  using Parents = std::map<std::string, Document, std::less<>>;

  [[nodiscard]] Result<Parents> fetch(const QueryResult& found, const std::stop_token& stop) const {
    std::vector<std::string> ids;
    for (const Match& match : found) {
      if (const std::string* id = parent_of(match.document, options_.parent_key)) ids.push_back(*id);
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Parents parents;
    if (ids.empty()) return parents;
    auto documents = parents_.get_many(ids, stop);
    if (!documents) return std::move(documents).error();
    for (auto& document : *documents) {
      if (document) parents.emplace(document->id, *std::move(document));
    }
    return parents;
  }

  [[nodiscard]] QueryResult replace(QueryResult found, const Parents& parents, const RetrieveOptions& options) const {
    QueryResult result{.stats = found.stats};
    std::unordered_set<std::string> given;
    for (Match& match : found.matches) {
      if (result.size() == options.k) break;
      const std::string* id = parent_of(match.document, options_.parent_key);
      const auto parent = id == nullptr ? parents.end() : parents.find(*id);
      if (parent != parents.end()) match.document = parent->second;
      drop_embedding(match.document, options);
      if (given.insert(match.document.id).second) result.matches.push_back(std::move(match));
    }
    number_ranks(result);
    return result;
  }

  const std::shared_ptr<const Retriever> retriever_;
  const Collection parents_;
  const ParentRetrieverOptions options_;
};

class AutoMergingRetriever final : public Retriever {
 public:
  AutoMergingRetriever(std::shared_ptr<const Retriever> retriever, Collection children, Collection parents,
                       AutoMergingRetrieverOptions options)
      : retriever_(std::move(retriever)),
        children_(std::move(children)),
        parents_(std::move(parents)),
        options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      constexpr std::string_view kName = "auto-merging retriever";
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      if (!(options_.ratio >= 0 && options_.ratio <= 1)) {
        return retriever_error(kName, "ratio is " + std::to_string(options_.ratio) + ", not from 0 to 1");
      }
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found) return found;
      for (std::size_t level = 0; level < kMostLevels; ++level) {
        const auto merged = merge_level(found->matches, stop);
        if (!merged) return merged.error();
        if (*merged == 0) break;
      }
      for (Match& match : found->matches) drop_embedding(match.document, options);
      rank_by_score(*found, options.k);
      return found;
    });
  }

 private:
  // Puts parents in place of their children once; says how many parents.
  Result<std::size_t> merge_level(std::vector<Match>& matches, const std::stop_token& stop) const {
    std::map<std::string, std::size_t> found;  // parent -> how many of its children are here
    for (const Match& match : matches) {
      if (const std::string* id = parent_of(match.document, options_.parent_key)) ++found[*id];
    }
    std::size_t merged = 0;
    for (const auto& [id, count] : found) {
      auto parent = parent_to_merge(id, count, stop);
      if (!parent) return std::move(parent).error();
      if (!*parent) continue;
      merge(matches, **std::move(parent));
      ++merged;
    }
    return merged;
  }

  // The parent if enough of its children were found, else nothing.
  Result<std::optional<Document>> parent_to_merge(const std::string& id, std::size_t found,
                                                  const std::stop_token& stop) const {
    const auto all = children_.count(field(options_.parent_key) == Value(id), stop);
    if (!all) return all.error();
    if (static_cast<double>(found) <= options_.ratio * static_cast<double>(std::max(*all, found))) {
      return std::optional<Document>();
    }
    auto documents = parents_.get_many(std::vector<std::string>{id}, stop);
    if (!documents) return std::move(documents).error();
    return std::move(documents->front());
  }

  void merge(std::vector<Match>& matches, Document parent) const {
    double sum = 0;
    std::size_t count = 0;
    std::erase_if(matches, [&](const Match& match) {
      const std::string* id = parent_of(match.document, options_.parent_key);
      if (match.document.id == parent.id) return true;  // found by itself: its children speak for it
      if (id == nullptr || *id != parent.id) return false;
      sum += match.score;
      ++count;
      return true;
    });
    matches.push_back(
        {.document = std::move(parent), .score = sum / static_cast<double>(std::max<std::size_t>(count, 1))});
  }

  const std::shared_ptr<const Retriever> retriever_;
  const Collection children_;
  const Collection parents_;
  const AutoMergingRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_parent_retriever(std::shared_ptr<const Retriever> retriever, Collection parents,
                                                       const ParentRetrieverOptions& options) {
  return std::make_shared<const ParentRetriever>(std::move(retriever), std::move(parents), options);
}

std::shared_ptr<const Retriever> make_auto_merging_retriever(std::shared_ptr<const Retriever> retriever,
                                                             Collection children, Collection parents,
                                                             const AutoMergingRetrieverOptions& options) {
  return std::make_shared<const AutoMergingRetriever>(std::move(retriever), std::move(children), std::move(parents),
                                                      options);
}

}  // namespace scaup::inline v0
