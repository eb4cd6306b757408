// What all embedders share: defaults of the interface, and identities as text.

#include "scaup/embedder.hpp"

namespace scaup::inline v0 {

Tokenizer::~Tokenizer() = default;

Embedder::~Embedder() = default;

std::shared_ptr<const Tokenizer> Embedder::tokenizer() const {
  return nullptr;
}

std::string to_string(const EmbedderIdentity& identity) {
  std::string line = identity.provider + "/" + identity.model + ", " + std::to_string(identity.dimension) +
                     " dimensions, " + (identity.normalised ? "normalised" : "not normalised");
  if (!identity.document_prefix.empty()) line += ", document prefix \"" + identity.document_prefix + "\"";
  if (!identity.query_prefix.empty()) line += ", query prefix \"" + identity.query_prefix + "\"";
  return line;
}

}  // namespace scaup::inline v0
