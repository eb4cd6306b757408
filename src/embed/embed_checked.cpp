#include "embed/embed_checked.hpp"

#include <string>

#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

Error bad_reply(const Embedder& embedder, std::string what) {
  return {ErrorCode::bad_reply, "embedder " + to_string(embedder.identity()) + ": " + std::move(what)};
}

}  // namespace

Result<Embeddings> embed_checked(const Embedder& embedder, std::span<const std::string_view> texts, TextKind kind,
                                 const std::stop_token& stop) {
  const std::size_t dimension = embedder.identity().dimension;
  if (texts.empty()) return Embeddings{.dimension = dimension, .values = {}};
  auto made = embedder.embed(texts, kind, stop);
  if (!made) return made;
  if (made->dimension != dimension || made->values.size() != texts.size() * dimension) {
    return bad_reply(embedder, std::to_string(made->values.size()) + " numbers in rows of " +
                                   std::to_string(made->dimension) + " for " + std::to_string(texts.size()) + " texts");
  }
  if (const auto place = first_not_finite(made->values)) {
    return bad_reply(embedder, "the vector of text " + std::to_string(*place / dimension) + " is not finite");
  }
  return made;
}

}  // namespace scaup::inline v0
