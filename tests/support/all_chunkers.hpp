#pragma once
// Every chunker that cuts the text itself, made with the same sizes: for the promises that all of them keep.

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "scaup/format_chunkers.hpp"

namespace scaup::test {

struct ChunkerKind {
  std::string_view name;
  /// What is made may have another overlap or unit than it was asked for; `adjust` makes the options say so.
  std::function<std::shared_ptr<const Chunker>(const RecursiveChunkerOptions&)> make;
  std::function<void(RecursiveChunkerOptions&)> adjust = [](RecursiveChunkerOptions&) {};
};

inline ChunkSizeOptions sizes_of(const RecursiveChunkerOptions& options) {
  return {.size = options.size, .overlap = options.overlap, .unit = options.unit, .tokenizer = options.tokenizer};
}

inline std::shared_ptr<const Chunker> make_code(const RecursiveChunkerOptions& options, CodeStyle style) {
  return make_code_chunker({.size = options.size,
                            .overlap = options.overlap,
                            .unit = options.unit,
                            .tokenizer = options.tokenizer,
                            .style = style});
}

inline std::vector<ChunkerKind> all_chunkers() {
  using Options = RecursiveChunkerOptions;
  const auto no_overlap = [](Options& options) { options.overlap = 0; };
  const auto in_tokens = [](Options& options) { options.unit = Unit::tokens; };
  return {
      {"recursive chunker", [](const Options& o) { return make_recursive_chunker(o); }},
      {"markdown chunker", [](const Options& o) { return make_markdown_chunker({.section = o}); }},
      {"fixed chunker", [](const Options& o) { return make_fixed_chunker(sizes_of(o)); }},
      {"token chunker",
       [](const Options& o) {
         return make_token_chunker({.size = o.size, .overlap = o.overlap, .tokenizer = o.tokenizer});
       },
       in_tokens},
      {"sentence chunker",
       [](const Options& o) {
         return make_sentence_chunker(
             {.size = o.size, .overlap = o.overlap, .unit = o.unit, .tokenizer = o.tokenizer, .abbreviations = {}});
       }},
      {"paragraph chunker", [](const Options& o) { return make_paragraph_chunker(sizes_of(o)); }},
      {"page chunker", [](const Options& o) { return make_page_chunker(sizes_of(o)); }},
      {"sentence window chunker",
       [](const Options& o) {
         return make_sentence_window_chunker({.size = o.size, .unit = o.unit, .tokenizer = o.tokenizer});
       },
       no_overlap},
      {"semantic chunker",
       [](const Options& o) {
         return make_semantic_chunker({.embedder = make_hash_embedder({.dimension = 16}).value(),
                                       .size = o.size,
                                       .unit = o.unit,
                                       .tokenizer = o.tokenizer});
       },
       no_overlap},
      {"code chunker", [](const Options& o) { return make_code(o, CodeStyle::automatic); }},
      {"code chunker", [](const Options& o) { return make_code(o, CodeStyle::indentation); }},
      {"chat chunker",
       [](const Options& o) {
         return make_chat_chunker(
             {.size = o.size, .overlap = o.overlap, .unit = o.unit, .tokenizer = o.tokenizer, .speakers = {}});
       }},
  };
}

}  // namespace scaup::test
