// The code chunker: whole blocks where they fit, the outermost first.

#include <algorithm>
#include <array>

#include "base/metadata_value.hpp"
#include "scaup/format_chunkers.hpp"
#include "text/chunkers/code_scanner.hpp"
#include "text/chunkers/text_chunker.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::string_view_literals;

constexpr std::array kIndentedExtensions = {".py"sv, ".pyi"sv, ".pyx"sv, ".nim"sv, ".coffee"sv, ".yaml"sv, ".yml"sv};
constexpr std::array kBraceExtensions = {".c"sv,  ".h"sv,  ".cc"sv,    ".cpp"sv, ".hpp"sv,   ".cxx"sv,  ".java"sv,
                                         ".js"sv, ".ts"sv, ".jsx"sv,   ".tsx"sv, ".go"sv,    ".rs"sv,   ".cs"sv,
                                         ".kt"sv, ".m"sv,  ".swift"sv, ".php"sv, ".scala"sv, ".json"sv, ".css"sv};

constexpr std::size_t kLineEnd = RecursiveSplitter::kCallerLevels;  // a worse place than the end of any block

template <typename Extensions>
bool has_extension(std::string_view name, const Extensions& extensions) noexcept {
  return std::ranges::any_of(extensions, [&](std::string_view each) { return name.ends_with(each); });
}

// Feeds lines to a splitter: all of a range together, or what is between the best places to cut it.
class CodeSplitter {
 public:
  CodeSplitter(RecursiveSplitter& pack, const CutJob& job, const std::vector<CodeLine>& lines)
      : pack_(pack), job_(job), lines_(lines) {}

  // Lines [first, last); `end_level` says how good a place their end is.
  void split(std::size_t first, std::size_t last, std::size_t end_level) {
    if (first == last || job_.stop.stop_requested()) return;
    const ByteRange range = trim(job_.source.text, {lines_[first].range.begin, lines_[last - 1].range.end});
    if (range.empty()) return;
    if (pack_.fits(range)) return pack_.add(range, end_level, job_.stop);
    const std::size_t depth = least_depth(first, last);
    if (depth > kDeepestBlock) return split_lines(first, last, end_level);
    for (std::size_t i = first + 1; i < last; ++i) {
      if (!lines_[i].begins || lines_[i].depth != depth) continue;
      split(first, i, depth);
      first = i;
    }
    split(first, last, end_level);
  }

 private:
  // Of the places to cut inside; more than kDeepestBlock if there is none.
  std::size_t least_depth(std::size_t first, std::size_t last) const noexcept {
    std::size_t least = kDeepestBlock + 1;
    for (std::size_t i = first + 1; i < last; ++i) {
      if (lines_[i].begins) least = std::min(least, lines_[i].depth);
    }
    return least;
  }

  void split_lines(std::size_t first, std::size_t last, std::size_t end_level) {
    for (std::size_t i = first; i < last; ++i)
      pack_.add(lines_[i].range, i + 1 == last ? end_level : kLineEnd, job_.stop);
  }

  RecursiveSplitter& pack_;
  const CutJob& job_;
  const std::vector<CodeLine>& lines_;
};

class CodeChunker final : public TextChunker {
 public:
  explicit CodeChunker(const CodeChunkerOptions& options)
      : TextChunker("code chunker", {.size = options.size,
                                     .overlap = options.overlap,
                                     .unit = options.unit,
                                     .separators = {"\n", "; ", ", ", " "},
                                     .tokenizer = options.tokenizer}),
        style_(options.style) {}

 private:
  Status check_more() const override {
    if (style_ <= CodeStyle::indentation) return {};
    return Error(ErrorCode::invalid_argument, "code chunker: style is " +
                                                  std::to_string(static_cast<unsigned>(style_)) +
                                                  "; accepted: automatic, braces, indentation");
  }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const std::string_view text = job.source.text;
    const auto lines = is_indented(job.source) ? scan_indented_code(text) : scan_brace_code(text);
    std::vector<SectionChunks> sections(1);
    RecursiveSplitter pack = splitter(job, sections[0].chunks);
    CodeSplitter(pack, job, lines).split(0, lines.size(), 0);
    pack.finish();
    return sections;
  }

  bool is_indented(const Document& source) const {
    if (style_ != CodeStyle::automatic) return style_ == CodeStyle::indentation;
    const auto* name = metadata_value<std::string>(source.metadata, "path");
    if (name == nullptr) name = &source.id;
    if (has_extension(*name, kIndentedExtensions)) return true;
    return !has_extension(*name, kBraceExtensions) && looks_indented(source.text);
  }

  const CodeStyle style_;
};

}  // namespace

std::shared_ptr<const Chunker> make_code_chunker(const CodeChunkerOptions& options) {
  return std::make_shared<const CodeChunker>(options);
}

}  // namespace scaup::inline v0
