#include <algorithm>
#include <unordered_map>

#include "text/postings/text_query.hpp"

namespace scaup::inline v0 {

TextQuery make_text_query(const Analyzer& analyzer, AnalyzerScratch& scratch, std::string_view text) {
  TextQuery query;
  std::unordered_map<std::string, std::size_t> places;
  const auto take = [&](const Token& token) {
    const auto [place, is_new] = places.try_emplace(std::string(token.term), query.terms.size());
    if (is_new) {
      query.terms.push_back({place->first, 1});
    } else {
      query.terms[place->second].weight += 1;
    }
  };
  analyzer.analyze(text, scratch, take);
  return query;
}

}  // namespace scaup::inline v0
