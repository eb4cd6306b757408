#pragma once
// Small static models in memory, whole or broken on purpose, and a FileSystem that has them.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "embed/static_embedder.hpp"

namespace scaup::test {

/// The bytes of numbers as a tensor holds them.
template <typename T>
std::string bytes_of(const std::vector<T>& numbers) {
  std::string bytes(numbers.size() * sizeof(T), '\0');
  if (!numbers.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// A safetensors file from its parts.
inline std::string safetensors(std::string_view header, std::string_view data) {
  const std::uint64_t length = header.size();
  std::string file(sizeof length, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  return file.append(header).append(data);
}

struct TensorSpec {
  std::string name;
  std::string type;
  std::string shape;  ///< as JSON
  std::string bytes;
};

/// A safetensors file of these tensors, one after another.
inline std::string safetensors(const std::vector<TensorSpec>& tensors) {
  std::string header = R"({"__metadata__":{"format":"np"})";
  std::string data;
  for (const TensorSpec& tensor : tensors) {
    const std::size_t begin = data.size();
    data += tensor.bytes;
    header += ",\"" + tensor.name + R"(":{"dtype":")" + tensor.type + R"(","shape":)" + tensor.shape +
              R"(,"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(data.size()) + "]}";
  }
  return safetensors(header + "}", data);
}

/// Replaces the one occurrence of `from`.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  return at == std::string::npos ? "no such text" : text.replace(at, from.size(), to);
}

/// Six tokens: [UNK] 0, red 1, green 2, "##ish" 3, blue 4, "," 5.
inline const std::string kTokenizer =
    R"({"added_tokens":[],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,)"
    R"("strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"model":{"type":"WordPiece",)"
    R"("unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":10,)"
    R"("vocab":{"[UNK]":0,"red":1,"green":2,"##ish":3,"blue":4,",":5}}})";

/// Row i of the table is (i, 10 i): a mean tells which tokens were in it.
inline std::string small_tensors() {
  return safetensors({{"embeddings", "F32", "[6,2]", bytes_of<float>({0, 0, 1, 10, 2, 20, 3, 30, 4, 40, 5, 50})}});
}

/// A model in memory; `tensors` must outlive the embedder.
inline Result<std::shared_ptr<const Embedder>> make_model(const std::string& tensors,
                                                          const std::string& tokenizer = kTokenizer,
                                                          const std::string& config = R"({"normalize":false})") {
  return make_static_embedder_from(
      {.tensors = std::as_bytes(std::span(tensors)), .tokenizer = tokenizer, .config = config}, "small", {});
}

/// The vector of one text.
inline std::vector<float> embed_one(const Embedder& embedder, std::string_view text) {
  return embedder.embed({&text, 1}, TextKind::document).value().values;
}

/// A file in memory that gives at most seven bytes at a time.
class MemoryFile final : public ReadableFile {
 public:
  explicit MemoryFile(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::uint64_t> size() const override { return std::uint64_t{bytes_.size()}; }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    const std::string part = bytes_.substr(offset, std::min<std::size_t>(out.size(), 7));
    std::memcpy(out.data(), part.data(), part.size());
    return part.size();
  }
  Result<std::shared_ptr<const std::span<const std::byte>>> map() const override { return refused(); }

 private:
  static Error refused() { return {ErrorCode::io, "not in this test"}; }
  std::string bytes_;
};

/// Files by path; everything but reading is refused.
class MemoryFileSystem final : public FileSystem {
 public:
  std::map<std::string, std::string> files;

  Result<std::unique_ptr<ReadableFile>> open_for_read(const std::filesystem::path& path, Links) const override {
    const auto file = files.find(path.string());
    if (file == files.end()) return Error(ErrorCode::not_found, "no such file", 2);
    return std::make_unique<MemoryFile>(file->second);
  }
  Result<std::unique_ptr<WritableFile>> open_for_write(const std::filesystem::path&, OpenMode) override {
    return refused();
  }
  Result<std::vector<DirectoryEntry>> list(const std::filesystem::path&) const override { return refused(); }
  Result<FileInfo> info(const std::filesystem::path&, Links) const override { return refused(); }
  Status create_directory(const std::filesystem::path&) override { return refused(); }
  Status rename(const std::filesystem::path&, const std::filesystem::path&) override { return refused(); }
  Status remove(const std::filesystem::path&) override { return refused(); }
  Status sync_directory(const std::filesystem::path&) override { return refused(); }
  Result<std::uint64_t> free_space(const std::filesystem::path&) const override { return refused(); }
  Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path&, LockMode) override { return refused(); }

 private:
  static Error refused() { return {ErrorCode::io, "not in this test"}; }
};

}  // namespace scaup::test
