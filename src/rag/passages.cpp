#include "rag/passages.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "policy/token_estimate.hpp"

namespace scaup::inline v0 {
namespace {

// Its place in the list is its rank: a user's retriever need not have set `Match::rank`.
Passage passage_of(const Match& match, std::size_t rank) {
  const Document& document = match.document;
  Passage passage{.text = document.text,
                  .metadata = document.metadata,
                  .chunk_ids = {document.id},
                  .best_rank = rank,
                  .score = match.score};
  passage.origin = document.origin.value_or(Origin{.source_id = document.id, .end = document.text.size()});
  return passage;
}

// Whether the range of a passage can be that of its text: an origin that a user wrote, or that was made of the text
// before it was changed, may name any bytes.
bool has_its_length(const Passage& passage) {
  return passage.origin.begin <= passage.origin.end && passage.origin.end - passage.origin.begin == passage.text.size();
}

// Whether two passages, the later of which begins in the earlier one or at its end, have the same bytes in common.
bool agree(const Passage& earlier, const Passage& later) {
  const std::size_t begin = later.origin.begin - earlier.origin.begin;
  const std::size_t common = std::min(earlier.origin.end, later.origin.end) - later.origin.begin;
  return std::string_view(earlier.text).substr(begin, common) == std::string_view(later.text).substr(0, common);
}

// Whether the later of two passages of a page and section begins where the earlier one ends, or before, or after white
// space. `source` is null where it is not known to hold both.
bool touch(const Passage& earlier, const Passage& later, const std::string* source) {
  const Origin &a = earlier.origin, &b = later.origin;
  if (a.source_id != b.source_id || a.source_id.empty() || a.page != b.page || a.section != b.section) return false;
  if (!has_its_length(earlier) || !has_its_length(later)) return false;
  if (b.begin <= a.end) return agree(earlier, later);
  return source != nullptr && is_blank(std::string_view(*source).substr(a.end, b.begin - a.end));
}

// Appends to `earlier` what `later`, which begins not before it, has beyond it.
void join(Passage& earlier, Passage&& later, const std::string* source) {
  const std::size_t end = earlier.origin.end;
  if (later.origin.end > end) {
    if (later.origin.begin > end) earlier.text.append(*source, end, later.origin.begin - end);
    const std::size_t known = later.origin.begin < end ? end - later.origin.begin : 0;
    earlier.text.append(later.text, known);
    earlier.origin.end = later.origin.end;
    earlier.origin.last_line = later.origin.last_line;
  }
  earlier.chunk_ids.insert(earlier.chunk_ids.end(), later.chunk_ids.begin(), later.chunk_ids.end());
  if (later.best_rank < earlier.best_rank) {
    earlier.best_rank = later.best_rank;
    earlier.score = later.score;
    earlier.metadata = std::move(later.metadata);
    earlier.origin.section = std::move(later.origin.section);
  }
}

// The same text from two places says nothing more; the better one stays.
std::vector<Passage> without_copies(std::span<const Match> matches) {
  std::vector<Passage> passages;
  std::unordered_set<std::uint64_t> texts;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const std::string& text = matches[i].document.text;
    if (text.empty() || !texts.insert(hash64(text)).second) continue;
    passages.push_back(passage_of(matches[i], i + 1));
  }
  return passages;
}

bool by_place(const Passage& a, const Passage& b) {
  return std::tie(a.origin.source_id, a.origin.begin, b.origin.end) <
         std::tie(b.origin.source_id, b.origin.begin, a.origin.end);
}

std::vector<Passage> joined(std::vector<Passage> passages, const SourceTexts& sources) {
  std::ranges::sort(passages, by_place);
  std::vector<Passage> result;
  bool last_is_known = false;
  for (Passage& passage : passages) {
    const std::string* const source = sources.place_of(passage);
    const bool known = source != nullptr;
    // One that the source still holds is not joined with one that it no longer does.
    if (!result.empty() && known == last_is_known && touch(result.back(), passage, source)) {
      join(result.back(), std::move(passage), source);
    } else {
      result.push_back(std::move(passage));
    }
    last_is_known = known;
  }
  std::ranges::sort(result, {}, &Passage::best_rank);
  return result;
}

}  // namespace

Status SourceTexts::load(std::span<const std::string> ids) {
  if (!sources_) return {};
  auto documents = sources_->get_many(ids, stop_);
  if (!documents) return std::move(documents).error();
  for (auto& document : *documents) {
    if (document) documents_.push_back(*std::move(document));
  }
  return {};
}

const std::string* SourceTexts::find(std::string_view id) const {
  const auto found = std::ranges::find(documents_, id, &Document::id);
  return found == documents_.end() ? nullptr : &found->text;
}

const std::string* SourceTexts::place_of(const Passage& passage) const {
  const std::string* const source = find(passage.origin.source_id);
  const Origin& origin = passage.origin;
  if (source == nullptr || origin.begin > origin.end || origin.end > source->size()) return nullptr;
  const auto there = std::string_view(*source).substr(origin.begin, origin.end - origin.begin);
  return there == passage.text ? source : nullptr;
}

// The budget is kept by chunks: of a long joined passage those that were found last are left out first.
std::vector<Passage> make_passages(std::span<const Match> matches, const SourceTexts& sources,
                                   const PassageOptions& options) {
  std::vector<Passage> chosen;
  std::size_t tokens = 0;
  for (Passage& passage : without_copies(matches)) {
    const std::size_t more = count_tokens(options.tokenizer, passage.text);
    if (!chosen.empty() && more > options.max_tokens - std::min(tokens, options.max_tokens)) break;
    tokens += more;
    chosen.push_back(std::move(passage));
  }
  return joined(std::move(chosen), sources);
}

std::vector<Passage> best_at_both_ends(std::vector<Passage> passages) {
  std::vector<Passage> ordered(passages.size());
  std::size_t front = 0;
  std::size_t back = passages.size();
  for (std::size_t i = 0; i < passages.size(); ++i) {
    ordered[i % 2 == 0 ? front++ : --back] = std::move(passages[i]);
  }
  return ordered;
}

}  // namespace scaup::inline v0
