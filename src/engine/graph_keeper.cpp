#include "engine/graph_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/aligned_memory.hpp"
#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "engine/query_plan.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::chrono_literals;

// Rows inserted between two publications.
constexpr std::size_t kBatch = 128;
// A tail of more rows than this, and than this share of the graph, is inserted on all cores into a new graph.
constexpr std::size_t kLongTail = 4096;
constexpr std::size_t kLongTailShare = 4;
// Dead rows in the graph, one in so many, after which it is built anew.
constexpr std::size_t kDeadShare = 5;
// Changed rows, one in so many, after which recall is measured again.
constexpr std::size_t kChangedShare = 5;
// The same, while there are still rows to insert.
constexpr std::size_t kManyChangedShare = 2;
// After a failure, the next attempt comes with one row in so many more.
constexpr std::size_t kRetryShare = 4;
// Rows that a saved graph lost, one in so many, after which its recall is measured before it serves. The lists are
// filled with the neighbours of those rows, so that the loss of recall stays below 0.001.
constexpr std::size_t kDroppedShare = 20;
constexpr std::size_t kSample = 256;
// How long the builder is kept for more single rows; it can be made again from the graph.
constexpr auto kKeepBuilder = 2s;

}  // namespace

struct GraphKeeper::Rows {
  explicit Rows(const Snapshot& snapshot)
      : table(snapshot.table),
        view(snapshot.rows_view()),
        metric(snapshot.schema.metric),
        generation(snapshot.generation),
        vectors(snapshot.documents - snapshot.without_vector) {}

  /// The rows of a graph with this end, and the dead ones of them once more.
  [[nodiscard]] std::size_t changes(const Published& published) const noexcept {
    return published.rows + published.dead(vectors, RowCodesView(view).vectors_from(published.end));
  }

  std::shared_ptr<const Table> table;
  RowsView view;
  Metric metric;
  std::uint64_t generation;
  std::size_t vectors;
};

GraphKeeper::GraphKeeper(const IndexOptions& options, SnapshotSource source)
    : options_(options), source_(std::move(source)), told_(0, 0) {}

GraphKeeper::~GraphKeeper() {
  stop();
}

void GraphKeeper::stop() noexcept {
  std::jthread ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(thread_);
  }
  ended.request_stop();  // and joins
}

GraphKeeper::Published GraphKeeper::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::size_t GraphKeeper::graph_rows(const Snapshot& snapshot) const {
  const std::lock_guard lock(mutex_);
  return published_.serves(snapshot) ? published_.rows : 0;
}

void GraphKeeper::set_published(Published next) noexcept {
  const std::lock_guard lock(mutex_);
  std::swap(published_, next);  // the old graph is released after the lock
  changed_.notify_all();
}

std::size_t GraphKeeper::least_rows(const Snapshot& now) const noexcept {
  if (options_.graph_from != 0) return options_.graph_from;
  return least_rows_for_graph(now.table->dimension());
}

// The functions below, up to `told`, are for the thread, and for others under mutex_.

GraphKeeper::Step GraphKeeper::next_step(const Snapshot& now) const noexcept {
  const Step step = step_by_size(now);
  if (step == Step::drop) return step;
  if (paused(now)) return Step::nothing;
  return step == Step::nothing && published_.graph != nullptr ? step_by_changes(now) : step;
}

// Whether there should be a graph, of this numbering of slots.
GraphKeeper::Step GraphKeeper::step_by_size(const Snapshot& now) const noexcept {
  const bool has_graph = published_.graph != nullptr;
  const std::size_t vectors = now.documents - now.without_vector;
  if (!options_.graph || now.table == nullptr || vectors == 0) return has_graph ? Step::drop : Step::nothing;
  const std::size_t least = least_rows(now);
  if (loader_ && vectors >= least / 2) return Step::load;
  if (!has_graph) return vectors >= least ? Step::build : Step::nothing;
  if (vectors < least / 2) return Step::drop;
  return published_.generation != now.generation ? Step::build : Step::nothing;
}

