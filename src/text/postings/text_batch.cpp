#include "text/postings/text_batch.hpp"

#include "base/hash.hpp"

namespace scaup::inline v0 {

void TextBatch::add(const Analyzer& analyzer, AnalyzerScratch& scratch, std::string_view title, std::string_view text) {
  std::uint32_t title_tokens = 0;
  const auto in_title = [&](const Token& token) {
    Entry& entry = entry_of(token.term);
    ++entry.body_tf;
    ++entry.title_tf;
    ++title_tokens;
  };
  std::uint32_t text_tokens = 0;
  const auto in_text = [&](const Token& token) {
    ++entry_of(token.term).body_tf;
    ++text_tokens;
  };
  first_entry_ = entries_.size();
  analyzer.analyze(title, scratch, in_title);
  analyzer.analyze(text, scratch, in_text);
  title_lengths_.push_back(title_tokens);
  body_lengths_.push_back(title_tokens + text_tokens);
}

TextBatch::Entry& TextBatch::entry_of(std::string_view term) {
  const std::uint32_t number = number_of(term);
  std::size_t& newest = newest_[number];
  if (newest <= first_entry_) {  // none, or one of an earlier document
    entries_.push_back({number, static_cast<std::uint32_t>(documents()), 0, 0});
    newest = entries_.size();
  }
  return entries_[newest - 1];
}

std::uint32_t TextBatch::number_of(std::string_view term) {
  if (2 * terms() >= table_.size()) grow();
  const std::uint64_t hash = hash64(term);
  std::size_t at = hash & (table_.size() - 1);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const std::uint32_t number = table_[at] - 1;
    if (hashes_[number] == hash && this->term(number) == term) return number;
  }
  const auto number = static_cast<std::uint32_t>(terms());
  bytes_.append(term);
  offsets_.push_back(bytes_.size());
  hashes_.push_back(hash);
  newest_.push_back(0);
  table_[at] = number + 1;
  return number;
}

// Twice as many places, a power of two.
void TextBatch::grow() {
  std::vector<std::uint32_t> table(table_.empty() ? 1024 : 2 * table_.size());
  for (std::uint32_t number = 0; number < terms(); ++number) {
    std::size_t at = hashes_[number] & (table.size() - 1);
    while (table[at] != 0) at = (at + 1) & (table.size() - 1);
    table[at] = number + 1;
  }
  table_ = std::move(table);
}

}  // namespace scaup::inline v0
