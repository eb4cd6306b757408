#pragma once
// The threads of an ingestion.
//
// Workers load jobs, compare and cut them, and push what they made into a bounded queue; one thread takes it from
// there, embeds and stores; the caller's thread waits and reports progress.
//
// Invariants
// - A worker reserves the bytes of a job before it loads it; they are released when the job is stored, unchanged or
//   skipped. The storing thread waits for more to store together only while no worker waits for bytes.
// - Jobs are finished when all that the queue held of them is stored, so progress never runs ahead of what is stored.
// - The first error is the result. It asks all threads to stop, and so does the caller's stop token; every wait ends
//   then. All threads have ended when `run` returns.
// - The queue, the progress and the outcome have a lock each; none is held while another is taken, or while something
//   is loaded, cut, embedded, stored, or a callback runs.
// - What workers read besides their job (the table, the options) does not change during `run`.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "rag/bounded_queue.hpp"
#include "rag/progress_meter.hpp"
#include "rag/source_jobs.hpp"
#include "rag/source_preparer.hpp"
#include "rag/source_writer.hpp"
#include "scaup/ingest.hpp"

namespace scaup::inline v0 {

/// One use. Single-threaded.
class IngestPipeline {
 public:
  struct Settings {
    std::size_t threads = 1;
    std::uint64_t max_queued_bytes = 64U << 20U;
    const std::function<void(const IngestProgress&)>& on_progress;
  };
  IngestPipeline(const SourceJobs& jobs, const SourcePreparer& preparer, SourceWriter& writer, ProgressMeter& meter,
                 Settings settings);

  /// Errors: `cancelled`; those of embedder and store; `unavailable` where the system gives no thread; `internal` for a
  /// callback that throws.
  [[nodiscard]] Status run(const std::stop_token& stop);

  // After `run`.
  /// What came of it, the writer's part included; `skipped` in no particular order.
  [[nodiscard]] IngestReport take_report();
  /// Ids of all sources that were met, and names of jobs of which it is not known what they hold.
  [[nodiscard]] const std::set<std::string>& seen() const noexcept { return seen_; }
  [[nodiscard]] const std::set<std::string>& failed_jobs() const noexcept { return failed_jobs_; }
  [[nodiscard]] std::uint64_t peak_bytes() const { return queue_.peak(); }

 private:
  // A job that was loaded.
  struct Loaded {
    std::size_t job = 0;
    std::vector<PreparedSource> sources = {};
    std::vector<SkippedSource> skipped = {};
    bool is_failed = false;  // the whole job is among the skipped
    std::uint64_t bytes = 0;
  };

  std::size_t start_workers(std::vector<std::jthread>& threads);
  void work();
  [[nodiscard]] Status load_next(std::size_t job);
  [[nodiscard]] Status prepare(Loaded& loaded, std::vector<Document> documents);

  [[nodiscard]] Status store_all();
  [[nodiscard]] Status take(Loaded loaded);
  [[nodiscard]] Status take(PreparedSource source);
  [[nodiscard]] Status write();
  void finish_waiting();

  void report_until_done();
  [[nodiscard]] Status call_progress() const;
  void fail(Error error);
  void set_done();

  const SourceJobs& jobs_;
  const SourcePreparer& preparer_;
  SourceWriter& writer_;
  ProgressMeter& meter_;
  const Settings settings_;

  std::stop_source stopping_;
  std::atomic<std::size_t> next_job_ = 0;
  BoundedQueue<Loaded> queue_;

  // Of the storing thread, then of `run`.
  std::vector<std::uint64_t> waiting_;  // bytes of jobs that are done with the next write
  IngestReport report_;
  std::set<std::string> seen_;
  std::set<std::string> failed_jobs_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_done_ = false;        // under mutex_
  std::optional<Error> error_;  // under mutex_
};

}  // namespace scaup::inline v0