// What changed since the graph was published, or measured.
GraphKeeper::Step GraphKeeper::step_by_changes(const Snapshot& now) const noexcept {
  const std::size_t rows = published_.rows;
  const std::size_t tail = now.rows - published_.end;
  // The tail is counted only where that can matter.
  const RowsView view = now.rows_view();
  const auto dead_exceed = [&, most = published_.most_dead(now)](std::size_t limit) {
    if (most <= limit || tail == 0) return most > limit;
    return published_.dead(now.documents - now.without_vector, RowCodesView(view).vectors_from(published_.end)) > limit;
  };
  const auto changed_by = [&, known = published_.measured_changes](std::size_t share) {
    const std::size_t limit = known + known / share;
    return rows > limit || dead_exceed(limit - rows);
  };
  if (dead_exceed(rows / kDeadShare)) return Step::build;
  if (tail > kLongTail && tail > rows / kLongTailShare) return Step::extend;
  if (changed_by(kManyChangedShare)) return Step::measure;
  if (tail > 0) return failure_ && failure_->torn ? Step::build : Step::insert;
  return changed_by(kChangedShare) ? Step::measure : Step::nothing;
}

bool GraphKeeper::paused(const Snapshot& now) const noexcept {
  return failure_ && failure_->generation == now.generation && now.rows < failure_->retry_rows;
}

bool GraphKeeper::told(const Snapshot& now) const noexcept {
  return told_ >= std::pair(now.generation, now.sequence);
}

void GraphKeeper::start_with(const Snapshot& now, Loader load) {
  {
    const std::lock_guard lock(mutex_);
    loader_ = std::move(load);
    saved_generation_ = now.generation;
  }
  rows_changed(now);
}

std::size_t GraphKeeper::loaded_rows() const {
  const std::lock_guard lock(mutex_);
  return loaded_rows_;
}

Status GraphKeeper::load_result() const {
  const std::lock_guard lock(mutex_);
  if (load_error_) return *load_error_;
  return {};
}

void GraphKeeper::rows_changed(const Snapshot& now) noexcept {
  const std::lock_guard lock(mutex_);
  told_ = {now.generation, now.sequence};
  changed_.notify_all();
  if (idle_ && next_step(now) == Step::nothing) return;
  wanted_ = true;
  work_.notify_one();
  try {
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error&) {
    fail_without_thread(ErrorCode::unavailable);
  } catch (const std::bad_alloc&) {
    fail_without_thread(ErrorCode::out_of_memory);
  }
}

// Under mutex_. The text fits into the string itself (15 bytes), so making it allocates nothing. The next write tries
// again: that costs little.
void GraphKeeper::fail_without_thread(ErrorCode code) noexcept {
  failure_.emplace(Failure{.error = Error(code, "no graph thread")});
  wanted_ = false;
}

Status GraphKeeper::wait_until_indexed(std::stop_token stop) const {
  const auto now = source_();
  const auto holds_all = [&] {
    const bool renumbered = published_.generation > now->generation;
    const bool caught_up = published_.generation == now->generation && published_.end >= now->rows;
    return published_.graph != nullptr && (renumbered || caught_up);
  };
  // The write that made `now` may not have come here yet: then the thread does not know of it.
  const auto at_rest = [&] { return idle_ && !wanted_ && (told(*now) || next_step(*now) == Step::nothing); };
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait(lock, stop, [&] { return holds_all() || at_rest(); });
  if (!done) return Error(ErrorCode::cancelled, "cancelled while waiting for the graph");
  const bool needed = published_.graph != nullptr || step_by_size(*now) != Step::nothing;
  if (failure_ && needed && !holds_all()) return failure_->error;
  return {};
}

void GraphKeeper::run(const std::stop_token& stop) {
  lower_thread_priority();
  while (wait_for_work(stop)) catch_up(stop);
}

