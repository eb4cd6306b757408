#include "rag/support.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

double share(std::size_t part, std::size_t whole) noexcept {
  return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool has_numbers(const Claim& claim, std::span<const std::size_t> cited, std::span<const Passage> passages) {
  std::vector<std::string> known;
  for (const std::size_t index : cited) {
    const auto more = numbers_of(passages[index].text);
    known.insert(known.end(), more.begin(), more.end());
  }
  const auto is_known = [&](const std::string& number) { return std::ranges::find(known, number) != known.end(); };
  return std::ranges::all_of(numbers_of(claim.text), is_known);
}

}  // namespace

std::vector<std::string> numbers_of(std::string_view text) {
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    const auto goes_on = [&] {
      if (end >= text.size()) return false;
      if (is_ascii_digit(text[end])) return true;
      const bool is_mark = text[end] == '.' || text[end] == ',';
      return end > i && is_mark && end + 1 < text.size() && is_ascii_digit(text[end + 1]);
    };
    while (goes_on()) ++end;
    if (end > i) numbers.emplace_back(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  std::ranges::sort(numbers);
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

Support support_of(const Claim& claim, std::span<const std::size_t> cited, std::span<const Passage> passages,
                   const PassageSentences& sentences) {
  Support support{.has_numbers = has_numbers(claim, cited, passages)};
  Terms found;
  double best = -1;
  double cosine = 0;
  for (std::size_t i = 0; i < sentences.all().size(); ++i) {
    const PassageSentence& one = sentences.all()[i];
    if (std::ranges::find(cited, one.passage) == cited.end()) continue;
    std::ranges::set_intersection(claim.terms, one.terms, std::back_inserter(found));
    const double similarity = std::max(0.0, sentences.similarity(i, claim.vector));
    const double terms = share(common_terms(claim.terms, one.terms), claim.terms.size());
    cosine = std::max(cosine, similarity);
    if (terms + similarity > best) {
      best = terms + similarity;
      support.best_sentence = i;
    }
  }
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  const double terms = share(found.size(), claim.terms.size());
  support.value = claim.vector.empty() ? terms : (1 - kCosineShare) * terms + kCosineShare * std::min(1.0, cosine);
  return support;
}

}  // namespace scaup::inline v0
