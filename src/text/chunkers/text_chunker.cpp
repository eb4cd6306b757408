#include "text/chunkers/text_chunker.hpp"

#include "base/boundary.hpp"

namespace scaup::inline v0 {

Result<std::vector<Document>> TextChunker::chunk(const Document& source, std::stop_token stop) const {
  return guarded([&]() -> Result<std::vector<Document>> {
    if (Status status = check_more(); !status) return std::move(status).error();
    if (Status status = check_options(limits_, name_); !status) return std::move(status).error();
    if (Status status = check_text(source); !status) return std::move(status).error();
    if (stop.stop_requested()) return chunk_cancelled(source);
    const auto counter = make_counter(source, limits_);
    if (!counter) return counter.error();
    const auto sections = cut({source, **counter, stop});
    if (stop.stop_requested()) return chunk_cancelled(source);
    if (!sections) return sections.error();
    return make_chunks(source, *sections);
  });
}

}  // namespace scaup::inline v0
