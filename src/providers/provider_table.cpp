// From a provider to its table, and what the tables say.

#include "providers/provider_table.hpp"

#include <algorithm>

#include "providers/clients.hpp"

namespace scaup::inline v0 {

const ProviderTable& table_of(Provider provider) noexcept {
  switch (provider) {
    case Provider::openai: return openai_table();
    case Provider::azure_openai: return azure_openai_table();
    case Provider::ollama: return ollama_table();
    case Provider::cohere: return cohere_table();
    case Provider::mistral: return mistral_table();
    case Provider::jina: return jina_table();
    case Provider::voyage: return voyage_table();
    case Provider::mixedbread: return mixedbread_table();
    case Provider::vertex_ai: return vertex_ai_table();
    case Provider::text_embeddings_inference: return text_embeddings_inference_table();
    case Provider::local_ai: return local_ai_table();
    case Provider::lm_studio: return lm_studio_table();
    case Provider::vllm: return vllm_table();
    case Provider::llama_cpp: return llama_cpp_table();
  }
  return openai_table();
}

const ModelFacts* find_model(const EmbeddingFields& fields, std::string_view model) noexcept {
  if (model.ends_with(":latest")) model.remove_suffix(7);
  const auto found = std::ranges::find(fields.models, model, &ModelFacts::name);
  return found == fields.models.end() ? nullptr : &*found;
}

std::string_view to_string(Provider provider) noexcept {
  return table_of(provider).name;
}

std::string_view key_variable(Provider provider) noexcept {
  return table_of(provider).key_variable;
}

BatchLimits limits_of(Provider provider, std::string_view model) noexcept {
  const EmbeddingFields* const fields = table_of(provider).embedding;
  if (fields == nullptr) return {};
  BatchLimits limits = fields->limits;
  const ModelFacts* const facts = find_model(*fields, model);
  if (facts == nullptr) return limits;
  if (facts->max_texts != 0) limits.max_texts = facts->max_texts;
  if (facts->max_tokens != 0) limits.max_tokens = facts->max_tokens;
  return limits;
}

}  // namespace scaup::inline v0
