#include "engine/durable_collection.hpp"

#include <algorithm>

#include "base/boundary.hpp"
#include "base/parallel.hpp"
#include "engine/checkpoint.hpp"
#include "engine/graph_file.hpp"
#include "engine/log_replay.hpp"
#include "engine/salvage.hpp"
#include "engine/words_file.hpp"

namespace scaup::inline v0 {
namespace {

// On closing, a log of more bytes than this, and than this share of the checkpoint, is worth a new checkpoint.
constexpr std::uint64_t kSmallLog = std::uint64_t{256} << 10U;
constexpr std::uint64_t kSmallLogShare = 16;
// A log is due for a checkpoint only if it has at least this share of the bytes of the last one: so the bytes written
// stay in proportion to those added, whatever the size of the collection.
constexpr std::uint64_t kDueShare = 2;

Error read_only_error() {
  return {ErrorCode::read_only, "the database was opened for reading"};
}

Error closed_error() {
  return {ErrorCode::invalid_argument, "the database is closed"};
}

}  // namespace

DurableCollection::DurableCollection(CollectionFiles files, std::unique_ptr<LocalStore> store)
    : files_(std::move(files)), store_(std::move(store)) {}

DurableCollection::~DurableCollection() {
  stop_thread();
  if (log_ != nullptr) static_cast<void>(guarded([&] { return log_->sync(); }));
}

// A collection that a child process inherits belongs to the parent: its threads are not there to be joined.
DurableCollection::Pointer DurableCollection::make_pointer(CollectionFiles files, std::unique_ptr<LocalStore> store) {
  const auto context = files.context();
  return {new DurableCollection(std::move(files), std::move(store)), [context](DurableCollection* owned) {
            if (!context->forked()) delete owned;
          }};
}

void DurableCollection::start_log(LogWriter writer) {
  log_ = std::make_unique<DurableLog>(files_.context(), std::move(writer), [this] { wake(); });
  store_->set_log(log_.get());
}

Result<DurableCollection::Pointer> DurableCollection::create(const std::shared_ptr<const StoreContext>& context,
                                                             const CatalogEntry& entry, StoreSchema schema,
                                                             const IndexOptions& index) {
  CollectionFiles files(context, entry.number, entry.name);
  if (Status made = files.make_folders(); !made) return std::move(made).error();
  auto store = std::make_unique<LocalStore>(std::move(schema), index, context->options.clock);
  const Pointer collection = make_pointer(std::move(files), std::move(store));
  CollectionManifest manifest;
  const std::uint64_t file_number = collection->files_.next_number();
  Status written = collection->write_files({.snapshot = collection->store_->snapshot()}, file_number, manifest, {});
  if (!written) return std::move(written).error();
  auto log = collection->files_.create_log(file_number, 1);
  if (!log) return std::move(log).error();
  manifest.logs = {{.number = file_number, .first_frame = 1}};
  if (Status replaced = collection->files_.replace_manifest(std::move(manifest)); !replaced) {
    return std::move(replaced).error();
  }
  collection->start_log(*std::move(log));
  return collection;
}

Result<DurableCollection::Pointer> DurableCollection::open(const std::shared_ptr<const StoreContext>& context,
                                                           const CatalogEntry& entry, const IndexOptions& index,
                                                           CollectionRecovery& report) {
  if (context->options.recovery != Recovery::salvage) return open_files(context, entry, index, report);
  Status intact = check_derived_files(context, entry.number);
  if (intact) {
    auto opened = open_files(context, entry, index, report);
    if (opened) return opened;
    intact = std::move(opened).error();
  }
  if (intact.error().code() != ErrorCode::corruption) return std::move(intact).error();
  auto salvaged = salvage_collection(context, entry, intact.error());
  if (!salvaged) return std::move(salvaged).error();
  auto opened = open_files(context, entry, index, report);
  report = *std::move(salvaged);
  return opened;
}

Result<DurableCollection::Pointer> DurableCollection::open_files(const std::shared_ptr<const StoreContext>& context,
                                                                 const CatalogEntry& entry, const IndexOptions& index,
                                                                 CollectionRecovery& report) {
  CollectionFiles files(context, entry.number, entry.name);
  if (Status loaded = files.load_manifest(); !loaded) return std::move(loaded).error();
  const CollectionManifest manifest = files.manifest();
  if (!manifest.checkpoint || manifest.logs.empty()) {
    return Error(ErrorCode::corruption, files.folder().native() + ": the manifest names no checkpoint or no log");
  }
  const auto file = files.open_sections(StoreFileKind::checkpoint, *manifest.checkpoint);
  if (!file) return file.error();
  auto state = read_checkpoint(*file, context->options.verify);
  if (!state) return std::move(state).error();
  auto store = std::make_unique<LocalStore>(*std::move(state), index, context->options.clock);
  if (manifest.graph) {
    start_with_saved_graph(*store, files, *manifest.graph);
  } else {
    store->graph_keeper().rows_changed(*store->snapshot());
  }
  if (manifest.words) start_with_saved_words(*store, files, *manifest.words);
  const Pointer collection = make_pointer(std::move(files), std::move(store));
  collection->opened_words_ = manifest.words.has_value();
  collection->checkpoint_bytes_ = manifest.checkpoint->size;
  auto replayed = replay_logs(collection->files_, *collection->store_, report);
  if (!replayed) return std::move(replayed).error();
  if (Status started = collection->go_on(*replayed, report); !started) return std::move(started).error();
  collection->store_->start_filter_index();
  return collection;
}

// From here on the log takes writes, or refuses them.
Status DurableCollection::go_on(const ReplayedLogs& replayed, CollectionRecovery& report) {
  if (!files_.context()->writable()) {
    log_ = std::make_unique<DurableLog>(read_only_error());
    store_->set_log(log_.get());
    return {};
  }
  // Who put the manifest in place may have died before its sync, and the writes to come are in a log that it names.
  if (Status synced = files_.context()->files().sync_directory(files_.folder()); !synced) return synced;
  auto writer = resume_logs(files_, replayed, report);
  if (!writer) return std::move(writer).error();
  start_log(*std::move(writer));
  files_.remove_unnamed();
  if (checkpoint_due()) wake();
  return {};
}

Status DurableCollection::checkpoint(const std::stop_token& stop) {
  const std::lock_guard lock(checkpoint_mutex_);
  if (!files_.context()->writable()) return read_only_error();
  CollectionManifest next = files_.manifest();
  next.clean.reset();
  const std::uint64_t number = files_.next_number();
  State state{.graph = store_->graph_keeper().published()};  // before the snapshot, see there
  Status rotated = store_->with_writers_stopped([&](const LocalStore::SnapshotPointer& now) {
    state.snapshot = now;
    state.words = store_->text_keeper().newest();
    return log_->rotate([&](std::uint64_t first_frame) -> Result<LogWriter> {
      auto log = files_.create_log(number, first_frame);
      if (!log) return log;
      next.logs.push_back({.number = number, .first_frame = first_frame});
      if (Status named = files_.replace_manifest(next); !named) return std::move(named).error();
      return log;
    });
  });
  if (!rotated) return rotated;
  if (Status written = write_files(state, number, next, stop); !written) {
    files_.remove_unnamed();
    return written;
  }
  next.logs.erase(next.logs.begin(), next.logs.end() - 1);
  if (Status named = files_.replace_manifest(std::move(next)); !named) return named;
  files_.remove_unnamed();
  return {};
}

// Writes the files of a state, and names them in `next`.
Status DurableCollection::write_files(const State& state, std::uint64_t number, CollectionManifest& next,
                                      const std::stop_token& stop) {
  auto file = files_.write_sections(StoreFileKind::checkpoint, number);
  if (!file) return std::move(file).error();
  if (Status written = write_checkpoint(*state.snapshot, files_.name(), **file, stop); !written) return written;
  auto checkpoint = finish_sections(**file, number);
  if (!checkpoint) return std::move(checkpoint).error();
  next.checkpoint = *checkpoint;
  checkpoint_bytes_ = checkpoint->size;
  return write_derived_files(state, number, next, stop);
}

// What cannot be written is left out: it can be made anew.
Status DurableCollection::write_derived_files(const State& state, std::uint64_t number, CollectionManifest& next,
                                              const std::stop_token& stop) {
  next.graph.reset();
  next.words.reset();
  if (state.graph.serves(*state.snapshot)) {
    auto saved = save_graph(files_, *state.snapshot, state.graph, number);
    if (saved) next.graph = *saved;
    saved_graph_rows_ = saved ? state.graph.rows : 0;
  }
  saved_words_ = opened_words_ = false;
  if (!store_->text_keeper().in_use()) return {};
  auto words = store_->text_keeper().of_snapshot(state.words, state.snapshot, stop);
  if (!words) return words.error().code() == ErrorCode::cancelled ? Status(std::move(words).error()) : Status();
  auto saved = save_words(files_, **words, number, stop);
  if (saved) next.words = *saved;
  saved_words_ = saved.has_value();
  return {};
}

bool DurableCollection::checkpoint_due() const {
  const std::uint64_t bytes = log_->size();
  return bytes >= files_.context()->options.checkpoint_log_bytes && bytes >= checkpoint_bytes_ / kDueShare;
}

bool DurableCollection::worth_a_checkpoint_on_close() const {
  const std::lock_guard lock(checkpoint_mutex_);
  const std::uint64_t bytes = log_->size();
  if (bytes > kSmallLog && bytes > checkpoint_bytes_ / kSmallLogShare) return true;
  if (!words_are_saved()) return true;
  const std::size_t rows = store_->graph_keeper().graph_rows(*store_->snapshot());
  const std::size_t saved = std::max(saved_graph_rows_, store_->graph_keeper().loaded_rows());
  return rows > saved + saved / 4;
}

// Under checkpoint_mutex_: whether the next opening finds words, if there are any. Some that could not be read are
// none.
bool DurableCollection::words_are_saved() const {
  const TextKeeper& words = store_->text_keeper();
  return words.newest() == nullptr || saved_words_ || (opened_words_ && words.load_result());
}

Status DurableCollection::close() {
  stop_thread();
  Status closed = !files_.context()->writable() || log_->failure() ? Status() : close_files();
  log_->refuse(closed_error());
  // One that somebody asked for may still be writing: the files are another's only once it has ended.
  const std::lock_guard no_checkpoint(checkpoint_mutex_);
  return closed;
}

// A checkpoint that cannot be written costs the next opening time, and nothing else: the log has it all.
Status DurableCollection::close_files() {
  Status written = worth_a_checkpoint_on_close() ? checkpoint({}) : Status();
  const std::lock_guard lock(checkpoint_mutex_);
  Status noted = store_->with_writers_stopped([&](const LocalStore::SnapshotPointer& /*now*/) -> Status {
    if (Status trimmed = log_->trim(); !trimmed) return trimmed;
    CollectionManifest next = files_.manifest();
    next.clean = CleanClose{.log_end = log_->size(), .next_frame = log_->next_frame()};
    Status named = files_.replace_manifest(std::move(next));
    log_->refuse(closed_error());  // here, because nobody would sync what a writer logs from now on
    return named;
  });
  return written ? noted : written;
}

void DurableCollection::doubt() {
  log_->refuse(Error(ErrorCode::read_only,
                     "read-only until it is opened again, because it could not be removed, nor could that be undone"));
}

void DurableCollection::abandon() {
  log_->refuse(Error(ErrorCode::not_found, "the collection was removed"));
  stop_thread();  // after that, for a writer would start it again
}

CollectionStorage DurableCollection::storage(std::string name) const {
  CollectionStorage storage{.collection = std::move(name),
                            .log_bytes = log_->size(),
                            .checkpoint_bytes = checkpoint_bytes_,
                            .checkpoint_failure = {}};
  const std::lock_guard lock(thread_mutex_);
  storage.checkpoint_failure = checkpoint_failure_;
  return storage;
}

// After every append: starts or wakes the thread where there is something to do.
void DurableCollection::wake() noexcept {
  const bool interval = files_.context()->options.sync == SyncMode::interval;
  if (!interval && !checkpoint_due()) return;
  const std::lock_guard lock(thread_mutex_);
  wanted_ = true;
  try {
    if (!thread_.joinable()) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::exception&) {
    checkpoint_failure_.emplace(ErrorCode::unavailable, "no thread");  // the next write tries again
  }
  changed_.notify_all();
}

void DurableCollection::run(const std::stop_token& stop) {
  lower_thread_priority();
  const bool interval = files_.context()->options.sync == SyncMode::interval;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(thread_mutex_);
      changed_.wait(lock, stop, [&] { return wanted_; });
      wanted_ = false;
      // A write that comes meanwhile is in the same sync.
      if (interval) changed_.wait_for(lock, stop, files_.context()->options.sync_interval, [] { return false; });
    }
    if (stop.stop_requested()) return;
    // A failure is what the next write is told.
    if (interval && !log_->synced()) static_cast<void>(guarded([&] { return log_->sync(); }));
    checkpoint_if_due(stop);
  }
}

void DurableCollection::checkpoint_if_due(const std::stop_token& stop) {
  const std::uint64_t bytes = log_->size();
  {
    const std::lock_guard lock(thread_mutex_);
    const bool failed_lately = failed_at_ != 0 && bytes < failed_at_ + failed_at_ / kDueShare;
    if (!checkpoint_due() || failed_lately) return;
  }
  Status done = guarded([&] { return checkpoint(stop); });
  const std::lock_guard lock(thread_mutex_);
  failed_at_ = done ? 0 : bytes;
  checkpoint_failure_.reset();
  if (!done) checkpoint_failure_.emplace(std::move(done).error());
}

void DurableCollection::stop_thread() noexcept {
  std::jthread ended;
  {
    const std::lock_guard lock(thread_mutex_);
    ended = std::move(thread_);
  }
  ended.request_stop();  // and joins
}

}  // namespace scaup::inline v0
