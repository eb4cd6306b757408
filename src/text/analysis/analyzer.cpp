#include "text/analysis/analyzer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <vector>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "text/analysis/stem_cache.hpp"
#include "text/analysis/stemmer.hpp"
#include "text/analysis/stop_words.hpp"
#include "text/analysis/words.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {

struct AnalyzerScratch::State {
  const void* owner = nullptr;  // the analyzer that the stemmer and the stems belong to
  std::optional<Stemmer> stemmer;
  StemCache stems;
  std::string word;      // folded
  std::string previous;  // the folded character before, for pairs
  std::vector<std::int32_t> code_points;
};

AnalyzerScratch::AnalyzerScratch() : state_(std::make_unique<State>()) {}
AnalyzerScratch::AnalyzerScratch(AnalyzerScratch&&) noexcept = default;
AnalyzerScratch& AnalyzerScratch::operator=(AnalyzerScratch&&) noexcept = default;
AnalyzerScratch::~AnalyzerScratch() = default;

namespace {

using State = AnalyzerScratch::State;

constexpr auto kLower = [] {
  std::array<char, 128> table{};
  for (int byte = 0; byte < 128; ++byte)
    table[static_cast<std::size_t>(byte)] = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
  return table;
}();

// Puts the folded word into `out`.
void fold(std::string& out, std::string_view bytes, bool is_ascii, std::vector<std::int32_t>& code_points) {
  if (!is_ascii) {
    out.clear();
    return append_folded(out, bytes, code_points);
  }
  out.resize(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i] = kLower[static_cast<unsigned char>(bytes[i])];
}

// Folding and words alone.
class SimpleAnalyzer final : public Analyzer {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "simple"; }

  void analyze(std::string_view text, AnalyzerScratch& scratch, TokenVisitor visit) const override {
    State& state = scratch.state();
    std::uint32_t position = 0;
    for (Word word = next_word(text, 0, CjkWords::whole); word.begin < word.end;
         word = next_word(text, word.end, CjkWords::whole)) {
      fold(state.word, text.substr(word.begin, word.end - word.begin), word.is_ascii, state.code_points);
      if (!state.word.empty()) visit({state.word, position++, word.begin, word.end});
    }
  }
};

