#include "engine/database_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/in_quotes.hpp"
#include "engine/catalog_salvage.hpp"
#include "storage/small_file.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kLock = "LOCK";
constexpr std::string_view kCatalog = "CATALOG";
constexpr std::string_view kCollections = "collections";
constexpr std::string_view kQuarantine = "quarantine";

Error out_of_range(std::string_view option, const std::string& given, std::string_view range) {
  return {ErrorCode::invalid_argument,
          std::string(option) + " is " + given + "; " + std::string(range) + " is allowed"};
}

Status check_options(const DatabaseOptions& options) {
  using namespace std::chrono_literals;
  if (options.sync_interval < 1ms || options.sync_interval > 1h) {
    return out_of_range("sync_interval", std::to_string(options.sync_interval.count()) + " ms", "1 ms to 1 hour");
  }
  const std::uint64_t bytes = options.checkpoint_log_bytes;
  if (bytes < (std::uint64_t{64} << 10U) || bytes > (std::uint64_t{1} << 40U)) {
    return out_of_range("checkpoint_log_bytes", std::to_string(bytes), "64 KiB to 1 TiB");
  }
  if (options.recovery == Recovery::salvage && options.access == Access::read_only) {
    return Error(ErrorCode::invalid_argument,
                 "recovery: salvage puts damaged files right, so the database must be opened for writing");
  }
  return {};
}

// Whether a lock cannot be had because the medium, or the rights, forbid to write the lock's file.
bool forbids_writing(const Error& error) noexcept {
  return error.code() == ErrorCode::io &&
         (error.detail() == EROFS || error.detail() == EACCES || error.detail() == EPERM);
}

Result<std::unique_ptr<FileLock>> take_lock(StoreContext& context) {
  const bool writable = context.writable();
  auto lock = context.files().lock(context.folder / kLock, writable ? LockMode::exclusive : LockMode::shared);
  if (lock) return lock;
  Error error = std::move(lock).error();
  if (error.code() == ErrorCode::locked) {
    return Error(ErrorCode::locked, context.folder.native() +
                                        ": another process, or another handle of this one, has the "
                                        "database open; close that first");
  }
  // On such a medium nobody writes, so nobody needs to be kept out.
  if (!writable && forbids_writing(error)) return std::unique_ptr<FileLock>();
  return error;
}

// A database that a child process inherits belongs to the parent: its threads are not there, and its lock must stay.
std::shared_ptr<StoreContext> make_context() {
  return {new StoreContext, [](StoreContext* context) {
            if (!context->forked()) delete context;
          }};
}

Status make_folder(StoreContext& context) {
  Status made = context.files().create_directory(context.folder);
  if (!made && made.error().code() != ErrorCode::already_exists) return made;
  return {};
}

// The folder may have been made by an opening that did not get as far as this.
Status sync_parent(StoreContext& context) {
  const std::filesystem::path parent = context.folder.parent_path();
  return context.files().sync_directory(parent.empty() ? "." : parent);
}

// A folder is taken for a new database only if nothing of anybody else's is in it.
Status check_unused(StoreContext& context) {
  const auto entries = context.files().list(context.folder);
  if (!entries) return entries.error();
  for (const DirectoryEntry& entry : *entries) {
    if (entry.name == kLock || entry.name == kQuarantine || entry.name.native().starts_with(kCatalog)) continue;
    if (entry.name == kCollections) {
      const auto inside = context.files().list(context.folder / kCollections);
      if (inside && inside->empty()) continue;
      return Error(ErrorCode::corruption, (context.folder / kCatalog).native() +
                                              ": is missing, though there are collections; open with salvage");
    }
    return Error(ErrorCode::invalid_argument, context.folder.native() + ": is no database, and holds " +
                                                  in_quotes(entry.name.native()) + "; name a new or an empty folder");
  }
  return {};
}

// Folders of collections that the catalog does not name.
std::vector<std::uint32_t> unnamed(const StoreContext& context, const Catalog& catalog) {
  std::vector<std::uint32_t> numbers;
  const auto entries = context.files().list(context.folder / kCollections);
  if (!entries) return numbers;
  for (const DirectoryEntry& entry : *entries) {
    const std::string& name = entry.name.native();
    std::uint32_t number = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
    const bool is_number = read.ec == std::errc() && read.ptr == name.data() + name.size();
    const auto has_number = [&](const CatalogEntry& named) { return named.number == number; };
    if (is_number && std::ranges::none_of(catalog.entries, has_number)) numbers.push_back(number);
  }
  return numbers;
}

// A folder that a crash left has a number that the catalog gave, and files of this database. Any other was left by
// none: the catalog is of another database or of an earlier day, and must not cost what it does not name.
Status check_unnamed(const StoreContext& context, const Catalog& catalog) {
  const std::string name = (context.folder / kCatalog).native();
  for (const std::uint32_t number : unnamed(context, catalog)) {
    const std::filesystem::path folder = context.collection_folder(number);
    const auto manifest = read_small_file(context.files(), folder / "MANIFEST", StoreFileKind::manifest);
    if (manifest && manifest->header.identity.uuid != catalog.uuid) {
      return Error(ErrorCode::corruption, name + ": is of another database than " + folder.native() +
                                              "; put the right one back, or open with salvage");
    }
    if (number < catalog.next_collection) continue;
    return Error(ErrorCode::corruption, name + ": is older than " + folder.native() + ", which it does not know; " +
                                            "put the right one back, or open with salvage");
  }
  return {};
}

