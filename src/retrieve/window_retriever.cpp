// Chunks with the text around them, cut from their sources.

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/boundary.hpp"
#include "base/byte_range.hpp"
#include "base/metadata_value.hpp"
#include "base/utf8.hpp"
#include "retrieve/retriever_parts.hpp"
#include "scaup/retrievers.hpp"

namespace scaup::inline v0 {
namespace {

std::optional<std::size_t> position(const Metadata& metadata, const std::string& key) {
  const auto* value = metadata_value<std::int64_t>(metadata, key);
  return value == nullptr || *value < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(*value));
}

// The number of the line or page that is `steps` before another; there is none before the first.
std::size_t back(std::size_t number, std::size_t steps) noexcept {
  return number > steps ? number - steps : std::min<std::size_t>(number, 1);
}

class WindowRetriever final : public Retriever {
 public:
  WindowRetriever(std::shared_ptr<const Retriever> retriever, Collection sources, WindowRetrieverOptions options)
      : retriever_(std::move(retriever)), sources_(std::move(sources)), options_(std::move(options)) {}

  Result<QueryResult> retrieve(std::string_view question, const RetrieveOptions& options,
                               std::stop_token stop) const override {
    return guarded([&]() -> Result<QueryResult> {
      constexpr std::string_view kName = "window retriever";
      if (auto checked = check_retrieve(kName, retriever_, question, options); !checked) return checked.error();
      auto found = retriever_->retrieve(question, with_candidates(options, options_.candidates), stop);
      if (!found) return found;
      const auto texts = fetch(*found, stop);
      if (!texts) return texts.error();
      return widened(*std::move(found), *texts, options.k);
    });
  }

 private:
  using Texts = std::map<std::string, std::string, std::less<>>;  // of sources

  [[nodiscard]] Result<Texts> fetch(const QueryResult& found, const std::stop_token& stop) const {
    std::set<std::string> wanted;
    for (const Match& match : found) {
      if (window(match.document)) wanted.insert(match.document.origin->source_id);
    }
    wanted.erase("");
    Texts texts;
    if (wanted.empty()) return texts;
    auto documents = sources_.get_many(std::vector<std::string>(wanted.begin(), wanted.end()), stop);
    if (!documents) return std::move(documents).error();
    for (auto& document : *documents) {
      if (document) texts.emplace(std::move(document->id), std::move(document->text));
    }
    return texts;
  }

  // The range that a chunk names, if it holds the chunk.
  [[nodiscard]] std::optional<ByteRange> window(const Document& chunk) const {
    const auto begin = position(chunk.metadata, options_.begin_key);
    const auto end = position(chunk.metadata, options_.end_key);
    if (!begin || !end || !chunk.origin || chunk.origin->begin > chunk.origin->end) return std::nullopt;
    if (*begin > chunk.origin->begin || *end < chunk.origin->end) return std::nullopt;
    return ByteRange{*begin, *end};
  }

  [[nodiscard]] QueryResult widened(QueryResult found, const Texts& texts, std::size_t k) const {
    QueryResult result{.stats = found.stats};
    std::set<std::tuple<std::string, std::size_t, std::size_t>> given;
    for (Match& match : found.matches) {
      if (result.size() == k) break;
      if (widen(match.document, texts)) {
        const Origin& origin = *match.document.origin;
        if (!given.emplace(origin.source_id, origin.begin, origin.end).second) continue;
      }
      result.matches.push_back(std::move(match));
    }
    number_ranks(result);
    return result;
  }

  // Puts the window in place of the chunk; false where it must stay as it is.
  [[nodiscard]] bool widen(Document& chunk, const Texts& texts) const {
    const auto range = window(chunk);
    const auto source = range ? texts.find(chunk.origin->source_id) : texts.end();
    if (source == texts.end()) return false;
    const std::string_view text = source->second;
    Origin& origin = *chunk.origin;
    if (range->end > text.size() || !is_utf8_boundary(text, range->begin) || !is_utf8_boundary(text, range->end)) {
      return false;
    }
    if (text.substr(origin.begin, origin.end - origin.begin) != chunk.text) return false;
    const std::string_view before = text.substr(range->begin, origin.begin - range->begin);
    origin.first_line = back(origin.first_line, count_line_ends(before));
    if (origin.page) origin.page = back(*origin.page, static_cast<std::size_t>(std::ranges::count(before, '\f')));
    chunk.text = text.substr(range->begin, range->end - range->begin);
    // The last byte may be the end of a line itself.
    origin.last_line =
        origin.first_line +
        count_line_ends(std::string_view(chunk.text).substr(0, std::max<std::size_t>(chunk.text.size(), 1) - 1));
    origin.begin = range->begin;
    origin.end = range->end;
    return true;
  }

  const std::shared_ptr<const Retriever> retriever_;
  const Collection sources_;
  const WindowRetrieverOptions options_;
};

}  // namespace

std::shared_ptr<const Retriever> make_window_retriever(std::shared_ptr<const Retriever> retriever, Collection sources,
                                                       const WindowRetrieverOptions& options) {
  return std::make_shared<const WindowRetriever>(std::move(retriever), std::move(sources), options);
}

}  // namespace scaup::inline v0
