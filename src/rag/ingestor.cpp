// Ingestor: one ingestion at a time, over two collections.

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "rag/default_chunker.hpp"
#include "rag/folder_plan.hpp"
#include "rag/ingest_pipeline.hpp"
#include "rag/remove_sources.hpp"
#include "rag/text_only_embedder.hpp"
#include "scaup/ingest.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxBatch = 100'000;
constexpr std::size_t kMaxThreads = 1'024;

Error bad_option(std::string_view name, std::string_view range) {
  return {ErrorCode::invalid_argument, "Ingestor: " + std::string(name) + " must be " + std::string(range)};
}

Status check_options(const IngestOptions& options) {
  if (options.collection.embedder == nullptr) return bad_option("collection.embedder", "set");
  if (options.batch_chunks < 1 || options.batch_chunks > kMaxBatch) return bad_option("batch_chunks", "1 to 100,000");
  if (options.threads > kMaxThreads) return bad_option("threads", "at most 1,024");
  if (options.max_queued_bytes == 0) return bad_option("max_queued_bytes", "at least 1");
  if (!std::isfinite(options.price_per_million_tokens) || options.price_per_million_tokens < 0) {
    return bad_option("price_per_million_tokens", "a finite number, not negative");
  }
  return {};
}

// Lets one caller in after another. No lock is held in between, so that a caller who waits can be cancelled.
class Turns {
 public:
  [[nodiscard]] Status take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return !is_taken_; }) || stop.stop_requested()) {
      return Error(ErrorCode::cancelled, "cancelled through the stop token");
    }
    is_taken_ = true;
    return {};
  }
  void give_back() {
    {
      const std::lock_guard lock(mutex_);
      is_taken_ = false;
    }
    changed_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_taken_ = false;  // under mutex_
};

class Turn {
 public:
  explicit Turn(Turns& turns) : turns_(turns) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { turns_.give_back(); }

 private:
  Turns& turns_;
};

}  // namespace

class Ingestor::State {
 public:
  State(Collection chunks, Collection sources, IngestOptions options)
      : chunks_(std::move(chunks)), sources_(std::move(sources)), options_(std::move(options)) {
    if (!options_.chunker) options_.chunker = make_default_chunker(options_.collection.embedder->tokenizer());
    if (!options_.load.file_system) options_.load.file_system = posix_file_system();
  }

  [[nodiscard]] const Collection& chunks() const noexcept { return chunks_; }
  [[nodiscard]] const Collection& sources() const noexcept { return sources_; }

  /// Runs `body` alone and with a table that is up to date. `name` begins the message of an error, after which the
  /// table is read anew.
  template <typename Body>
  auto alone(std::string_view name, const std::stop_token& stop, Body&& body) noexcept -> decltype(body());

  Result<IngestReport> add(std::span<const Document> sources, const std::stop_token& stop);
  Result<IngestReport> sync(const std::filesystem::path& folder, Vanished vanished, const std::stop_token& stop);
  Status remove(std::string_view source_id, const std::stop_token& stop);

 private:
  Status read_table(const std::stop_token& stop);
  Result<IngestReport> run(const SourceJobs& jobs, const FolderPlan* plan, Vanished vanished,
                           const std::stop_token& stop);
  Status remove_rest(const std::vector<std::string>& vanished, IngestReport& report, const std::stop_token& stop);

  Collection chunks_;
  Collection sources_;
  IngestOptions options_;
  Turns turns_;
  std::optional<SourceTable> table_;  // of whose turn it is
};

template <typename Body>
auto Ingestor::State::alone(std::string_view name, const std::stop_token& stop, Body&& body) noexcept
    -> decltype(body()) {
  using Outcome = decltype(body());
  return guarded([&]() -> Outcome {
    if (Status turn = turns_.take(stop); !turn) return std::move(turn).error();
    const Turn turn(turns_);
    Outcome outcome = guarded([&]() -> Outcome {
      if (Status status = read_table(stop); !status) return std::move(status).error();
      return body();
    });
    if (outcome) return outcome;
    table_.reset();
    Error error = std::move(outcome).error();
    error.add_context(name);
    return error;
  });
}

Status Ingestor::State::read_table(const std::stop_token& stop) {
  if (table_) {
    const auto current = table_->is_current(chunks_, sources_, stop);
    if (!current) return current.error();
    if (*current) return {};
  }
  auto table = SourceTable::read(chunks_, sources_, stop);
  if (!table) return std::move(table).error();
  table_ = *std::move(table);
  return {};
}

Result<IngestReport> Ingestor::State::add(std::span<const Document> sources, const std::stop_token& stop) {
  std::set<std::string_view> ids;
  for (const Document& source : sources) {
    if (ids.insert(source.id).second) continue;
    return Error(ErrorCode::invalid_argument, "the id \"" + source.id + "\" comes twice");
  }
  return run(DocumentJobs(sources), nullptr, Vanished::stay, stop);
}

