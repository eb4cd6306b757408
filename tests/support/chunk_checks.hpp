#pragma once
// What every list of chunks must satisfy, checked the slow and simple way; for tests and fuzz targets.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "scaup/chunker.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::test {

/// Neither a word nor white space: a token by itself, where there is no tokenizer.
inline bool is_token_mark(char32_t c) {
  if (c < 0x80) return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !((c | 0x20U) >= 'a' && (c | 0x20U) <= 'z');
  return (c >= 0x2010 && c <= 0x205E) || (c >= 0x2E80 && c < 0xA000) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF61 && c <= 0xFF9F) ||
         (c >= 0x20000 && c < 0x40000);
}

/// The tokens of a text where there is no tokenizer, one code point after another.
inline std::vector<TokenRange> words_and_marks(std::string_view text) {
  std::vector<TokenRange> tokens;
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    const bool control = point.value < 0x20 || point.value == 0x7F;
    const bool mark = !is_white_space(point.value) && is_token_mark(point.value);
    const bool word = !mark && !control && !is_white_space(point.value);
    if (mark || (word && !in_word)) tokens.push_back({at, at});
    if (mark || word) tokens.back().end = at + point.size;
    in_word = word;
    at += point.size;
  }
  return tokens;
}

/// The units of bytes [begin, end) of a text; `tokens` are all of the text's.
inline std::size_t naive_count(std::string_view text, std::size_t begin, std::size_t end, Unit unit,
                               const std::vector<TokenRange>& tokens) {
  if (unit == Unit::bytes) return end - begin;
  if (unit == Unit::characters) return count_code_points(text.substr(begin, end - begin));
  return static_cast<std::size_t>(
      std::ranges::count_if(tokens, [&](const TokenRange& token) { return token.end > begin && token.begin < end; }));
}

/// For each byte, whether it is part of white space.
inline std::vector<bool> white_bytes(std::string_view text) {
  std::vector<bool> white(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    for (std::size_t i = 0; i < point.size; ++i) white[at + i] = is_white_space(point.value);
    at += point.size;
  }
  return white;
}

/// What is wrong with the place, size and look of one chunk; empty if nothing.
inline std::string problem_of_chunk(const Document& source, const Document& chunk, std::size_t index) {
  if (!chunk.origin) return "no origin";
  const Origin& origin = *chunk.origin;
  const std::string_view text = source.text;
  if (chunk.id != source.id + "#" + std::to_string(index)) return "wrong id";
  if (origin.source_id != source.id || origin.chunk_index != index) return "wrong source or index";
  if (chunk.embedding) return "an embedding that nobody gave it";
  if (origin.begin >= origin.end || origin.end > text.size()) return "bad range";
  if (text.substr(origin.begin, origin.end - origin.begin) != chunk.text) return "text is not that of the range";
  if (!is_utf8_boundary(text, origin.begin) || !is_utf8_boundary(text, origin.end)) return "cut inside a code point";
  if (trim(text, {origin.begin, origin.end}) != ByteRange{origin.begin, origin.end}) return "white space at an end";
  const auto before = [&](char c, std::size_t end) {
    return static_cast<std::size_t>(std::ranges::count(text.substr(0, end), c));
  };
  if (origin.first_line != before('\n', origin.begin) + 1) return "wrong first line";
  if (origin.last_line != before('\n', origin.end - 1) + 1) return "wrong last line";
  if (origin.page && *origin.page != before('\f', origin.end) + 1) return "wrong page";
  return {};
}

/// What is wrong with the chunks that a chunker with these options made of `source`; empty if nothing.
inline std::string problem_of_chunks(const Document& source, const std::vector<Document>& chunks,
                                     const RecursiveChunkerOptions& options, const std::vector<TokenRange>& tokens) {
  const std::string_view text = source.text;
  std::vector<bool> covered = white_bytes(text);
  const auto count = [&](std::size_t begin, std::size_t end) {
    return naive_count(text, begin, end, options.unit, tokens);
  };
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const std::string place = "chunk " + std::to_string(i) + ": ";
    if (const std::string problem = problem_of_chunk(source, chunks[i], i); !problem.empty()) return place + problem;
    const Origin& origin = *chunks[i].origin;
    const bool one_code_point = count_code_points(chunks[i].text) == 1;
    if (count(origin.begin, origin.end) > options.size && !one_code_point) return place + "too large";
    std::fill(covered.begin() + static_cast<std::ptrdiff_t>(origin.begin),
              covered.begin() + static_cast<std::ptrdiff_t>(origin.end), true);
    if (i == 0) continue;
    const Origin& before = *chunks[i - 1].origin;
    if (origin.begin <= before.begin || origin.end <= before.end) return place + "does not advance";
    if (origin.begin < before.end && count(origin.begin, before.end) > options.overlap)
      return place + "overlaps too much";
  }
  const auto gap = std::ranges::find(covered, false);
  if (gap != covered.end()) return "byte " + std::to_string(gap - covered.begin()) + " is in no chunk";
  return {};
}

}  // namespace scaup::test
