// The Markdown chunker: sections between headings, each cut by the recursive rules.

#include "scaup/chunker.hpp"
#include "text/chunkers/markdown_scanner.hpp"
#include "text/chunkers/sections.hpp"

namespace scaup::inline v0 {
namespace {

class MarkdownChunker final : public TextChunker {
 public:
  explicit MarkdownChunker(const MarkdownChunkerOptions& options)
      : TextChunker("markdown chunker: section", options.section), max_heading_level_(options.max_heading_level) {}

 private:
  Status check_more() const override { return check_heading_level(max_heading_level_, "markdown chunker"); }

  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const MarkdownBlocks blocks = scan_markdown(job.source.text);
    return cut_sections(job, limits(), blocks.headings, max_heading_level_, blocks.fences);
  }

  const std::size_t max_heading_level_;
};

}  // namespace

std::shared_ptr<const Chunker> make_markdown_chunker(const MarkdownChunkerOptions& options) {
  return std::make_shared<const MarkdownChunker>(options);
}

}  // namespace scaup::inline v0
