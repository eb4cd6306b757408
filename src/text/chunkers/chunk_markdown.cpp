// The Markdown chunker: sections between headings, each cut by the recursive rules.

#include <algorithm>
#include <string>

#include "base/boundary.hpp"
#include "scaup/chunker.hpp"
#include "text/chunkers/chunk_common.hpp"
#include "text/chunkers/markdown_scanner.hpp"
#include "text/chunkers/recursive_splitter.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kDeepestLevel = 6;

struct Section {
  ByteRange range = {};
  std::size_t level = 0;  // of its heading; 0 before the first one
  SectionPath path = {};
};

// Makes sections of headings; together they cover the text. Headings without text are left out of paths.
class SectionBuilder {
 public:
  explicit SectionBuilder(std::string_view text) : text_(text) { sections_.emplace_back(); }

  // A section that has nothing but its heading goes into the one below it, if that is deeper: a chunk of a heading
  // alone would be found for its words and answer nothing.
  void begin(const MarkdownHeading& heading) {
    const bool bare = trim(text_, {body_begin_, heading.range.begin}).empty();
    const bool joins = bare && sections_.back().level < heading.level;
    pop_to(heading.level);
    open_.push_back(&heading);
    body_begin_ = heading.range.end;
    if (!joins) {
      sections_.back().range.end = heading.range.begin;
      sections_.emplace_back().range.begin = heading.range.begin;
    }
    sections_.back().level = heading.level;
    sections_.back().path = path();
  }

  std::vector<Section> finish() && {
    sections_.back().range.end = text_.size();
    return std::move(sections_);
  }

 private:
  void pop_to(std::size_t level) {
    while (!open_.empty() && open_.back()->level >= level) open_.pop_back();
  }

  SectionPath path() const {
    SectionPath path;
    for (const MarkdownHeading* heading : open_) {
      if (!heading->text.empty()) path.push_back(heading->text);
    }
    return path;
  }

  const std::string_view text_;
  std::vector<Section> sections_;
  std::vector<const MarkdownHeading*> open_;  // the headings above, levels ascending
  std::size_t body_begin_ = 0;                // where the text below the last heading begins
};

std::vector<Section> make_sections(std::string_view text, const std::vector<MarkdownHeading>& headings,
                                   std::size_t max_level) {
  SectionBuilder builder(text);
  for (const MarkdownHeading& heading : headings) {
    if (heading.level <= max_level) builder.begin(heading);
  }
  return std::move(builder).finish();
}

// The fences in `range`; `fences` are those that do not end before it, and loses them.
std::span<const ByteRange> take_fences(std::span<const ByteRange>& fences, ByteRange range) {
  const auto end = std::ranges::find_if(fences, [&](const ByteRange& fence) { return fence.begin >= range.end; });
  const auto taken = fences.first(static_cast<std::size_t>(end - fences.begin()));
  fences = fences.subspan(taken.size());
  return taken;
}

class MarkdownChunker final : public Chunker {
 public:
  explicit MarkdownChunker(const MarkdownChunkerOptions& options) : options_(options) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<Document>> {
      if (Status status = check(source); !status) return std::move(status).error();
      if (stop.stop_requested()) return chunk_cancelled(source);
      const auto counter = make_counter(source, options_.section);
      if (!counter) return counter.error();
      return cut(source, **counter, stop);
    });
  }

 private:
  Status check(const Document& source) const {
    if (options_.max_heading_level < 1 || options_.max_heading_level > kDeepestLevel) {
      return Error(ErrorCode::invalid_argument, "markdown chunker: max_heading_level is " +
                                                    std::to_string(options_.max_heading_level) + "; accepted: 1 to 6");
    }
    if (Status status = check_options(options_.section, "markdown chunker: section"); !status) return status;
    return check_text(source);
  }

  Result<std::vector<Document>> cut(const Document& source, const UnitCounter& counter,
                                    const std::stop_token& stop) const {
    const MarkdownBlocks blocks = scan_markdown(source.text);
    const std::vector<Section> sections = make_sections(source.text, blocks.headings, options_.max_heading_level);
    std::span<const ByteRange> fences = blocks.fences;
    std::vector<SectionChunks> cuts(sections.size());
    for (std::size_t i = 0; i < sections.size() && !stop.stop_requested(); ++i) {
      cuts[i].path = &sections[i].path;
      RecursiveSplitter splitter(source.text, options_.section, counter, cuts[i].chunks);
      splitter.split(sections[i].range, take_fences(fences, sections[i].range), stop);
    }
    if (stop.stop_requested()) return chunk_cancelled(source);
    return make_chunks(source, cuts);
  }

  const MarkdownChunkerOptions options_;
};

}  // namespace

std::shared_ptr<const Chunker> make_markdown_chunker(const MarkdownChunkerOptions& options) {
  return std::make_shared<const MarkdownChunker>(options);
}

}  // namespace scaup::inline v0
