#include "systems.hpp"

#include <array>

std::span<const System> all_systems() {
  // A new retriever is one line here.
  static constexpr std::array kSystems = {
      System{"vector", "nearest by the built-in model", [](const scaup::Collection& c) { return scaup::make_vector_retriever(c); }},
      System{"keyword", "BM25 over texts and titles", [](const scaup::Collection& c) { return scaup::make_keyword_retriever(c); }},
      System{"hybrid", "words and vectors together", [](const scaup::Collection& c) { return scaup::make_hybrid_retriever(c); }},
      System{"rerank", "nearest, reranked by words without a model",
             [](const scaup::Collection& c) {
               const auto reranker = scaup::make_local_reranker().value();
               return scaup::make_rerank_retriever(scaup::make_vector_retriever(c), reranker, {.candidates = 100});
             }},
      System{"mmr", "nearest, varied by maximal marginal relevance",
             [](const scaup::Collection& c) { return scaup::make_mmr_retriever(scaup::make_vector_retriever(c)); }},
  };
  return kSystems;
}
