#include "text/chunkers/sentence_words.hpp"

#include <algorithm>
#include <array>

namespace scaup::inline v0 {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTitles = {
    "adm"sv,    "approx"sv, "bzw"sv, "ca"sv,  "capt"sv, "cf"sv,  "cmdr"sv, "col"sv,  "cpt"sv,  "d.h"sv, "dr"sv,
    "dra"sv,    "e.g"sv,    "esp"sv, "gen"sv, "gov"sv,  "hon"sv, "hr"sv,   "i.e"sv,  "incl"sv, "lt"sv,  "maj"sv,
    "messrs"sv, "mlle"sv,   "mme"sv, "mr"sv,  "mrs"sv,  "ms"sv,  "mt"sv,   "pres"sv, "prof"sv, "rep"sv, "rev"sv,
    "sen"sv,    "sgt"sv,    "sra"sv, "st"sv,  "u.a"sv,  "viz"sv, "vs"sv,   "z.b"sv};
static_assert(std::ranges::is_sorted(kTitles));

constexpr std::array kNumberAbbreviations = {
    "abb"sv,  "apr"sv,  "art"sv, "aug"sv,  "bd"sv,  "ch"sv,   "chap"sv, "dec"sv,  "ed"sv,  "eq"sv,  "eqs"sv, "feb"sv,
    "fig"sv,  "figs"sv, "jan"sv, "jul"sv,  "jun"sv, "mar"sv,  "no"sv,   "nos"sv,  "nov"sv, "nr"sv,  "oct"sv, "p"sv,
    "para"sv, "pp"sv,   "ref"sv, "refs"sv, "sec"sv, "sect"sv, "sep"sv,  "sept"sv, "tab"sv, "vol"sv, "vols"sv};
static_assert(std::ranges::is_sorted(kNumberAbbreviations));

constexpr std::array kStarters = {
    "a"sv,     "after"sv, "all"sv,  "although"sv, "an"sv,   "and"sv, "as"sv,    "at"sv,      "but"sv,
    "by"sv,    "for"sv,   "from"sv, "he"sv,       "her"sv,  "his"sv, "how"sv,   "however"sv, "if"sv,
    "in"sv,    "it"sv,    "its"sv,  "my"sv,       "no"sv,   "not"sv, "on"sv,    "our"sv,     "she"sv,
    "since"sv, "so"sv,    "some"sv, "such"sv,     "that"sv, "the"sv, "their"sv, "then"sv,    "there"sv,
    "these"sv, "they"sv,  "this"sv, "those"sv,    "to"sv,   "we"sv,  "what"sv,  "when"sv,    "where"sv,
    "while"sv, "who"sv,   "why"sv,  "with"sv,     "you"sv,  "your"sv};
static_assert(std::ranges::is_sorted(kStarters));

// Unicode 15, Sentence_Terminal (PropList.txt), of the scripts in wide use.
constexpr std::u32string_view kUnspacedStops = U"\u3002\uFF01\uFF0E\uFF1F\uFF61";
constexpr std::u32string_view kSpacedStops =
    U".!?\u0589\u061D\u061E\u061F\u06D4\u0700\u0701\u0702\u0964\u0965\u104A\u104B\u1362\u1367\u1368\u17D4\u17D5"
    U"\u203C\u203D\u2026\u2047\u2048\u2049";
constexpr std::u32string_view kClosingMarks =
    U"\"')]}*_\u00BB\u2019\u201D\u203A\u3009\u300B\u300D\u300F\u3011\u3015\u3017\uFF09\uFF3D\uFF5D\uFF63";
constexpr std::u32string_view kOpeningMarks =
    U"\"'([{*_\u00A1\u00AB\u00BF\u2018\u201A\u201C\u201E\u2039\u3008\u300A\u300C\u300E\u3010\uFF08\uFF3B";

}  // namespace

bool is_title_abbreviation(std::string_view word) noexcept {
  return std::ranges::binary_search(kTitles, word);
}

bool is_number_abbreviation(std::string_view word) noexcept {
  return std::ranges::binary_search(kNumberAbbreviations, word);
}

bool is_sentence_starter(std::string_view word) noexcept {
  return std::ranges::binary_search(kStarters, word);
}

bool is_unspaced_stop(char32_t point) noexcept {
  return kUnspacedStops.find(point) != std::u32string_view::npos;
}

bool is_spaced_stop(char32_t point) noexcept {
  return kSpacedStops.find(point) != std::u32string_view::npos;
}

bool is_closing_mark(char32_t point) noexcept {
  return kClosingMarks.find(point) != std::u32string_view::npos;
}

bool is_opening_mark(char32_t point) noexcept {
  return kOpeningMarks.find(point) != std::u32string_view::npos;
}

}  // namespace scaup::inline v0
