// One chunker for each format, chosen source by source.

#include "rag/default_chunker.hpp"

#include <string>
#include <utility>

#include "base/metadata_value.hpp"
#include "scaup/format_chunkers.hpp"

namespace scaup::inline v0 {
namespace {

class ByFormat final : public Chunker {
 public:
  explicit ByFormat(const std::shared_ptr<const Tokenizer>& tokenizer)
      : markdown_(make_markdown_chunker({.section = {.tokenizer = tokenizer}})),
        html_(make_html_chunker({.section = {.tokenizer = tokenizer}})),
        code_(make_code_chunker({.tokenizer = tokenizer})),
        pages_(make_page_chunker({.tokenizer = tokenizer})),
        prose_(make_prose_chunker(tokenizer)) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return chunker_of(source).chunk(source, std::move(stop));
  }

 private:
  const Chunker& chunker_of(const Document& source) const {
    const auto* format = metadata_value<std::string>(source.metadata, "format");
    if (format == nullptr) return *prose_;
    if (*format == "markdown") return *markdown_;
    if (*format == "html") return *html_;
    if (*format == "code") return *code_;
    if (*format == "pdf") return *pages_;
    return *prose_;
  }

  std::shared_ptr<const Chunker> markdown_;
  std::shared_ptr<const Chunker> html_;
  std::shared_ptr<const Chunker> code_;
  std::shared_ptr<const Chunker> pages_;
  std::shared_ptr<const Chunker> prose_;
};

}  // namespace

std::shared_ptr<const Chunker> make_default_chunker(const std::shared_ptr<const Tokenizer>& tokenizer) {
  return std::make_shared<ByFormat>(tokenizer);
}

}  // namespace scaup::inline v0
