#pragma once
// Where static embedders come from: bytes in memory or a folder.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "scaup/embedder.hpp"
#include "scaup/file_system.hpp"

namespace scaup::inline v0 {

/// The three files of a model. The embedder borrows from `tensors` for its life and keeps `owner`;
/// the others are borrowed for the call.
struct StaticModelFiles {
  std::span<const std::byte> tensors = {};  ///< model.safetensors
  std::string_view tokenizer = {};          ///< tokenizer.json
  std::string_view config = {};             ///< config.json
  std::shared_ptr<const void> owner = {};   ///< may be null for bytes that never go away
};

/// The embedder that these files describe. A text is never cut: lengths in config.json are ignored.
/// `model` is its name. Errors: as `load_static_embedder`. Exported
/// for scaup::model, which is a library of its own.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> make_static_embedder_from(
    const StaticModelFiles& files, std::string model, const StaticEmbedderOptions& options);

/// `load_static_embedder` through a file system of the caller's.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> load_static_embedder_from(
    const FileSystem& files, const std::filesystem::path& folder, const StaticEmbedderOptions& options);

}  // namespace scaup::inline v0