// Stop words and stems.
class LanguageAnalyzer final : public Analyzer {
 public:
  LanguageAnalyzer(const Language& language, const char* algorithm)
      : name_(language.name), algorithm_(algorithm), is_english_(name_ == "english") {
    std::string_view rest = language.stop_words;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      stop_words_.insert(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  [[nodiscard]] std::string_view name() const noexcept override { return name_; }

  void analyze(std::string_view text, AnalyzerScratch& scratch, TokenVisitor visit) const override {
    State& state = scratch.state();
    take_over(state);
    std::uint32_t position = 0;
    for (Word word = next_word(text, 0, CjkWords::whole); word.begin < word.end;
         word = next_word(text, word.end, CjkWords::whole)) {
      fold(state.word, text.substr(word.begin, word.end - word.begin), word.is_ascii, state.code_points);
      if (state.word.empty()) continue;
      if (is_english_) drop_possessive(state.word);
      const std::string_view stem = stem_of(state);
      if (!stem.empty()) visit({stem, position, word.begin, word.end});
      ++position;
    }
  }

 private:
  void take_over(State& state) const {
    if (state.owner == this) return;
    state.owner = nullptr;
    state.stemmer.emplace(algorithm_);
    state.stems.clear();
    state.owner = this;
  }

  // The 's behind an English noun, with either apostrophe.
  static void drop_possessive(std::string& word) {
    for (const std::string_view ending : {"'s", "\xE2\x80\x99s"}) {
      if (word.size() > ending.size() && word.ends_with(ending)) return word.resize(word.size() - ending.size());
    }
  }

  // Empty for a stop word.
  [[nodiscard]] std::string_view stem_of(State& state) const {
    if (const auto known = state.stems.find(state.word)) return *known;
    std::string_view stem;
    if (!stop_words_.contains(state.word)) {
      // As in Porter's paper, words of one or two letters stay as they are; Snowball makes "s" an empty word.
      stem = state.word.size() <= 2 ? std::string_view(state.word) : state.stemmer->stem(state.word);
      if (stem.empty()) stem = state.word;
    }
    state.stems.insert(state.word, stem);
    return stem;
  }

  std::string_view name_;
  const char* algorithm_;
  bool is_english_;
  std::unordered_set<std::string_view> stop_words_;
};

// Neighbouring CJK characters become terms of two; one that stands alone is a term itself.
class MultilingualAnalyzer final : public Analyzer {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "multilingual"; }

  void analyze(std::string_view text, AnalyzerScratch& scratch, TokenVisitor visit) const override {
    Pairs pairs{scratch.state(), visit};
    std::uint32_t position = 0;
    for (Word word = next_word(text, 0, CjkWords::single); word.begin < word.end;
         word = next_word(text, word.end, CjkWords::single)) {
      State& state = scratch.state();
      fold(state.word, text.substr(word.begin, word.end - word.begin), word.is_ascii, state.code_points);
      if (state.word.empty()) continue;
      pairs.take(word, position++);
    }
    pairs.finish();
  }

 private:
  struct Pairs {
    State& state;
    TokenVisitor& visit;
    bool is_open = false;    // the word before is a CJK character
    bool is_paired = false;  // ... and has been in a pair
    Token before = {};

    void take(const Word& word, std::uint32_t position) {
      if (!word.is_ideograph) {
        finish();
        return visit({state.word, position, word.begin, word.end});
      }
      if (is_open && before.end == word.begin) {
        const std::size_t size = state.previous.size();
        state.previous += state.word;
        visit({state.previous, before.position, before.begin, word.end});
        state.previous.erase(0, size);
        is_paired = true;
      } else {
        finish();
        state.previous = state.word;
        is_paired = false;
      }
      is_open = true;
      before = {{}, position, word.begin, word.end};
    }

    void finish() {
      if (is_open && !is_paired) visit({state.previous, before.position, before.begin, before.end});
      is_open = false;
    }
  };
};

struct Named {
  std::shared_ptr<const Analyzer> analyzer;
  const char* algorithm = nullptr;  // libstemmer's; null if it needs none
};

std::vector<Named> make_analyzers() {
  std::vector<Named> all = {{std::make_shared<SimpleAnalyzer>()}, {std::make_shared<MultilingualAnalyzer>()}};
  for (const Language& language : languages()) {
    const bool is_english = std::string_view(language.name) == "english";
    const char* const algorithm = is_english ? "porter" : language.name;
    all.push_back({std::make_shared<LanguageAnalyzer>(language, algorithm), algorithm});
  }
  return all;
}

Error unknown_analyzer(std::string_view name, const std::vector<Named>& all) {
  std::string message = "there is no analyzer " + in_quotes(name) + "; there are";
  for (const Named& named : all) {
    message += &named == &all.front() ? " " : ", ";
    message += named.analyzer->name();
  }
  return {ErrorCode::invalid_argument, std::move(message)};
}

}  // namespace

Result<std::shared_ptr<const Analyzer>> find_analyzer(std::string_view name) {
  return guarded([&]() -> Result<std::shared_ptr<const Analyzer>> {
    static const std::vector<Named> kAll = make_analyzers();
    const auto found = std::ranges::find_if(kAll, [&](const Named& named) { return named.analyzer->name() == name; });
    if (found == kAll.end()) return unknown_analyzer(name, kAll);
    // Terms without stems would not be found again by a library that has the stemmer.
    if (found->algorithm != nullptr && !Stemmer(found->algorithm).is_there()) {
      return Error(ErrorCode::invalid_argument,
                   "analyzer " + in_quotes(name) + ": the installed libstemmer does not have this language");
    }
    return found->analyzer;
  });
}

}  // namespace scaup::inline v0