Result<Catalog> read_own_catalog(const StoreContext& context) {
  auto catalog = read_catalog(context.files(), context.folder / kCatalog);
  if (!catalog) return catalog;
  if (Status own = check_unnamed(context, *catalog); !own) return std::move(own).error();
  return catalog;
}

}  // namespace

Result<std::unique_ptr<DatabaseFolder>> DatabaseFolder::open(const std::filesystem::path& path,
                                                             DatabaseOptions options) {
  if (Status valid = check_options(options); !valid) return std::move(valid).error();
  if (path.empty()) return Error(ErrorCode::invalid_argument, "open: the path is empty");
  if (options.file_system == nullptr) options.file_system = posix_file_system();
  if (options.clock == nullptr) options.clock = system_clock();
  auto context = make_context();
  context->folder = (path / "").lexically_normal().parent_path();
  context->options = std::move(options);
  // What was not looked at cannot be salvaged.
  if (context->options.recovery == Recovery::salvage) context->options.verify = VerifyLevel::full;
  if (context->writable()) {
    if (Status made = make_folder(*context); !made) return std::move(made).error();
  }
  auto lock = take_lock(*context);
  if (!lock) return std::move(lock).error();
  context->lock = *std::move(lock);
  auto catalog = read_own_catalog(*context);
  const bool is_new = !catalog && catalog.error().code() == ErrorCode::not_found && context->writable();
  if (is_new) catalog = create(*context);
  std::optional<CollectionRecovery> recovery;
  const bool is_damaged = !catalog && catalog.error().code() == ErrorCode::corruption;
  if (is_damaged && context->options.recovery == Recovery::salvage) {
    auto salvaged = salvage_catalog(*context, context->folder / kCatalog, catalog.error());
    if (!salvaged) return std::move(salvaged).error();
    catalog = std::move(salvaged->catalog);
    recovery = std::move(salvaged->recovery);
  }
  if (!catalog) return std::move(catalog).error();
  if (context->writable() && !is_new) {
    // Who put the catalog in place may have died before its sync: a power cut must not bring back an older one.
    if (Status synced = context->files().sync_directory(context->folder); !synced) return std::move(synced).error();
  }
  context->uuid = catalog->uuid;
  std::unique_ptr<DatabaseFolder> folder(new DatabaseFolder(std::move(context), *std::move(catalog)));
  folder->recovery_ = std::move(recovery);
  if (folder->context_->writable()) folder->remove_unnamed();
  return folder;
}

Result<Catalog> DatabaseFolder::create(StoreContext& context) {
  if (Status unused = check_unused(context); !unused) return std::move(unused).error();
  auto uuid = make_store_uuid();
  if (!uuid) return std::move(uuid).error();
  Status made = context.files().create_directory(context.folder / kCollections);
  if (!made && made.error().code() != ErrorCode::already_exists) return std::move(made).error();
  if (Status synced = sync_parent(context); !synced) return std::move(synced).error();
  const Catalog catalog{.uuid = *uuid, .next_collection = 1, .entries = {}};
  Status written = replace_catalog(context.files(), context.folder / kCatalog, catalog);
  if (!written) return std::move(written).error();
  return catalog;
}

Result<std::uint32_t> DatabaseFolder::take_number() {
  if (!context_->writable()) return Error(ErrorCode::read_only, "the database was opened for reading");
  Catalog next = catalog_;
  ++next.next_collection;
  if (Status replaced = replace_catalog(context_->files(), context_->folder / kCatalog, next); !replaced) {
    return std::move(replaced).error();
  }
  std::swap(catalog_, next);
  return next.next_collection;
}

Status DatabaseFolder::change(std::span<const CatalogEntry> added, std::span<const std::uint32_t> removed) {
  if (!context_->writable()) return Error(ErrorCode::read_only, "the database was opened for reading");
  Catalog next = catalog_;
  std::erase_if(next.entries,
                [&](const CatalogEntry& entry) { return std::ranges::find(removed, entry.number) != removed.end(); });
  next.entries.insert(next.entries.end(), added.begin(), added.end());
  Status replaced = replace_catalog(context_->files(), context_->folder / kCatalog, next);
  if (replaced) catalog_ = std::move(next);
  in_doubt_ = !replaced && !is_as_before();
  return replaced;
}

// After a failed change: whether the old catalog is there. One that was put in place and then not synced is taken back.
bool DatabaseFolder::is_as_before() const noexcept {
  try {
    const std::filesystem::path path = context_->folder / kCatalog;
    const auto there = read_catalog(context_->files(), path);
    if (there && there->entries == catalog_.entries) return true;
    return replace_catalog(context_->files(), path, catalog_).has_value();
  } catch (const std::bad_alloc&) {
    return false;
  }
}

void DatabaseFolder::remove_files(std::uint32_t number) const noexcept {
  try {
    const std::filesystem::path folder = context_->collection_folder(number);
    const auto entries = context_->files().list(folder);
    if (!entries) return;
    for (const DirectoryEntry& entry : *entries) static_cast<void>(context_->files().remove(folder / entry.name));
    static_cast<void>(context_->files().remove(folder));
  } catch (const std::bad_alloc&) {
    // The next opening tries again.
  }
}

void DatabaseFolder::remove_unnamed() const noexcept {
  try {
    for (const std::uint32_t number : unnamed(*context_, catalog_)) remove_files(number);
  } catch (const std::bad_alloc&) {
    // The next opening tries again.
  }
}

}  // namespace scaup::inline v0
