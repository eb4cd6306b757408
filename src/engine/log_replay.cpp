#include "engine/log_replay.hpp"

#include "engine/operation_codec.hpp"
#include "storage/log_repair.hpp"

namespace scaup::inline v0 {
namespace {

/// Gathers the frames of an entry, and applies it when it is complete.
class EntryApplier {
 public:
  explicit EntryApplier(VectorStore& store) : store_(store) {}

  [[nodiscard]] Status add(const LogFrame& frame) {
    parts_.push_back(frame.body);
    if (frame.place == FramePlace::more) return {};
    Status applied = apply_entry(store_, {.type = frame.type, .parts = parts_});
    parts_.clear();
    ++entries_;
    return applied;
  }
  [[nodiscard]] std::size_t entries() const noexcept { return entries_; }

 private:
  VectorStore& store_;
  std::vector<std::span<const std::byte>> parts_;  // in the mapped file
  std::size_t entries_ = 0;
};

using MappedFile = std::shared_ptr<const std::span<const std::byte>>;

Result<MappedFile> map_log(const CollectionFiles& files, const std::filesystem::path& path) {
  if (Status small = files.check_size(path); !small) return std::move(small).error();
  auto file = files.context()->files().open_for_read(path, Links::refuse);
  if (file) return (*file)->map();
  if (file.error().code() != ErrorCode::not_found) return std::move(file).error();
  return Error(ErrorCode::corruption, path.native() + ": is missing, though the manifest names it");
}

Error gap_error(const CollectionFiles& files, const LogReference& log, std::uint64_t expected) {
  return {ErrorCode::corruption, files.path_of(StoreFileKind::log, log.number).native() + ": begins with frame " +
                                     std::to_string(log.first_frame) + ", but the logs before it end before frame " +
                                     std::to_string(expected) + "; open with salvage to take what is left"};
}

Result<LogEnd> replay_log(const CollectionFiles& files, const LogReference& log,
                          const std::optional<std::uint64_t>& synced_end, EntryApplier& applier) {
  const std::filesystem::path path = files.path_of(StoreFileKind::log, log.number);
  const auto mapped = map_log(files, path);
  if (!mapped) return mapped.error();
  const LogToRead to_read{.file = **mapped,
                          .name = path.native(),
                          .identity = files.identity_of(StoreFileKind::log, log.number),
                          .first_number = log.first_frame,
                          .synced_end = synced_end};
  return read_log(to_read, [&](const LogFrame& frame) { return applier.add(frame); });
}

// Frames must go on from one log to the next. A log without frames, made when the one before it then did go on (the
// manifest could not be written in time), does not count.
Status chain(const CollectionFiles& files, const LogReference& log, const LogEnd& end, ReplayedLogs& out) {
  const bool has_frames = end.next_number != log.first_frame;
  const std::uint64_t expected = out.ends.empty() ? log.first_frame : out.ends.back().next_number;
  if (log.first_frame > expected || (has_frames && log.first_frame != expected)) return gap_error(files, log, expected);
  if (has_frames && !out.ends.empty() && out.ends.back().dropped_bytes != 0) return gap_error(files, log, expected);
  if (log.first_frame < expected) return {};
  out.logs.push_back(log);
  out.ends.push_back(end);
  return {};
}

}  // namespace

Result<ReplayedLogs> replay_logs(const CollectionFiles& files, VectorStore& store, CollectionRecovery& report) {
  const CollectionManifest& manifest = files.manifest();
  ReplayedLogs replayed;
  EntryApplier applier(store);
  for (const LogReference& log : manifest.logs) {
    const bool last = log == manifest.logs.back();
    const auto synced_end = last && manifest.clean ? std::optional(manifest.clean->log_end) : std::nullopt;
    auto end = replay_log(files, log, synced_end, applier);
    if (!end) return std::move(end).error();
    if (Status chained = chain(files, log, *end, replayed); !chained) return std::move(chained).error();
    report.torn_bytes += end->dropped_bytes;
  }
  report.writes_replayed = applier.entries();
  return replayed;
}

Result<LogWriter> resume_logs(CollectionFiles& files, const ReplayedLogs& replayed, CollectionRecovery& report) {
  FileSystem& system = files.context()->files();
  for (std::size_t i = 0; i < replayed.logs.size(); ++i) {
    const std::filesystem::path path = files.path_of(StoreFileKind::log, replayed.logs[i].number);
    auto copy = cut_log_tail(system, path, replayed.ends[i], files.context()->folder / "quarantine");
    if (!copy) return std::move(copy).error();
    if (*copy) report.notes.push_back("the torn tail of " + path.native() + " is kept in " + (*copy)->native());
  }
  if (replayed.logs != files.manifest().logs) {
    CollectionManifest next = files.manifest();
    next.logs = replayed.logs;
    next.clean.reset();
    if (Status replaced = files.replace_manifest(std::move(next)); !replaced) return std::move(replaced).error();
  }
  const std::filesystem::path last = files.path_of(StoreFileKind::log, replayed.logs.back().number);
  if (Status rewritten = rewrite_unsynced(system, last, replayed.ends.back()); !rewritten) {
    return std::move(rewritten).error();
  }
  return files.resume_log(replayed.logs.back(), replayed.ends.back());
}

}  // namespace scaup::inline v0
