// The paragraph chunker and the page chunker.

#include "scaup/chunker.hpp"
#include "text/chunkers/prose.hpp"

namespace scaup::inline v0 {
namespace {

class ParagraphChunker final : public TextChunker {
 public:
  explicit ParagraphChunker(const ChunkSizeOptions& options)
      : TextChunker("paragraph chunker", to_recursive(options, clause_separators())) {}

 private:
  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    std::vector<SectionChunks> sections(1);
    RecursiveSplitter pack = splitter(job, sections[0].chunks);
    add_paragraphs(pack, job, {0, job.source.text.size()});
    pack.finish();
    return sections;
  }
};

class PageChunker final : public TextChunker {
 public:
  explicit PageChunker(const ChunkSizeOptions& options)
      : TextChunker("page chunker", to_recursive(options, clause_separators())) {}

 private:
  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const std::string_view text = job.source.text;
    std::vector<SectionChunks> pages;
    std::size_t number = 1;
    for (std::size_t begin = 0; begin <= text.size() && !job.stop.stop_requested(); ++number) {
      const std::size_t end = std::min(text.find('\f', begin), text.size());
      SectionChunks page = {.page = number};
      RecursiveSplitter pack = splitter(job, page.chunks);
      add_paragraphs(pack, job, {begin, end});
      pack.finish();
      if (!page.chunks.empty()) pages.push_back(std::move(page));
      begin = end + 1;
    }
    return pages;
  }
};

}  // namespace

std::shared_ptr<const Chunker> make_paragraph_chunker(const ChunkSizeOptions& options) {
  return std::make_shared<const ParagraphChunker>(options);
}

std::shared_ptr<const Chunker> make_page_chunker(const ChunkSizeOptions& options) {
  return std::make_shared<const PageChunker>(options);
}

}  // namespace scaup::inline v0
