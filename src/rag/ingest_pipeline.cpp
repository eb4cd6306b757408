// Loading, storing and reporting at the same time.

#include "rag/ingest_pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::chrono_literals;

constexpr auto kProgressInterval = 200ms;
// How long the storing thread waits for more to store in one step: about what a sync of the disk takes.
constexpr auto kPatience = 10ms;

Error cancelled() {
  return {ErrorCode::cancelled, "cancelled through the stop token"};
}

// Whether an error of cutting a source says that the next source would meet it too: a chunker may call an embedder.
bool ends_all(ErrorCode code) {
  switch (code) {
    case ErrorCode::cancelled:
    case ErrorCode::unavailable:
    case ErrorCode::rate_limited:
    case ErrorCode::unauthorized:
    case ErrorCode::quota_exhausted:
    case ErrorCode::bad_reply: return true;
    default: return false;
  }
}

std::uint64_t text_bytes(const std::vector<Document>& documents) {
  std::uint64_t bytes = 0;
  for (const Document& document : documents) bytes += document.text.size();
  return bytes;
}

}  // namespace

IngestPipeline::IngestPipeline(const SourceJobs& jobs, const SourcePreparer& preparer, SourceWriter& writer,
                               ProgressMeter& meter, Settings settings)
    : jobs_(jobs),
      preparer_(preparer),
      writer_(writer),
      meter_(meter),
      settings_(settings),
      queue_(settings.max_queued_bytes) {}

Status IngestPipeline::run(const std::stop_token& stop) {
  if (jobs_.size() == 0) return call_progress();
  const std::stop_callback link(stop, [this] { stopping_.request_stop(); });
  {
    std::vector<std::jthread> threads;
    if (start_workers(threads) > 0) report_until_done();
  }
  if (error_) return *std::move(error_);
  return call_progress();
}

// The storing thread begins first: without it, workers would have nobody who takes what they made.
std::size_t IngestPipeline::start_workers(std::vector<std::jthread>& threads) {
  std::size_t workers = 0;
  queue_.enter();  // so that the queue does not end before the first worker has begun
  try {
    threads.reserve(settings_.threads + 1);
    threads.emplace_back([this] {
      if (Status status = guarded([this] { return store_all(); }); !status) fail(std::move(status).error());
      set_done();
    });
    for (; workers < settings_.threads; ++workers) {
      queue_.enter();
      threads.emplace_back([this] { work(); });
    }
  } catch (const std::exception&) {        // of the system's limits, or of memory
    if (!threads.empty()) queue_.leave();  // of the worker that did not begin
  }
  if (workers == 0) fail({ErrorCode::unavailable, "the operating system gives no more threads"});
  queue_.leave();
  return workers;
}

void IngestPipeline::work() {
  Status status = guarded([this]() -> Status {
    for (std::size_t job = next_job_++; job < jobs_.size(); job = next_job_++) {
      if (Status loaded = load_next(job); !loaded) return loaded;
    }
    return {};
  });
  if (!status) fail(std::move(status).error());
  queue_.leave();
}

Status IngestPipeline::load_next(std::size_t job) {
  const std::stop_token stop = stopping_.get_token();
  const std::uint64_t reserved = jobs_.bytes(job);
  if (!queue_.reserve(reserved, stop)) return cancelled();
  Loaded loaded = {.job = job};
  auto documents = guarded([&] { return jobs_.load(job, stop); });
  if (!documents) {
    if (documents.error().code() == ErrorCode::cancelled) return std::move(documents).error();
    loaded.is_failed = true;
    loaded.skipped.push_back({jobs_.name(job), std::move(documents).error()});
  } else {
    loaded.bytes = text_bytes(*documents);
    if (Status status = prepare(loaded, *std::move(documents)); !status) return status;
  }
  queue_.correct(reserved, loaded.bytes);
  queue_.push(std::move(loaded));
  return {};
}

Status IngestPipeline::prepare(Loaded& loaded, std::vector<Document> documents) {
  auto file = jobs_.file(loaded.job);
  if (file) file->sources = documents.size();
  for (Document& document : documents) {
    std::string id = document.id;
    auto prepared = preparer_.prepare(std::move(document), file, stopping_.get_token());
    if (prepared) {
      loaded.sources.push_back(*std::move(prepared));
    } else if (ends_all(prepared.error().code())) {
      return std::move(prepared).error();
    } else {
      loaded.skipped.push_back({std::move(id), std::move(prepared).error()});
    }
  }
  return {};
}

Status IngestPipeline::store_all() {
  const std::stop_token stop = stopping_.get_token();
  for (;;) {
    auto loaded = waiting_.empty() ? queue_.pop(stop) : queue_.pop_soon(stop, kPatience);
    if (stop.stop_requested()) return cancelled();
    if (!loaded && waiting_.empty()) return {};
    Status status = loaded ? take(*std::move(loaded)) : write();
    if (!status) return status;
  }
}

Status IngestPipeline::take(Loaded loaded) {
  if (loaded.is_failed) failed_jobs_.insert(jobs_.name(loaded.job));
  for (SkippedSource& skipped : loaded.skipped) {
    // What belongs to another file is seen where that file has it.
    if (skipped.error.code() != ErrorCode::already_exists) seen_.insert(skipped.id);
    report_.skipped.push_back(std::move(skipped));
  }
  for (PreparedSource& source : loaded.sources) {
    if (Status status = take(std::move(source)); !status) return status;
  }
  report_.bytes += loaded.bytes;
  waiting_.push_back(loaded.bytes);
  if (writer_.is_full()) return write();
  if (writer_.is_empty()) finish_waiting();
  return {};
}

Status IngestPipeline::take(PreparedSource source) {
  if (!seen_.insert(source.stored.id).second) {
    report_.skipped.push_back(
        {source.stored.id, Error(ErrorCode::already_exists, "another source of this id came before it")});
    return {};
  }
  if (!source.is_changed) {
    ++report_.sources_unchanged;
    return {};
  }
  if (writer_.is_full()) {
    if (Status status = write(); !status) return status;
  }
  writer_.add(std::move(source));
  return {};
}

Status IngestPipeline::write() {
  const auto stored = writer_.write(stopping_.get_token());
  if (!stored) return stored.error();
  meter_.add_chunks(stored->chunks, stored->tokens);
  finish_waiting();
  return {};
}

void IngestPipeline::finish_waiting() {
  std::uint64_t bytes = 0;
  for (const std::uint64_t job : waiting_) bytes += job;
  meter_.add_files(waiting_.size(), bytes);
  waiting_.clear();
  queue_.release(bytes);
}

IngestReport IngestPipeline::take_report() {
  IngestReport report = std::move(writer_.report());
  report.sources_unchanged = report_.sources_unchanged;
  report.bytes = report_.bytes;
  std::ranges::move(report_.skipped, std::back_inserter(report.skipped));
  return report;
}

void IngestPipeline::report_until_done() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (changed_.wait_for(lock, kProgressInterval, [this] { return is_done_; })) return;
    }
    if (Status status = call_progress(); !status) return fail(std::move(status).error());
  }
}

Status IngestPipeline::call_progress() const {
  if (!settings_.on_progress) return {};
  return guarded([this]() -> Status {
    settings_.on_progress(meter_.snapshot());
    return {};
  });
}

void IngestPipeline::fail(Error error) {
  {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
  }
  stopping_.request_stop();
}

void IngestPipeline::set_done() {
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  changed_.notify_all();
}

}  // namespace scaup::inline v0
