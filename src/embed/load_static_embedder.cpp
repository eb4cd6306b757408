// Loads a static model from a folder, through a FileSystem.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "embed/static_embedder.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::uint64_t kMaxModelBytes = std::uint64_t{16} << 30U;
constexpr std::uint64_t kMaxJsonBytes = std::uint64_t{64} << 20U;

Error too_large(std::uint64_t size, std::uint64_t limit) {
  return {ErrorCode::unsupported_format,
          std::to_string(size) + " bytes, more than the limit of " + std::to_string(limit)};
}

Error file_changed() {
  return {ErrorCode::io, "the file became shorter while it was read"};
}

// The whole file, copied: a file that somebody changes later must not change numbers that were checked.
Result<std::vector<std::byte>> read_bytes(const FileSystem& files, const std::filesystem::path& path,
                                          std::uint64_t limit) {
  const auto file = files.open_for_read(path);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > limit) return too_large(*size, limit);
  std::vector<std::byte> bytes(*size);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto read = (*file)->read_at(at, std::span(bytes).subspan(at));
    if (!read) return read.error();
    if (*read == 0) return file_changed();
    at += *read;
  }
  return bytes;
}

// `read_bytes` with the place in its errors.
Result<std::vector<std::byte>> read_model_file(const FileSystem& files, const std::filesystem::path& path,
                                               std::uint64_t limit) {
  auto bytes = read_bytes(files, path, limit);
  if (bytes) return bytes;
  Error error = std::move(bytes).error();
  error.add_context("load_static_embedder: " + path.string());
  return error;
}

std::string_view as_text(const std::vector<std::byte>& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The last part of the path; "models/english/" is "english" too.
std::string folder_name(const std::filesystem::path& folder) {
  const auto normal = folder.lexically_normal();
  return (normal.has_filename() ? normal.filename() : normal.parent_path().filename()).string();
}

}  // namespace

Result<std::shared_ptr<const Embedder>> load_static_embedder_from(const FileSystem& files,
                                                                  const std::filesystem::path& folder,
                                                                  const StaticEmbedderOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    const auto config = read_model_file(files, folder / "config.json", kMaxJsonBytes);
    if (!config) return config.error();
    const auto tokenizer = read_model_file(files, folder / "tokenizer.json", kMaxJsonBytes);
    if (!tokenizer) return tokenizer.error();
    auto tensors = read_model_file(files, folder / "model.safetensors", kMaxModelBytes);
    if (!tensors) return std::move(tensors).error();
    const auto owner = std::make_shared<const std::vector<std::byte>>(*std::move(tensors));
    auto embedder = make_static_embedder_from(
        {.tensors = *owner, .tokenizer = as_text(*tokenizer), .config = as_text(*config), .owner = owner},
        folder_name(folder), options);
    if (embedder) return embedder;
    Error error = std::move(embedder).error();
    error.add_context("load_static_embedder: " + folder.string());
    return error;
  });
}

Result<std::shared_ptr<const Embedder>> load_static_embedder(const std::filesystem::path& folder,
                                                             const StaticEmbedderOptions& options) {
  return guarded([&] { return load_static_embedder_from(*posix_file_system(), folder, options); });
}

}  // namespace scaup::inline v0