// Returns false when the thread is to end.
bool GraphKeeper::wait_for_work(const std::stop_token& stop) {
  const auto wanted = [this] { return wanted_; };
  std::unique_lock lock(mutex_);
  if (!wanted_) {
    idle_ = true;
    changed_.notify_all();
    if (builder_ != nullptr && !work_.wait_for(lock, stop, kKeepBuilder, wanted) && !stop.stop_requested()) {
      lock.unlock();
      release_builder();
      lock.lock();
    }
    work_.wait(lock, stop, wanted);
  }
  wanted_ = false;
  idle_ = false;
  return !stop.stop_requested();
}

void GraphKeeper::catch_up(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto now = source_();
    const Step step = next_step(*now);
    if (step == Step::nothing) return;
    const Rows rows(*now);
    Status taken = guarded([&] { return take(step, rows, stop); });
    if (stop.stop_requested()) return;
    if (taken) {
      succeeded(step);
    } else {
      failed(step, rows, std::move(taken).error());
    }
  }
}

Status GraphKeeper::take(Step step, const Rows& rows, const std::stop_token& stop) {
  switch (step) {
    case Step::nothing: return {};
    case Step::drop: drop(); return {};
    case Step::load: return load(rows, stop);
    case Step::build: return build(rows, stop);
    case Step::extend: return extend(rows, stop);
    case Step::insert: return insert_some(rows);
    case Step::measure: return measure(rows, stop);
  }
  return {};
}

void GraphKeeper::succeeded(Step step) noexcept {
  if (step == Step::measure) return;
  const std::lock_guard lock(mutex_);
  failure_.reset();
}

void GraphKeeper::failed(Step step, const Rows& rows, Error error) noexcept {
  if (step == Step::measure) {  // the next one comes with as many changes as after a success
    const std::lock_guard lock(mutex_);
    published_.measured_changes = rows.changes(published_);
    return;
  }
  release_builder();  // it may hold a row in part
  Failure failure{.error = std::move(error), .generation = rows.generation};
  if (published_.generation != rows.generation) drop();  // it serves nobody any more
  failure.torn = graph_ != nullptr && graph_->rows() != published_.rows;
  const bool small = step == Step::insert && !failure.torn;
  const std::size_t work = small ? rows.view.rows - published_.end : rows.view.rows;
  failure.retry_rows = rows.view.rows + std::max(kBatch, work / kRetryShare);
  const std::lock_guard lock(mutex_);
  failure_.emplace(std::move(failure));
}

void GraphKeeper::release_builder() noexcept {
  builder_.reset();
  builder_table_.reset();
  return_freed_memory();
}

void GraphKeeper::drop() noexcept {
  release_builder();
  graph_.reset();
  set_published({});
}

GraphOptions GraphKeeper::graph_options(const Rows& rows) const noexcept {
  return {.metric = rows.metric,
          .dimension = rows.view.dimension,
          .links = options_.links,
          .ef_construction = options_.ef_construction};
}

// A saved graph that cannot be used is no failure: the next step builds one.
Status GraphKeeper::load(const Rows& rows, const std::stop_token& stop) {
  Loader loader;
  {
    const std::lock_guard lock(mutex_);
    loader = std::exchange(loader_, nullptr);
  }
  if (rows.generation != saved_generation_) return {};  // slots were numbered anew
  auto saved = guarded([&] { return loader(rows.view, graph_options(rows)); });
  if (saved && saved->graph != nullptr && saved->graph->rows() > 0) return publish_saved(*std::move(saved), rows, stop);
  if (!saved) {
    const std::lock_guard lock(mutex_);
    load_error_.emplace(std::move(saved).error());
  }
  return {};
}

