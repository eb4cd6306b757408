// The built-in model: an embedder on bytes that are part of the program.

#include <cstddef>
#include <span>
#include <string_view>

#include "base/boundary.hpp"
#include "embed/static_embedder.hpp"
#include "scaup/embedder.hpp"

// Defined in builtin_model.S.
extern "C" {
extern const std::byte scaup_model_tensors_begin[];
extern const std::byte scaup_model_tensors_end[];
extern const char scaup_model_tokenizer_begin[];
extern const char scaup_model_tokenizer_end[];
extern const char scaup_model_config_begin[];
extern const char scaup_model_config_end[];
}

namespace scaup::inline v0 {

Result<std::shared_ptr<const Embedder>> make_static_embedder(const StaticEmbedderOptions& options) {
  return guarded([&] {
    return make_static_embedder_from(
        {.tensors = std::span(scaup_model_tensors_begin, scaup_model_tensors_end),
         .tokenizer = std::string_view(scaup_model_tokenizer_begin, scaup_model_tokenizer_end),
         .config = std::string_view(scaup_model_config_begin, scaup_model_config_end)},
        "static-en-256", options);
  });
}

}  // namespace scaup::inline v0
