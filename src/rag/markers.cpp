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
constexpr std::size_t kMaxHeldBytes = 256;  // the same for brackets within brackets

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

// A bracketed number of no passage is text: whoever reads a marker may look its passage up.
std::optional<Marker> marker_at(std::string_view text, std::size_t place, std::size_t passages) {
  if (place >= text.size() || text[place] != '[') return std::nullopt;
  Marker marker;
  const char* const first = text.data() + place + 1;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, marker.number);
  if (error != std::errc() || end == last || *end != ']') return std::nullopt;
  if (marker.number < 1 || marker.number > passages) return std::nullopt;
  marker.end = static_cast<std::size_t>(end - text.data()) + 1;
  return marker;
}

// The end of the markers at a place, spaces before each of them included; the place itself if there is none.
std::size_t end_of_markers(std::string_view text, std::size_t place, std::size_t passages) {
  for (;;) {
    const std::size_t begin = std::min(text.find_first_not_of(' ', place), text.size());
    const auto marker = marker_at(text, begin, passages);
    if (!marker) return place;
    place = marker->end;
  }
}

// Adds the text from the end of a sentence up to `end` to it.
void extend(MarkedSentence& sentence, std::string_view text, std::size_t end, std::size_t passages) {
  while (sentence.end < end) {
    const auto marker = marker_at(text, sentence.end, passages);
    if (marker && marker->end <= end) {
      sentence.numbers.push_back(marker->number);
      sentence.end = marker->end;
      while (!sentence.plain.empty() && sentence.plain.back() == ' ') sentence.plain.pop_back();
    } else {
      sentence.plain += text[sentence.end++];
    }
  }
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
  if (in_marker_ && is_within_marker(c) && held_.size() - open_ < kMaxMarkerBytes) {
    held_ += c;
    return;
  }
  if (c == '[') return open(out);
  if (c == ' ' && !in_marker_ && held_.size() < kMaxMarkerBytes) {
    held_ += c;
    return;
  }
  out += held_;
  out += c;
  held_.clear();
  in_marker_ = false;
}

// What is held before the bracket stays held: if the marker goes, the bracket of an outer one may get its number next,
// as in "[[8]9]".
void MarkerFilter::open(std::string& out) {
  if (held_.size() >= kMaxHeldBytes) out += std::exchange(held_, {});
  open_ = held_.size();
  held_ += '[';
  in_marker_ = true;
}

// `held_` is spaces, brackets that are open, and from `open_` on the innermost one and what was in it.
void MarkerFilter::resolve(std::string& out) {
  const std::string marker = held_.substr(open_);
  held_.resize(open_);
  const std::vector<std::size_t> numbers = numbers_in(marker);
  std::string known;
  for (const std::size_t number : numbers) {
    if (number >= 1 && number <= passages_) {
      known += '[' + std::to_string(number) + ']';
    } else {
      unknown_.push_back(number);
    }
  }
  if (known.empty() && !numbers.empty()) return drop();
  out += std::exchange(held_, {}) + (numbers.empty() ? marker + ']' : known);
  in_marker_ = false;
}

// The marker is gone, and the spaces before it go too; the bracket around it, if there is one, is the innermost now.
void MarkerFilter::drop() {
  while (held_.ends_with(' ')) held_.pop_back();
  const std::size_t outer = held_.rfind('[');
  in_marker_ = outer != std::string::npos;
  open_ = in_marker_ ? outer : 0;
}

std::vector<MarkedSentence> find_marked_sentences(std::string_view text, std::size_t passages) {
  std::vector<MarkedSentence> sentences;
  std::size_t begin = 0;
  const auto ranges = find_sentences(text, {0, text.size()});
  for (const ByteRange& range : ranges) {
    begin = std::min(text.find_first_not_of(kAsciiSpace, std::max(begin, range.begin)), text.size());
    const std::size_t own = end_of_markers(text, begin, passages);
    if (own > begin && !sentences.empty()) {
      extend(sentences.back(), text, own, passages);
      begin = std::min(text.find_first_not_of(kAsciiSpace, own), text.size());
    }
    if (begin >= range.end) continue;
    sentences.push_back({.begin = begin, .end = begin});
    extend(sentences.back(), text, std::max(range.end, end_of_markers(text, range.end, passages)), passages);
    begin = sentences.back().end;
  }
  for (MarkedSentence& sentence : sentences) {
    std::ranges::sort(sentence.numbers);
    sentence.numbers.erase(std::unique(sentence.numbers.begin(), sentence.numbers.end()), sentence.numbers.end());
  }
  return sentences;
}

}  // namespace scaup::inline v0
