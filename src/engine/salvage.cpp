#include "engine/salvage.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "engine/checkpoint_salvage.hpp"
#include "engine/collection_files.hpp"
#include "engine/local_store.hpp"
#include "engine/log_salvage.hpp"
#include "engine/quarantine.hpp"

namespace scaup::inline v0 {
namespace {

// The number in the name of a file of this kind, such as "log-12".
std::optional<std::uint64_t> number_of(std::string_view name, StoreFileKind kind) {
  const std::string prefix = std::string(to_string(kind)) + "-";
  if (!name.starts_with(prefix)) return std::nullopt;
  std::uint64_t number = 0;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + prefix.size(), end, number);
  const bool is_number = read.ec == std::errc() && read.ptr == end && number != 0;
  return is_number ? std::optional(number) : std::nullopt;
}

class CollectionSalvage {
 public:
  CollectionSalvage(const std::shared_ptr<const StoreContext>& context, const CatalogEntry& entry)
      : context_(*context),
        number_(entry.number),
        files_(context, entry.number, entry.name),
        recovery_{.collection = entry.name},
        report_(recovery_, context->folder) {}

  Result<CollectionRecovery> run(const Error& damage) {
    report_.note("salvaged, because " + damage.message());
    Status done = find_files();
    if (done) done = load_checkpoint();
    if (done) done = load_logs();
    if (done) done = set_aside();
    if (done) done = write_state();
    if (!done) return std::move(done).error();
    return std::move(recovery_);
  }

 private:
  // What there is, whether or not a manifest names it: all of a collection's files together tell what counts.
  Status find_files() {
    Status loaded = files_.load_manifest();
    if (loaded) manifest_ = files_.manifest();
    if (!loaded && loaded.error().code() != ErrorCode::corruption) return loaded;
    if (Status noted = files_.note_numbers(); !noted) return noted;
    const auto entries = context_.files().list(files_.folder());
    if (!entries) return entries.error();
    for (const DirectoryEntry& entry : *entries) {
      const std::string& name = entry.name.native();
      if (entry.kind != FileKind::regular || name.ends_with(".tmp")) continue;
      names_.push_back(name);
      if (const auto number = number_of(name, StoreFileKind::checkpoint)) checkpoints_.push_back(*number);
      if (const auto number = number_of(name, StoreFileKind::log)) logs_.push_back(*number);
    }
    std::ranges::sort(checkpoints_, std::greater());
    std::ranges::sort(logs_);
    prefer_named_checkpoint();
    return {};
  }

  // A checkpoint that was not named yet has no more in it than the logs have.
  void prefer_named_checkpoint() {
    if (!manifest_ || !manifest_->checkpoint) return;
    const std::uint64_t named = manifest_->checkpoint->number;
    const auto found = std::ranges::find(checkpoints_, named);
    if (found != checkpoints_.end()) {
      std::rotate(checkpoints_.begin(), found, found + 1);
      return;
    }
    report_.lost(files_.path_of(StoreFileKind::checkpoint, named), 0, manifest_->checkpoint->size, "is missing");
  }

  Status load_checkpoint() {
    for (const std::uint64_t number : checkpoints_) {
      auto opened = CheckpointSalvage::open(context_.files(), files_.path_of(StoreFileKind::checkpoint, number),
                                            files_.identity_of(StoreFileKind::checkpoint, number));
      if (!opened) return std::move(opened).error();
      if (opened->state()) {
        checkpoint_ = number;
        source_ = *std::move(opened);
        return {};
      }
      opened->give_up(report_);
    }
    return Error(ErrorCode::corruption,
                 files_.folder().native() +
                     ": no checkpoint in it says which metric and dimension the vectors have, so " +
                     "nothing can be salvaged; restore a copy, or remove the collection. The files are as they were");
  }

