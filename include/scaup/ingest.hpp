#pragma once
// Ingestor: from files or documents to chunks with vectors in a collection, kept in step with their sources.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/chunker.hpp"
#include "scaup/collection.hpp"
#include "scaup/config.hpp"
#include "scaup/database.hpp"
#include "scaup/document.hpp"
#include "scaup/loader.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

// Metadata keys that an ingestion adds to each chunk. Documents of the collection that have not both are never touched.
inline constexpr std::string_view kSourceIdKey = "source_id";  ///< id of its document in the sources collection
inline constexpr std::string_view kSourceVersionKey = "source_version";  ///< of the source that it was cut from

/// How far an ingestion has come.
struct IngestProgress {
  std::size_t files_done = 0;   ///< stored, unchanged or skipped
  std::size_t files_total = 0;  ///< files or documents in all
  std::size_t chunks = 0;       ///< stored so far
  std::uint64_t tokens = 0;     ///< of the texts embedded so far: counted by the embedder's tokenizer, else estimated
  double cost = 0;              ///< of these, by IngestOptions::price_per_million_tokens
  std::uint64_t bytes = 0;      ///< of source texts so far
  std::chrono::nanoseconds elapsed = {};
  std::optional<std::chrono::nanoseconds> left = {};  ///< estimated, once something is done
};

/// How a file of a folder is held against what was stored of it.
enum class FileComparison : std::uint8_t {
  /// It is read only where its size or time of change differ, or where it was so new when it was read that a later
  /// change could have left both as they are.
  size_and_time,
  content,  ///< it is always read, and compared by a hash of its text
};

struct IngestOptions {
  /// Cuts every source. Default: by metadata "format" - Markdown by sections, HTML by blocks, code by blocks, PDF by
  /// pages, the rest by sentences - with sizes in tokens of the embedder.
  std::shared_ptr<const Chunker> chunker = {};
  LoadOptions load = {};  ///< of files; its on_progress is not called
  FileComparison compare = FileComparison::size_and_time;
  CollectionOptions collection = {};         ///< of the chunks, where it is created; the embedder always
  std::size_t threads = 0;                   ///< that load and chunk; 0: all cores. Another one embeds and stores
  std::size_t batch_chunks = 256;            ///< embedded in one call, 1 to 100,000; sources are not cut apart for it
  std::size_t max_queued_bytes = 64u << 20;  ///< of texts loaded and not stored yet; loading waits beyond
  double price_per_million_tokens = 0;
  std::function<void(const IngestProgress&)> on_progress = {};  ///< on the caller's thread, some times a second
};

/// A source that was left out, and why.
struct SkippedSource {
  std::string id = {};  ///< of the document, or path of the file
  Error error{ErrorCode::internal, ""};
};

struct IngestReport {
  std::size_t sources_added = 0;
  std::size_t sources_changed = 0;
  std::size_t sources_unchanged = 0;  ///< nothing was embedded or written for them
  std::size_t sources_removed = 0;    ///< by sync: they are no longer in the folder
  std::size_t chunks_embedded = 0;
  std::size_t chunks_kept = 0;  ///< of changed sources: same text, same vector, perhaps in another place
  std::size_t chunks_removed = 0;
  std::uint64_t tokens = 0;  ///< embedded
  std::uint64_t bytes = 0;   ///< of the texts of sources read
  std::vector<SkippedSource> skipped = {};
};

/// Keeps two collections: `name` has the chunks, and `name` + "-sources" the full texts, of HTML the extracted one,
/// under the ids of the sources, with metadata "content_hash", "chunks" (how many) and "version" (1, and 1 more with
/// each change). A source is replaced in one step: readers see all of its old chunks or all of its new ones. A chunk
/// whose text its source had before keeps its vector. Whatever ends an ingestion, a crash too, the next one makes good:
/// the text of a source is written after its chunks.
///
/// A source that cannot be loaded or cut is left out and reported, and keeps what is stored of it; an error of the
/// embedder or of the collections ends the ingestion. A source stays with the file that it was loaded from: the same id
/// from another file is left out (`already_exists`) as long as the first file is there.
///
/// Thread-safe: any member from any thread at any time; ingestions of one object run one after the other, so a callback
/// must not begin one. Two objects must not ingest into the same collections at a time, nor one while they are embedded
/// anew.
class SCAUP_API Ingestor {
 public:
  /// Opens both collections, or creates them. Errors: `invalid_argument` for a missing embedder and options out of
  /// range; those of `Database::get_or_create_collection`.
  [[nodiscard]] static Result<Ingestor> open(Database database, std::string_view name, const IngestOptions& options);

  /// Adds or replaces these sources, by id. Errors: `invalid_argument` for an id that comes twice; `cancelled`; what
  /// the embedder or the collection answers. What was stored before the error stays.
  [[nodiscard]] Result<IngestReport> add(std::span<const Document> sources, std::stop_token stop = {});
  /// The same for the files of a folder. Sources that are not in the folder stay.
  [[nodiscard]] Result<IngestReport> add_folder(const std::filesystem::path& folder, std::stop_token stop = {});
  /// The same, and sources that were loaded from this folder before and are no longer there are removed. What was
  /// skipped is not gone. A file is read again only if its size or time of change differ from what was stored; one
  /// whose text is the same makes no embedding call and no write, so after being touched it is read each time.
  [[nodiscard]] Result<IngestReport> sync(const std::filesystem::path& folder, std::stop_token stop = {});
  /// Removes a source with its chunks. Errors: `not_found`.
  [[nodiscard]] Status remove(std::string_view source_id, std::stop_token stop = {});

  [[nodiscard]] const Collection& chunks() const noexcept;
  [[nodiscard]] const Collection& sources() const noexcept;

 private:
  class State;
  explicit Ingestor(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace scaup::inline v0
