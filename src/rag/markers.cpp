#include "rag/markers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/ascii.hpp"
#include "text/chunkers/sentences.hpp"

namespace scaup::inline v0 {
namespace {

// Longer ones are no markers; so a model that opens a bracket and never closes it does not hold back an answer.
constexpr std::size_t kMaxMarkerBytes = 64;

bool is_within_marker(char c) noexcept {
  return is_ascii_digit(c) || c == ',' || c == ';' || c == ' ';
}

// The numbers in a text of digits and separators; one that is too large to be any passage's is the largest there is.
std::vector<std::size_t> numbers_in(std::string_view text) {
  std::vector<std::size_t> numbers;
  std::size_t place = 0;
  while (place < text.size()) {
    if (!is_ascii_digit(text[place])) {
      ++place;
      continue;
    }
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data() + place, text.data() + text.size(), number);
    numbers.push_back(error == std::errc() ? number : static_cast<std::size_t>(-1));
    place = static_cast<std::size_t>(end - text.data());
  }
  return numbers;
}

// One marker "[n]" at a place of a text.
struct Marker {
  std::size_t number = 0;
  std::size_t end = 0;
};

std::optional<Marker> marker_at(std::string_view text, std::size_t place) {
  if (place >= text.size() || text[place] != '[') return std::nullopt;
  Marker marker;
  const char* const first = text.data() + place + 1;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, marker.number);
  if (error != std::errc() || end == last || *end != ']') return std::nullopt;
  marker.end = static_cast<std::size_t>(end - text.data()) + 1;
  return marker;
}

// The end of the markers at a place, spaces before each of them included; the place itself if there is none.
std::size_t end_of_markers(std::string_view text, std::size_t place) {
  for (;;) {
    const std::size_t begin = std::min(text.find_first_not_of(' ', place), text.size());
    const auto marker = marker_at(text, begin);
    if (!marker) return place;
    place = marker->end;
  }
}

MarkedSentence marked_sentence(std::string_view text, std::size_t begin, std::size_t end) {
  MarkedSentence sentence{.begin = begin, .end = end};
  std::size_t place = begin;
  while (place < end) {
    const auto marker = marker_at(text, place);
    if (marker && marker->end <= end) {
      sentence.numbers.push_back(marker->number);
      place = marker->end;
      while (!sentence.plain.empty() && sentence.plain.back() == ' ') sentence.plain.pop_back();
    } else {
      sentence.plain += text[place++];
    }
  }
  std::ranges::sort(sentence.numbers);
  sentence.numbers.erase(std::unique(sentence.numbers.begin(), sentence.numbers.end()), sentence.numbers.end());
  return sentence;
}

}  // namespace

std::string MarkerFilter::feed(std::string_view piece) {
  std::string out;
  for (const char c : piece) take(c, out);
  return out;
}

std::string MarkerFilter::finish() {
  in_marker_ = false;
  return std::exchange(held_, {});
}

void MarkerFilter::take(char c, std::string& out) {
  if (in_marker_ && c == ']') return resolve(out);
  if (in_marker_ && is_within_marker(c) && held_.size() < kMaxMarkerBytes) {
    held_ += c;
    return;
  }
  const bool held_spaces_only = !in_marker_;
  if (c == '[' || (c == ' ' && held_spaces_only && held_.size() < kMaxMarkerBytes)) {
    if (!held_spaces_only) out += std::exchange(held_, {});
    held_ += c;
    in_marker_ = c == '[';
    return;
  }
  out += held_;
  out += c;
  held_.clear();
  in_marker_ = false;
}

// `held_` is spaces, a bracket, and what was in it.
void MarkerFilter::resolve(std::string& out) {
  const std::string held = std::exchange(held_, {});
  in_marker_ = false;
  const std::size_t bracket = held.find('[');
  const std::vector<std::size_t> numbers = numbers_in(std::string_view(held).substr(bracket));
  if (numbers.empty()) {
    out += held + ']';
    return;
  }
  std::string known;
  for (const std::size_t number : numbers) {
    if (number >= 1 && number <= passages_) {
      known += '[' + std::to_string(number) + ']';
    } else {
      unknown_.push_back(number);
    }
  }
  if (!known.empty()) out += held.substr(0, bracket) + known;
}

std::vector<MarkedSentence> find_marked_sentences(std::string_view text) {
  std::vector<MarkedSentence> sentences;
  std::size_t begin = 0;
  const auto ranges = find_sentences(text, {0, text.size()});
  for (const ByteRange& range : ranges) {
    begin = std::min(text.find_first_not_of(" \t\r\n", std::max(begin, range.begin)), text.size());
    const std::size_t own = end_of_markers(text, begin);
    if (own > begin && !sentences.empty()) {
      sentences.back() = marked_sentence(text, sentences.back().begin, own);
      begin = std::min(text.find_first_not_of(" \t\r\n", own), text.size());
    }
    if (begin >= range.end) continue;
    const std::size_t end = std::max(range.end, end_of_markers(text, range.end));
    sentences.push_back(marked_sentence(text, begin, end));
    begin = end;
  }
  return sentences;
}

}  // namespace scaup::inline v0
