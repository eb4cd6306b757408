#pragma once
// Analyzer: text to the terms that keyword search compares. A named pipeline, so that a collection can store which
// one made its index.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// One term, where it stood, and the bytes of the source that it came from.
struct Token {
  std::string_view term = {};  ///< folded and stemmed; valid during the call of the visitor only
  std::uint32_t position = 0;  ///< counts words from 0; a stop word is not given but counted
  std::size_t begin = 0;       ///< `[begin, end)` in the source text, at code point boundaries
  std::size_t end = 0;
};

/// Whatever can be called with a token, borrowed for one call.
class TokenVisitor {
 public:
  template <typename Visit>
  requires(!std::is_same_v<std::remove_cvref_t<Visit>, TokenVisitor>) TokenVisitor(Visit&& visit)
  noexcept  // NOLINT(google-explicit-constructor): as a function argument
      : target_(const_cast<void*>(static_cast<const void*>(std::addressof(visit)))),
        call_(
            [](void* target, const Token& token) { (*static_cast<std::remove_reference_t<Visit>*>(target))(token); }) {}

  void operator()(const Token& token) const { call_(target_, token); }

 private:
  void* target_;
  void (*call_)(void*, const Token&);
};

class AnalyzerScratch;

/// Folds (NFKC and case), cuts into words (Unicode annex 29), leaves out stop words, stems. Bytes that are no UTF-8
/// separate words. Words longer than 255 bytes are cut into pieces of at most so many.
/// Thread-safe: any member from any thread at any time, each thread with a scratch of its own.
class Analyzer {
 public:
  virtual ~Analyzer() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Calls `visit` for each term in the order of the text. Throws std::bad_alloc, and what `visit` throws.
  virtual void analyze(std::string_view text, AnalyzerScratch& scratch, TokenVisitor visit) const = 0;
};

/// What an analyzer needs between words: a stemmer, buffers, and the stems of words seen before (at most a few
/// megabytes). Worth keeping between calls. May be used with several analyzers, by turns.
/// Single-threaded: one thread at a time.
class AnalyzerScratch {
 public:
  AnalyzerScratch();
  AnalyzerScratch(AnalyzerScratch&&) noexcept;
  AnalyzerScratch& operator=(AnalyzerScratch&&) noexcept;
  ~AnalyzerScratch();

  struct State;
  [[nodiscard]] State& state() noexcept { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// The analyzer of this name: `english` (33 stop words, no possessive 's, Porter's stemmer), `simple` (folding and
/// words alone), `multilingual` (the same with pairs of neighbouring CJK characters, no stems), or a language of
/// Snowball, for example `german`, with its stemmer and, for the larger European languages, stop words.
///
/// Errors: `invalid_argument` with the names there are, or where the installed libstemmer is too old for a language.
[[nodiscard]] Result<std::shared_ptr<const Analyzer>> find_analyzer(std::string_view name);

}  // namespace scaup::inline v0
