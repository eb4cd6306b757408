// Rows of zeros for every text.

#include "rag/text_only_embedder.hpp"

namespace scaup::inline v0 {
namespace {

class TextOnlyEmbedder final : public Embedder {
 public:
  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind /*kind*/,
                           std::stop_token /*stop*/) const override {
    return Embeddings{.dimension = 1, .values = std::vector<float>(texts.size(), 0.0F)};
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  const EmbedderIdentity identity_ = {.provider = "scaup", .model = "text-only", .dimension = 1};
};

}  // namespace

std::shared_ptr<const Embedder> make_text_only_embedder() {
  return std::make_shared<TextOnlyEmbedder>();
}

}  // namespace scaup::inline v0
