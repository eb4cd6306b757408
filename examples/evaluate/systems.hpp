#pragma once
// The retrievers that can be evaluated, by name.

#include <memory>
#include <scaup/scaup.hpp>
#include <span>
#include <string_view>

struct System {
  std::string_view name;
  std::string_view what;
  std::shared_ptr<const scaup::Retriever> (*make)(const scaup::Collection& collection);
};

/// All of them; the first is the default.
std::span<const System> all_systems();
