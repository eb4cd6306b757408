#include "engine/catalog_salvage.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/in_quotes.hpp"
#include "engine/checkpoint_salvage.hpp"
#include "engine/quarantine.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

struct FoundFile {
  fs::path path;
  FileIdentity identity;
};

// A folder of a collection, and what the headers of its files say.
struct FoundCollection {
  std::uint32_t number = 0;
  std::size_t files = 0;
  std::vector<FoundFile> readable = {};
};

std::optional<FileIdentity> read_identity(const FileSystem& files, const fs::path& path) {
  const auto file = files.open_for_read(path, Links::refuse);
  if (!file) return std::nullopt;
  std::array<std::byte, kFileHeaderBytes> bytes = {};
  const auto got = (*file)->read_at(0, bytes);
  if (!got) return std::nullopt;
  const auto header = decode_file_header(std::span(bytes).first(*got), path.native());
  return header ? std::optional(header->identity) : std::nullopt;
}

class CatalogSalvage {
 public:
  CatalogSalvage(const StoreContext& context, fs::path path)
      : context_(context), path_(std::move(path)), report_(found_.recovery, context.folder) {}

  Result<SalvagedCatalog> run(const Error& damage) {
    report_.note("the catalog was made anew, because " + damage.message());
    Status done = find_collections();
    if (done) done = elect_uuid();
    if (done) done = name_collections();
    if (done) done = replace();
    if (!done) return std::move(done).error();
    return std::move(found_);
  }

 private:
  Status find_collections() {
    if (const auto identity = read_identity(context_.files(), path_)) ++votes_[identity->uuid];
    const auto entries = context_.files().list(context_.folder / "collections");
    if (!entries) return entries.error();
    for (const DirectoryEntry& entry : *entries) {
      const std::string& name = entry.name.native();
      FoundCollection collection;
      const auto read = std::from_chars(name.data(), name.data() + name.size(), collection.number);
      const bool is_number = read.ec == std::errc() && read.ptr == name.data() + name.size();
      if (!is_number || collection.number == 0 || collection.number == UINT32_MAX) continue;
      if (Status looked = look_into(collection); !looked) return looked;
      if (collection.files != 0) collections_.push_back(std::move(collection));
    }
    std::ranges::sort(collections_, std::greater(), &FoundCollection::number);
    return {};
  }

  Status look_into(FoundCollection& collection) {
    const fs::path folder = context_.collection_folder(collection.number);
    const auto entries = context_.files().list(folder);
    if (!entries) return entries.error();
    for (const DirectoryEntry& entry : *entries) {
      if (entry.kind != FileKind::regular) continue;
      ++collection.files;
      const auto identity = read_identity(context_.files(), folder / entry.name);
      if (!identity || identity->collection != collection.number) continue;
      ++votes_[identity->uuid];
      collection.readable.push_back({folder / entry.name, *identity});
    }
    return {};
  }

  Status elect_uuid() {
    const auto by_votes = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto elected = std::ranges::max_element(votes_, by_votes);
    if (elected == votes_.end()) {
      return Error(ErrorCode::corruption,
                   path_.native() + ": cannot be made anew: no file of a collection says which database it is of");
    }
    found_.catalog.uuid = elected->first;
    for (const FoundCollection& collection : collections_) {
      for (const FoundFile& file : collection.readable) {
        if (file.identity.uuid != elected->first) report_.lost(file.path, 0, 0, "is a file of another database");
      }
    }
    return {};
  }

  // The later a collection was made, the rather the name is its own: an earlier one of the name was being removed.
  Status name_collections() {
    found_.catalog.next_collection = collections_.empty() ? 1 : collections_.front().number + 1;
    for (const FoundCollection& collection : collections_) {
      std::string name = noted_name(collection);
      if (name.empty() || is_taken(name)) name = "collection-" + std::to_string(collection.number);
      while (is_taken(name)) name += "-" + std::to_string(collection.number);
      report_.note("collection " + std::to_string(collection.number) + " is " + in_quotes(name));
      found_.catalog.entries.push_back({.number = collection.number, .name = std::move(name)});
    }
    std::ranges::reverse(found_.catalog.entries);
    return {};
  }

  [[nodiscard]] bool is_taken(const std::string& name) const {
    return std::ranges::find(found_.catalog.entries, name, &CatalogEntry::name) != found_.catalog.entries.end();
  }

  // The name that a checkpoint says; empty where none says a usable one.
  [[nodiscard]] std::string noted_name(const FoundCollection& collection) const {
    const auto entries = context_.files().list(context_.collection_folder(collection.number));
    if (!entries) return {};
    for (const DirectoryEntry& entry : *entries) {
      std::string name = name_in(collection.number, entry.name);
      const Catalog alone{.next_collection = 2, .entries = {{.number = 1, .name = name}}};
      if (!name.empty() && check_catalog(alone, "name")) return name;
    }
    return {};
  }

  [[nodiscard]] std::string name_in(std::uint32_t collection, const fs::path& file) const {
    const std::string prefix = std::string(to_string(StoreFileKind::checkpoint)) + "-";
    const std::string& name = file.native();
    if (!name.starts_with(prefix)) return {};
    FileIdentity identity{.uuid = found_.catalog.uuid, .collection = collection, .kind = StoreFileKind::checkpoint};
    const char* const end = name.data() + name.size();
    const auto read = std::from_chars(name.data() + prefix.size(), end, identity.number);
    if (read.ec != std::errc() || read.ptr != end) return {};
    auto opened = CheckpointSalvage::open(context_.files(), context_.collection_folder(collection) / file, identity);
    return opened && opened->state() ? opened->state()->name : std::string();
  }

  Status replace() {
    auto kept = keep_in_quarantine(context_, path_, path_.filename().native());
    if (kept) report_.note(report_.name_of(path_) + " is kept in " + *kept);
    if (!kept && kept.error().code() != ErrorCode::not_found) return std::move(kept).error();
    return replace_catalog(context_.files(), path_, found_.catalog);
  }

  const StoreContext& context_;
  const fs::path path_;
  SalvagedCatalog found_;
  SalvageReport report_;
  std::map<StoreUuid, std::size_t> votes_;
  std::vector<FoundCollection> collections_;  // in descending order of number
};

}  // namespace

Result<SalvagedCatalog> salvage_catalog(const StoreContext& context, const fs::path& catalog, const Error& damage) {
  return CatalogSalvage(context, catalog).run(damage);
}

}  // namespace scaup::inline v0
