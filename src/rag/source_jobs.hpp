#pragma once
// What an ingestion loads, one job after another: documents given by the user, or files of a folder.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "rag/source_record.hpp"
#include "scaup/document.hpp"
#include "scaup/loader.hpp"

namespace scaup::inline v0 {

/// Members may be called from several threads at once.
class SourceJobs {
 public:
  virtual ~SourceJobs() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Known before it is loaded.
  [[nodiscard]] virtual std::uint64_t bytes(std::size_t job) const = 0;
  /// How reports call it.
  [[nodiscard]] virtual std::string name(std::size_t job) const = 0;
  /// Absent for what is no file.
  [[nodiscard]] virtual std::optional<SourceFile> file(std::size_t job) const = 0;
  [[nodiscard]] virtual Result<std::vector<Document>> load(std::size_t job, const std::stop_token& stop) const = 0;
};

class DocumentJobs final : public SourceJobs {
 public:
  explicit DocumentJobs(std::span<const Document> documents) : documents_(documents) {}

  std::size_t size() const override { return documents_.size(); }
  std::uint64_t bytes(std::size_t job) const override { return documents_[job].text.size(); }
  std::string name(std::size_t job) const override { return documents_[job].id; }
  std::optional<SourceFile> file(std::size_t /*job*/) const override { return std::nullopt; }
  Result<std::vector<Document>> load(std::size_t job, const std::stop_token& stop) const override;

 private:
  std::span<const Document> documents_;
};

class FileJobs final : public SourceJobs {
 public:
  FileJobs(const std::filesystem::path& folder, std::vector<SourceFile> files, const LoadOptions& options)
      : folder_(folder), files_(std::move(files)), options_(options) {}

  std::size_t size() const override { return files_.size(); }
  std::uint64_t bytes(std::size_t job) const override { return files_[job].size; }
  std::string name(std::size_t job) const override { return files_[job].file; }
  std::optional<SourceFile> file(std::size_t job) const override { return files_[job]; }
  Result<std::vector<Document>> load(std::size_t job, const std::stop_token& stop) const override;

 private:
  const std::filesystem::path& folder_;
  std::vector<SourceFile> files_;
  const LoadOptions& options_;
};

}  // namespace scaup::inline v0
