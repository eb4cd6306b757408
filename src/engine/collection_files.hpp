#pragma once
// The files of one collection: their names, the manifest that says which of them count, and how each is opened.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/store_context.hpp"
#include "storage/log_reader.hpp"
#include "storage/log_writer.hpp"
#include "storage/manifest.hpp"
#include "storage/section_file.hpp"
#include "storage/section_file_writer.hpp"

namespace scaup::inline v0 {

/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class CollectionFiles {
 public:
  /// `name` is that of the collection, for its checkpoints; who writes none needs none.
  CollectionFiles(std::shared_ptr<const StoreContext> context, std::uint32_t collection, std::string name = {})
      : context_(std::move(context)),
        collection_(collection),
        name_(std::move(name)),
        folder_(context_->collection_folder(collection)) {}

  [[nodiscard]] const std::shared_ptr<const StoreContext>& context() const noexcept { return context_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] const CollectionManifest& manifest() const noexcept { return manifest_; }

  /// Makes the folders, which may be there already. Errors: `io`.
  [[nodiscard]] Status make_folders();
  /// Errors: those of `read_manifest`; `corruption` where there is none.
  [[nodiscard]] Status load_manifest();
  /// Learns from the names of the files which numbers were given. Part of `load_manifest`. Errors: `io`.
  [[nodiscard]] Status note_numbers();
  /// Writes a manifest and, once it stands, goes by it. Errors: those of `replace_manifest`.
  [[nodiscard]] Status replace_manifest(CollectionManifest next);

  /// Errors: `invalid_argument` for a file that is larger than the options allow; `io`.
  [[nodiscard]] Status check_size(const std::filesystem::path& path) const;
  /// A number that no file of the collection had.
  [[nodiscard]] std::uint64_t next_number() noexcept { return ++last_number_; }
  [[nodiscard]] std::filesystem::path path_of(StoreFileKind kind, std::uint64_t number) const;
  [[nodiscard]] FileIdentity identity_of(StoreFileKind kind, std::uint64_t number) const noexcept;

  [[nodiscard]] Result<std::unique_ptr<SectionFileWriter>> write_sections(StoreFileKind kind,
                                                                          std::uint64_t number) const;
  [[nodiscard]] Result<std::shared_ptr<const SectionFile>> open_sections(StoreFileKind kind,
                                                                         const SectionFileReference& file) const;
  [[nodiscard]] Result<LogWriter> create_log(std::uint64_t number, std::uint64_t first_frame) const;
  [[nodiscard]] Result<LogWriter> resume_log(const LogReference& log, const LogEnd& end) const;

  /// Removes what the manifest does not name. Errors are of no consequence: the next opening tries again.
  void remove_unnamed() const noexcept;

 private:
  [[nodiscard]] bool is_named(const std::filesystem::path& name) const;

  std::shared_ptr<const StoreContext> context_;
  std::uint32_t collection_;
  std::string name_;
  std::filesystem::path folder_;
  CollectionManifest manifest_;
  std::uint64_t last_number_ = 0;
};

/// Ends a file of sections that has all of them, and says what a manifest says of it.
[[nodiscard]] Result<SectionFileReference> finish_sections(SectionFileWriter& file, std::uint64_t number);

}  // namespace scaup::inline v0
