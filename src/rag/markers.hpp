#pragma once
// Citation markers, "[2]" or "[1, 3]", in the text of a model: read as it streams, the made-up ones left out.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace scaup::inline v0 {

/// Makes clean text of the pieces that a model gives: lists such as "[1, 3]" become "[1][3]", numbers of no passage go,
/// with the spaces before them. Brackets that hold anything else are text. Single-threaded: one thread at a time.
class MarkerFilter {
 public:
  /// Known are 1 to `passages`.
  explicit MarkerFilter(std::size_t passages) : passages_(passages) {}

  /// The text that is certain by now; what may be a marker is held back.
  [[nodiscard]] std::string feed(std::string_view piece);
  /// What was held back. Call it once, at the end.
  [[nodiscard]] std::string finish();
  /// Numbers of no passage, in the order in which they came, each as often as it came.
  [[nodiscard]] const std::vector<std::size_t>& unknown() const noexcept { return unknown_; }

 private:
  void take(char c, std::string& out);
  void open(std::string& out);
  void resolve(std::string& out);
  void drop();

  std::size_t passages_;
  std::string held_;        // spaces, and perhaps the beginning of a marker, perhaps within that of another
  std::size_t open_ = 0;    // the place of the innermost bracket in it, where it has one
  bool in_marker_ = false;  // held_ has an opening bracket
  std::vector<std::size_t> unknown_;
};

/// A sentence with the markers in it or right after it.
struct MarkedSentence {
  std::size_t begin = 0;  ///< bytes of the text, markers included
  std::size_t end = 0;
  std::string plain = {};                 ///< without the markers
  std::vector<std::size_t> numbers = {};  ///< ascending, each once
};

/// The sentences of a text that a MarkerFilter has cleaned; markers after a full stop belong to what is before it.
/// Markers are those of 1 to `passages`, whatever the text is. Linear time.
[[nodiscard]] std::vector<MarkedSentence> find_marked_sentences(std::string_view text, std::size_t passages);

}  // namespace scaup::inline v0
