#pragma once
// Files as streams of an export or import: what a program writes for its own kind of storage.

#include <cstdio>
#include <filesystem>
#include <memory>
#include <scaup/scaup.hpp>

using FileHandle = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// Writes beside `path` and takes its place when the export is complete.
class FileSink final : public scaup::ByteSink {
 public:
  explicit FileSink(std::filesystem::path path);
  ~FileSink() override;
  scaup::Status write(std::span<const std::byte> bytes) override;
  scaup::Status finish() override;

 private:
  std::filesystem::path path_;
  std::filesystem::path partial_;
  FileHandle file_;
};

class FileSource final : public scaup::ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path);
  [[nodiscard]] std::uint64_t size() const;
  scaup::Result<std::size_t> read(std::span<std::byte> out) override;

 private:
  std::filesystem::path path_;
  FileHandle file_;
};