  // A log has the number of the checkpoint that was made when it began, so those before it are in the checkpoint.
  Status load_logs() {
    std::erase_if(logs_, [&](std::uint64_t log) { return log < checkpoint_; });
    report_missing_logs();
    SalvagedLogs logs(files_, manifest_ ? &*manifest_ : nullptr, report_);
    for (const std::uint64_t log : logs_) {
      if (Status read = logs.read(log, log == logs_.back()); !read) return read;
    }
    StoreSchema schema = source_->state()->schema;
    if (!schema.dimension) schema.dimension = logs.first_dimension();
    store_ = std::make_unique<LocalStore>(schema, IndexOptions{.graph = false}, context_.options.clock);
    const auto keep = [&](const Document& document, std::span<const float> vector) -> Status {
      const StoreRecord record{&document, vector};
      auto written = store_->write({&record, 1}, WriteMode::upsert, 1, {});
      return written ? Status() : Status(std::move(written).error());
    };
    if (Status kept = source_->documents(keep, report_); !kept) return kept;
    next_frame_ = logs.next_frame();
    return logs.apply(*store_);
  }

  void report_missing_logs() {
    if (!manifest_) return;
    for (const LogReference& named : manifest_->logs) {
      if (named.number < checkpoint_ || std::ranges::binary_search(logs_, named.number)) continue;
      report_.lost(files_.path_of(StoreFileKind::log, named.number), 0, 0,
                   "is missing, with all writes from frame " + std::to_string(named.first_frame) + " on");
    }
  }

  Status set_aside() {
    for (const std::string& name : names_) {
      const std::filesystem::path path = files_.folder() / name;
      auto kept = keep_in_quarantine(context_, path, "collection-" + std::to_string(number_) + "." + name);
      if (!kept) return std::move(kept).error();
      report_.note(report_.name_of(path) + " is kept in " + *kept);
    }
    return {};
  }

  Status write_state() {
    const std::uint64_t number = files_.next_number();
    auto file = files_.write_sections(StoreFileKind::checkpoint, number);
    if (!file) return std::move(file).error();
    Status written = write_checkpoint(*store_->snapshot(), files_.name(), **file, {});
    if (!written) return written;
    const auto checkpoint = finish_sections(**file, number);
    if (!checkpoint) return checkpoint.error();
    auto log = files_.create_log(number, next_frame_);
    if (!log) return std::move(log).error();
    if (Status closed = log->close(); !closed) return closed;
    CollectionManifest next;
    next.checkpoint = *checkpoint;
    next.logs = {{.number = number, .first_frame = next_frame_}};
    if (Status replaced = files_.replace_manifest(std::move(next)); !replaced) return replaced;
    files_.remove_unnamed();
    return {};
  }

  const StoreContext& context_;
  const std::uint32_t number_;
  CollectionFiles files_;
  CollectionRecovery recovery_;
  SalvageReport report_;
  std::optional<CollectionManifest> manifest_;  // nothing where it cannot be read
  std::vector<std::string> names_;
  std::vector<std::uint64_t> checkpoints_;  // the best first
  std::vector<std::uint64_t> logs_;         // in ascending order
  std::uint64_t checkpoint_ = 0;            // the one whose state is taken
  std::optional<CheckpointSalvage> source_;
  std::unique_ptr<LocalStore> store_;
  std::uint64_t next_frame_ = 1;
};

}  // namespace

Status check_derived_files(const std::shared_ptr<const StoreContext>& context, std::uint32_t number) {
  CollectionFiles files(context, number);
  if (Status loaded = files.load_manifest(); !loaded) return loaded;
  const auto check = [&](StoreFileKind kind, const std::optional<SectionFileReference>& derived) -> Status {
    if (!derived) return {};
    const auto file = files.open_sections(kind, *derived);
    return file ? (*file)->verify_all(0) : Status(file.error());
  };
  Status right = check(StoreFileKind::graph, files.manifest().graph);
  if (right) right = check(StoreFileKind::words, files.manifest().words);
  return right;
}

Result<CollectionRecovery> salvage_collection(const std::shared_ptr<const StoreContext>& context,
                                              const CatalogEntry& entry, const Error& damage) {
  return CollectionSalvage(context, entry).run(damage);
}

}  // namespace scaup::inline v0