Status GraphKeeper::publish_saved(Saved saved, const Rows& rows, const std::stop_token& stop) {
  Published next{.graph = saved.graph,
                 .table = std::move(saved.table),
                 .generation = rows.generation,
                 .end = saved.end,
                 .rows = saved.graph->rows(),
                 .measured_changes = saved.measured_changes};
  const std::size_t changes = rows.changes(next);
  const bool outdated = changes > next.measured_changes + next.measured_changes / kChangedShare;
  if (next.table == nullptr || saved.dropped > next.rows / kDroppedShare || outdated) {
    RowsView indexed = rows.view;
    indexed.rows = next.end;
    auto table = measure_recall(*next.graph, indexed, {kSample, options_.build_threads}, stop);
    if (!table) return std::move(table).error();
    next.table = std::make_shared<const RecallTable>(*std::move(table));
    next.measured_changes = changes;
  }
  graph_ = std::move(saved.graph);
  {
    const std::lock_guard lock(mutex_);
    loaded_rows_ = next.rows;
  }
  set_published(std::move(next));
  return {};
}

Status GraphKeeper::build(const Rows& rows, const std::stop_token& stop) {
  auto builder = GraphBuilder::create(graph_options(rows), rows.view.rows + rows.view.rows / 8);
  if (!builder) return std::move(builder).error();
  builder_ = *std::move(builder);
  builder_table_ = rows.table;
  const auto end = static_cast<Slot>(rows.view.rows);
  if (Status done = builder_->insert_range(rows.view, 0, end, options_.build_threads, stop); !done) return done;
  return publish_new(rows, stop);
}

// A long tail: as a build that begins with the rows there are.
Status GraphKeeper::extend(const Rows& rows, const std::stop_token& stop) {
  if (Status ready = ensure_builder(rows); !ready) return ready;
  const auto first = static_cast<Slot>(published_.end);
  const auto end = static_cast<Slot>(rows.view.rows);
  if (Status done = builder_->insert_range(rows.view, first, end, options_.build_threads, stop); !done) return done;
  return publish_new(rows, stop);
}

Status GraphKeeper::publish_new(const Rows& rows, const std::stop_token& stop) {
  auto graph = std::make_shared<Graph>(builder_->options());
  if (Status done = graph->publish_all(*builder_, rows.view, options_.build_threads, stop); !done) return done;
  auto table = measure_recall(*graph, rows.view, {kSample, options_.build_threads}, stop);
  if (!table) return std::move(table).error();
  graph_ = graph;
  release_builder();  // it takes more memory than the graph, and single rows may never follow
  Published next{.graph = graph,
                 .table = std::make_shared<const RecallTable>(*std::move(table)),
                 .generation = rows.generation,
                 .end = rows.view.rows,
                 .rows = graph->rows()};
  next.measured_changes = rows.changes(next);
  set_published(std::move(next));
  return {};
}

Status GraphKeeper::ensure_builder(const Rows& rows) {
  if (builder_ == nullptr) {
    auto builder = GraphBuilder::restore(*graph_, rows.view, graph_->options(), rows.view.rows);
    if (!builder) return std::move(builder).error();
    builder_ = *std::move(builder);
  }
  builder_table_ = rows.table;
  return builder_->reserve(rows.view.rows);
}

Status GraphKeeper::insert_some(const Rows& rows) {
  if (Status ready = ensure_builder(rows); !ready) return ready;
  Published next = published_;
  const std::size_t end = std::min(next.end + kBatch, rows.view.rows);
  std::vector<Slot> changed;
  for (std::size_t slot = next.end; slot < end; ++slot) {
    if (Status done = builder_->insert(rows.view, static_cast<Slot>(slot), changed); !done) return done;
  }
  if (Status done = graph_->publish(*builder_, rows.view, changed); !done) return done;
  next.end = end;
  next.rows = graph_->rows();
  set_published(std::move(next));
  return {};
}

Status GraphKeeper::measure(const Rows& rows, const std::stop_token& stop) {
  RowsView indexed = rows.view;
  indexed.rows = published_.end;
  auto table = measure_recall(*graph_, indexed, {kSample, options_.build_threads}, stop);
  if (!table) return std::move(table).error();
  Published next = published_;
  next.table = std::make_shared<const RecallTable>(*std::move(table));
  next.measured_changes = rows.changes(next);
  set_published(std::move(next));
  return {};
}

}  // namespace scaup::inline v0
