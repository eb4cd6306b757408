#include "text/chunkers/sections.hpp"

#include <algorithm>

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
  void begin(const Heading& heading) {
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
    for (const Heading* heading : open_) {
      if (!heading->text.empty()) path.push_back(heading->text);
    }
    return path;
  }

  const std::string_view text_;
  std::vector<Section> sections_;
  std::vector<const Heading*> open_;  // the headings above, levels ascending
  std::size_t body_begin_ = 0;        // where the text below the last heading begins
};

std::vector<Section> make_sections(std::string_view text, std::span<const Heading> headings, std::size_t max_level) {
  SectionBuilder builder(text);
  for (const Heading& heading : headings) {
    if (heading.level <= max_level) builder.begin(heading);
  }
  return std::move(builder).finish();
}

// Those of `whole` in `range`; `whole` has none that ends before it, and loses them.
std::span<const ByteRange> take_whole(std::span<const ByteRange>& whole, ByteRange range) {
  const auto end = std::ranges::find_if(whole, [&](const ByteRange& each) { return each.begin >= range.end; });
  const auto taken = whole.first(static_cast<std::size_t>(end - whole.begin()));
  whole = whole.subspan(taken.size());
  return taken;
}

}  // namespace

Status check_heading_level(std::size_t level, std::string_view name) {
  if (level >= 1 && level <= kDeepestLevel) return {};
  return Error(ErrorCode::invalid_argument,
               std::string(name) + ": max_heading_level is " + std::to_string(level) + "; accepted: 1 to 6");
}

std::vector<SectionChunks> cut_sections(const CutJob& job, const RecursiveChunkerOptions& limits,
                                        std::span<const Heading> headings, std::size_t max_level,
                                        std::span<const ByteRange> whole) {
  std::vector<Section> sections = make_sections(job.source.text, headings, max_level);
  std::vector<SectionChunks> cuts(sections.size());
  for (std::size_t i = 0; i < sections.size() && !job.stop.stop_requested(); ++i) {
    cuts[i].path = std::move(sections[i].path);
    RecursiveSplitter splitter(job.source.text, limits, job.counter, cuts[i].chunks);
    splitter.split(sections[i].range, take_whole(whole, sections[i].range), job.stop);
  }
  return cuts;
}

}  // namespace scaup::inline v0
