#include "systems.hpp"

#include <array>

std::span<const System> all_systems() {
  // A new retriever is one line here.
  static constexpr std::array kSystems = {
      System{"vector", "nearest by the built-in model", [](const scaup::Collection& c) { return scaup::make_vector_retriever(c); }},
      System{"mmr", "the same, varied by maximal marginal relevance",
             [](const scaup::Collection& c) { return scaup::make_mmr_retriever(scaup::make_vector_retriever(c)); }},
  };
  return kSystems;
}