Result<IngestReport> Ingestor::State::sync(const std::filesystem::path& folder, Vanished vanished,
                                           const std::stop_token& stop) {
  auto plan = FolderPlan::make(folder, *table_, options_, stop);
  if (!plan) return std::move(plan).error();
  const FileJobs jobs(folder, plan->to_read, options_.load);
  return run(jobs, &*plan, vanished, stop);
}

Result<IngestReport> Ingestor::State::run(const SourceJobs& jobs, const FolderPlan* plan, Vanished vanished,
                                          const std::stop_token& stop) {
  const SourcePreparer preparer({.table = *table_,
                                 .chunker = options_.chunker,
                                 .tokenizer = options_.collection.embedder->tokenizer(),
                                 .files = options_.load.file_system});
  SourceWriter writer(chunks_, sources_, *table_, {.chunks = options_.batch_chunks});
  const std::size_t total = plan == nullptr ? jobs.size() : plan->files();
  ProgressMeter meter(total, total - jobs.size(), options_.price_per_million_tokens);
  IngestPipeline pipeline(jobs, preparer, writer, meter,
                          {.threads = thread_count(options_.threads, jobs.size()),
                           .max_queued_bytes = options_.max_queued_bytes,
                           .on_progress = options_.on_progress});
  if (Status status = pipeline.run(stop); !status) return std::move(status).error();
  IngestReport report = pipeline.take_report();
  std::vector<std::string> gone;
  if (plan != nullptr) {
    report.sources_unchanged += plan->unchanged_sources;
    report.skipped.insert(report.skipped.end(), plan->skipped.begin(), plan->skipped.end());
    if (vanished == Vanished::go) gone = plan->vanished(*table_, pipeline.seen(), pipeline.failed_jobs());
  }
  std::ranges::sort(report.skipped, {}, &SkippedSource::id);
  for (auto& [id, record] : writer.written()) table_->put(std::move(id), std::move(record));
  if (Status status = remove_rest(gone, report, stop); !status) return std::move(status).error();
  return report;
}

// Sources that are gone, and chunks that an ingestion left which ended before their source was written.
Status Ingestor::State::remove_rest(const std::vector<std::string>& vanished, IngestReport& report,
                                    const std::stop_token& stop) {
  std::vector<std::string> ids = vanished;
  ids.insert(ids.end(), table_->orphans().begin(), table_->orphans().end());
  const auto chunks = remove_sources(chunks_, sources_, ids, stop);
  if (!chunks) return chunks.error();
  for (const std::string& id : ids) table_->erase(id);
  report.sources_removed = vanished.size();
  report.chunks_removed += *chunks;
  return table_->mark_current(chunks_, sources_, stop);
}

Status Ingestor::State::remove(std::string_view source_id, const std::stop_token& stop) {
  if (table_->find(source_id) == nullptr) {
    return Error(ErrorCode::not_found, "no source \"" + std::string(source_id) + "\"");
  }
  const std::vector<std::string> ids = {std::string(source_id)};
  if (const auto removed = remove_sources(chunks_, sources_, ids, stop); !removed) return removed.error();
  table_->erase(ids.front());
  return table_->mark_current(chunks_, sources_, stop);
}

Ingestor::Ingestor(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<Ingestor> Ingestor::open(Database database, std::string_view name, const IngestOptions& options) {
  return guarded([&]() -> Result<Ingestor> {
    if (Status valid = check_options(options); !valid) return std::move(valid).error();
    auto chunks = database.get_or_create_collection(name, options.collection);
    if (!chunks) return std::move(chunks).error();
    auto sources =
        database.get_or_create_collection(std::string(name) + "-sources", {.embedder = make_text_only_embedder()});
    if (!sources) return std::move(sources).error();
    return Ingestor(std::make_shared<State>(*std::move(chunks), *std::move(sources), options));
  });
}

Result<IngestReport> Ingestor::add(std::span<const Document> sources, std::stop_token stop) {
  return state_->alone("add", stop, [&] { return state_->add(sources, stop); });
}

Result<IngestReport> Ingestor::add_folder(const std::filesystem::path& folder, std::stop_token stop) {
  return state_->alone("add_folder", stop, [&] { return state_->sync(folder, Vanished::stay, stop); });
}

Result<IngestReport> Ingestor::sync(const std::filesystem::path& folder, std::stop_token stop) {
  return state_->alone("sync", stop, [&] { return state_->sync(folder, Vanished::go, stop); });
}

Status Ingestor::remove(std::string_view source_id, std::stop_token stop) {
  return state_->alone("remove", stop, [&] { return state_->remove(source_id, stop); });
}

const Collection& Ingestor::chunks() const noexcept {
  return state_->chunks();
}

const Collection& Ingestor::sources() const noexcept {
  return state_->sources();
}

}  // namespace scaup::inline v0
