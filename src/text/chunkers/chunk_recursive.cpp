// The recursive chunker: the whole text is one section.

#include <array>

#include "base/boundary.hpp"
#include "scaup/chunker.hpp"
#include "text/chunkers/chunk_common.hpp"
#include "text/chunkers/recursive_splitter.hpp"

namespace scaup::inline v0 {
namespace {

class RecursiveChunker final : public Chunker {
 public:
  explicit RecursiveChunker(const RecursiveChunkerOptions& options) : options_(options) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<Document>> {
      if (Status status = check_options(options_, "recursive chunker"); !status) return std::move(status).error();
      if (Status status = check_text(source); !status) return std::move(status).error();
      if (stop.stop_requested()) return chunk_cancelled(source);
      auto chunks = cut(source, stop);
      if (!chunks) return std::move(chunks).error();
      if (stop.stop_requested()) return chunk_cancelled(source);
      return make_chunks(source, std::array{SectionChunks{.chunks = *std::move(chunks)}});
    });
  }

 private:
  Result<std::vector<ByteRange>> cut(const Document& source, const std::stop_token& stop) const {
    const auto counter = make_counter(source, options_);
    if (!counter) return counter.error();
    std::vector<ByteRange> chunks;
    RecursiveSplitter(source.text, options_, **counter, chunks).split({0, source.text.size()}, {}, stop);
    return chunks;
  }

  const RecursiveChunkerOptions options_;
};

}  // namespace

std::shared_ptr<const Chunker> make_recursive_chunker(const RecursiveChunkerOptions& options) {
  return std::make_shared<const RecursiveChunker>(options);
}

}  // namespace scaup::inline v0
