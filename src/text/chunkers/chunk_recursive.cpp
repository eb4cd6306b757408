// The recursive chunker: the whole text is one section.

#include "scaup/chunker.hpp"
#include "text/chunkers/text_chunker.hpp"

namespace scaup::inline v0 {
namespace {

class RecursiveChunker final : public TextChunker {
 public:
  explicit RecursiveChunker(const RecursiveChunkerOptions& options) : TextChunker("recursive chunker", options) {}

 private:
  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    std::vector<SectionChunks> sections(1);
    splitter(job, sections[0].chunks).split({0, job.source.text.size()}, {}, job.stop);
    return sections;
  }
};

}  // namespace

std::shared_ptr<const Chunker> make_recursive_chunker(const RecursiveChunkerOptions& options) {
  return std::make_shared<const RecursiveChunker>(options);
}

}  // namespace scaup::inline v0
