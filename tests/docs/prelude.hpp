#pragma once
// What a fragment of the documentation may use without declaring it; see extract_blocks.py. Fragments are
// compiled and linked, never run.

#include <scaup/scaup.hpp>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using scaup::field;
using scaup::text;

/// Where pages write what they have to say about an error or a match.
inline void log(std::string_view /*message*/) {}
template <typename T>
void use(const T& /*value*/) {}

/// The parameters of every fragment.
#define SCAUP_DOCS_PARAMETERS                                                                             \
  [[maybe_unused]] scaup::Database db, [[maybe_unused]] scaup::Collection notes,                          \
      [[maybe_unused]] std::shared_ptr<const scaup::Embedder> embedder,                                   \
      [[maybe_unused]] std::shared_ptr<const scaup::Chunker> chunker,                                     \
      [[maybe_unused]] std::vector<scaup::Document> documents, [[maybe_unused]] scaup::Document document, \
      [[maybe_unused]] std::vector<float> vector, [[maybe_unused]] std::optional<std::string> cursor,     \
      [[maybe_unused]] std::filesystem::path folder, [[maybe_unused]] std::stop_token stop,               \
      [[maybe_unused]] std::function<void(const scaup::LoadProgress&)> show
