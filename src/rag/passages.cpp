#include "rag/passages.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "base/ascii.hpp"
#include "base/hash.hpp"
#include "policy/token_estimate.hpp"

namespace scaup::inline v0 {
namespace {

Passage passage_of(const Match& match) {
  const Document& document = match.document;
  Passage passage{.text = document.text,
                  .metadata = document.metadata,
                  .chunk_ids = {document.id},
                  .best_rank = match.rank,
                  .score = match.score};
  passage.origin = document.origin.value_or(Origin{.source_id = document.id, .end = document.text.size()});
  return passage;
}

// Whether `text` is what the source has at the place that the passage names.
bool is_at_its_place(const Passage& passage, const std::string& source) {
  const Origin& origin = passage.origin;
  return origin.begin <= origin.end && origin.end <= source.size() &&
         std::string_view(source).substr(origin.begin, origin.end - origin.begin) == passage.text;
}

// Whether the later of two passages of a page and section begins where the earlier one ends, or before, or after white
// space.
bool touch(const Passage& earlier, const Passage& later, const std::string* source) {
  const Origin &a = earlier.origin, &b = later.origin;
  if (a.source_id != b.source_id || a.page != b.page || a.section != b.section) return false;
  if (later.origin.begin <= earlier.origin.end) return true;
  if (source == nullptr || later.origin.begin > source->size()) return false;
  const std::size_t gap = later.origin.begin - earlier.origin.end;
  return is_blank(std::string_view(*source).substr(earlier.origin.end, gap));
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
  for (const Match& match : matches) {
    if (match.document.text.empty() || !texts.insert(hash64(match.document.text)).second) continue;
    passages.push_back(passage_of(match));
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
  for (Passage& passage : passages) {
    const std::string* source = sources.find(passage.origin.source_id);
    const bool known = source != nullptr && is_at_its_place(passage, *source);
    if (!result.empty() && touch(result.back(), passage, known ? source : nullptr)) {
      join(result.back(), std::move(passage), source);
    } else {
      result.push_back(std::move(passage));
    }
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
