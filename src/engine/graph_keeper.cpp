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
        dead(snapshot.dead_rows()) {}

  std::shared_ptr<const Table> table;
  RowsView view;
  Metric metric;
  std::uint64_t generation;
  std::size_t dead;
};

GraphKeeper::GraphKeeper(const IndexOptions& options, SnapshotSource source)
    : options_(options), source_(std::move(source)) {}

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

// For the thread, and for writers under mutex_.
GraphKeeper::Step GraphKeeper::next_step(const Snapshot& now) const noexcept {
  const bool has_graph = published_.graph != nullptr;
  const std::size_t vectors = now.documents - now.without_vector;
  if (!options_.graph || now.table == nullptr || vectors == 0) return has_graph ? Step::drop : Step::nothing;
  const std::size_t least = least_rows(now);
  if (loader_ && vectors >= least / 2) return Step::load;
  if (!has_graph) return vectors >= least ? Step::build : Step::nothing;
  if (vectors < least / 2) return Step::drop;
  if (published_.generation != now.generation) return Step::build;
  const std::size_t dead = published_.dead_inside(now.dead_rows());
  if (dead > published_.rows / kDeadShare) return Step::build;
  const std::size_t tail = now.rows - published_.end;
  if (tail > kLongTail && tail > published_.rows / kLongTailShare) return Step::extend;
  const std::size_t changes = published_.rows + dead;
  const std::size_t known = published_.measured_changes;
  if (changes > known + known / kManyChangedShare) return Step::measure;
  if (tail > 0) return Step::insert;
  return changes > known + known / kChangedShare ? Step::measure : Step::nothing;
}

void GraphKeeper::start_with(const Snapshot& now, Loader load) {
  {
    const std::lock_guard lock(mutex_);
    loader_ = std::move(load);
    saved_generation_ = now.generation;
  }
  rows_changed(now);
}

Status GraphKeeper::load_result() const {
  const std::lock_guard lock(mutex_);
  if (load_error_) return *load_error_;
  return {};
}

void GraphKeeper::rows_changed(const Snapshot& now) noexcept {
  const std::lock_guard lock(mutex_);
  if (idle_ && next_step(now) == Step::nothing) return;
  wanted_ = true;
  try {
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error&) {
    fail(ErrorCode::unavailable);
  } catch (const std::bad_alloc&) {
    fail(ErrorCode::out_of_memory);
  }
  changed_.notify_all();
}

// Under mutex_. The text fits into the string itself, so making it allocates nothing.
void GraphKeeper::fail(ErrorCode code) noexcept {
  error_.emplace(code, "graph: no thread");
  wanted_ = false;
}

Status GraphKeeper::wait_until_indexed(std::stop_token stop) const {
  const auto now = source_();
  const auto holds_all = [&] {
    const bool renumbered = published_.generation > now->generation;
    const bool caught_up = published_.generation == now->generation && published_.end >= now->rows;
    return published_.graph != nullptr && (renumbered || caught_up);
  };
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait(lock, stop, [&] { return (idle_ && !wanted_) || holds_all(); });
  if (!done) return Error(ErrorCode::cancelled, "cancelled while waiting for the graph");
  if (error_ && !holds_all()) return *error_;
  return {};
}

void GraphKeeper::run(const std::stop_token& stop) {
  lower_thread_priority();
  while (wait_for_work(stop)) {
    Status done = guarded([&] { return catch_up(stop); });
    if (!done && !stop.stop_requested()) drop();
    const std::lock_guard lock(mutex_);
    error_.reset();
    if (!done) error_.emplace(std::move(done).error());
  }
}

// Returns false when the thread is to end.
bool GraphKeeper::wait_for_work(const std::stop_token& stop) {
  const auto wanted = [this] { return wanted_; };
  std::unique_lock lock(mutex_);
  if (!wanted_) {
    idle_ = true;
    changed_.notify_all();
    if (builder_ != nullptr && !changed_.wait_for(lock, stop, kKeepBuilder, wanted) && !stop.stop_requested()) {
      lock.unlock();
      release_builder();
      lock.lock();
    }
    changed_.wait(lock, stop, wanted);
  }
  wanted_ = false;
  idle_ = false;
  return !stop.stop_requested();
}

Status GraphKeeper::catch_up(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto now = source_();
    const Step step = next_step(*now);
    if (step == Step::nothing) return {};
    const Rows rows(*now);
    if (Status taken = take(step, rows, stop); !taken) return taken;
  }
  return {};
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
  const RowCodesView codes(rows.view);
  Published next{.graph = saved.graph,
                 .table = std::move(saved.table),
                 .generation = rows.generation,
                 .end = saved.end,
                 .rows = saved.graph->rows(),
                 .measured_changes = saved.measured_changes};
  for (Slot slot = 0; slot < saved.end; ++slot) {
    if (!saved.graph->contains(slot) && !codes.visible(slot)) ++next.dead_outside;
  }
  const std::size_t changes = next.rows + next.dead_inside(rows.dead);
  const bool outdated = changes > next.measured_changes + next.measured_changes / kChangedShare;
  if (next.table == nullptr || saved.dropped > 0 || outdated) {
    RowsView indexed = rows.view;
    indexed.rows = next.end;
    auto table = measure_recall(*next.graph, indexed, {kSample, options_.build_threads}, stop);
    if (!table) return std::move(table).error();
    next.table = std::make_shared<const RecallTable>(*std::move(table));
    next.measured_changes = changes;
  }
  graph_ = std::move(saved.graph);
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
  return publish_new(rows, rows.dead, stop);
}

// A long tail: as a build that begins with the rows there are.
Status GraphKeeper::extend(const Rows& rows, const std::stop_token& stop) {
  if (Status ready = ensure_builder(rows); !ready) return ready;
  const auto first = static_cast<Slot>(published_.end);
  const auto end = static_cast<Slot>(rows.view.rows);
  if (Status done = builder_->insert_range(rows.view, first, end, options_.build_threads, stop); !done) return done;
  std::size_t dead = 0;
  for (Slot slot = first; slot < end; ++slot) {
    if (!RowCodesView(rows.view).visible(slot)) ++dead;
  }
  return publish_new(rows, published_.dead_outside + dead, stop);
}

Status GraphKeeper::publish_new(const Rows& rows, std::size_t dead_outside, const std::stop_token& stop) {
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
                 .rows = graph->rows(),
                 .dead_outside = dead_outside};
  next.measured_changes = next.rows + next.dead_inside(rows.dead);
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
    if (!RowCodesView(rows.view).visible(static_cast<Slot>(slot))) ++next.dead_outside;
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
  next.measured_changes = next.rows + next.dead_inside(rows.dead);
  set_published(std::move(next));
  return {};
}

}  // namespace scaup::inline v0
