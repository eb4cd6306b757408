#include "embed/word_model.hpp"

namespace scaup::inline v0 {
namespace {

// Appends the pieces of `word`; false, with some of them appended, if it cannot be covered.
bool append_pieces(const WordModel& model, std::string_view word, std::uint32_t shift, std::vector<Token>& out) {
  const TokenTable* table = &model.whole;
  for (std::uint32_t at = 0; at < word.size();) {
    const auto match = table->longest_prefix(word.substr(at));
    if (!match) return false;
    out.push_back({match->id, shift + at, shift + at + match->size});
    at += match->size;
    table = &model.continuing;
  }
  return true;
}

}  // namespace

void WordModel::append_tokens(std::string_view word, std::size_t characters, std::uint32_t shift,
                              std::vector<Token>& out) const {
  const auto whole_word = [&](std::uint32_t id) {
    out.push_back({id, shift, shift + static_cast<std::uint32_t>(word.size())});
  };
  if (characters > max_characters) return whole_word(unknown);
  if (continuing.empty()) return whole_word(whole.find(word).value_or(unknown));
  const std::size_t before = out.size();
  if (append_pieces(*this, word, shift, out)) return;
  out.resize(before);
  whole_word(unknown);
}

}  // namespace scaup::inline v0
