// Fixed windows of a text, in bytes, characters or tokens.

#include "scaup/chunker.hpp"
#include "text/chunkers/text_chunker.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

class FixedChunker final : public TextChunker {
 public:
  FixedChunker(std::string_view name, const ChunkSizeOptions& options) : TextChunker(name, to_recursive(options, {})) {}

 private:
  // A window begins and ends at no white space. One that ends where the window before it ends holds nothing new.
  Result<std::vector<SectionChunks>> cut(const CutJob& job) const override {
    const std::string_view text = job.source.text;
    std::vector<SectionChunks> sections(1);
    std::vector<ByteRange>& chunks = sections[0].chunks;
    ByteRange rest = trim(text, {0, text.size()});
    while (!rest.empty() && !job.stop.stop_requested()) {
      const std::size_t end = std::min(job.counter.advance(rest.begin, limits().size), rest.end);
      const ByteRange window = trim_end(text, {rest.begin, end});
      if (chunks.empty() || window.end > chunks.back().end) chunks.push_back(window);
      if (end == rest.end) break;
      rest = trim_begin(text, {next_begin(job.counter, {rest.begin, end}), rest.end});
    }
    return sections;
  }

  // In bytes a window may be smaller than its size, so as not to cut a code point: the overlap is then smaller too.
  std::size_t next_begin(const UnitCounter& counter, ByteRange window) const {
    std::size_t begin = std::min(counter.advance(window.begin, limits().size - limits().overlap), window.end);
    while (counter.count({begin, window.end}) > limits().overlap) begin = counter.advance(begin, 1);
    return begin;
  }
};

}  // namespace

std::shared_ptr<const Chunker> make_fixed_chunker(const ChunkSizeOptions& options) {
  return std::make_shared<const FixedChunker>("fixed chunker", options);
}

std::shared_ptr<const Chunker> make_token_chunker(const TokenChunkerOptions& options) {
  return std::make_shared<const FixedChunker>(
      "token chunker",
      ChunkSizeOptions{.size = options.size, .overlap = options.overlap, .tokenizer = options.tokenizer});
}

}  // namespace scaup::inline v0
