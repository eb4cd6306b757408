// The catalog as fields, and what must hold in it.

#include "storage/catalog.hpp"

#include <unordered_set>
#include <utility>

#include "base/boundary.hpp"
#include "base/in_quotes.hpp"
#include "base/utf8.hpp"
#include "storage/fields.hpp"
#include "storage/small_file.hpp"

namespace scaup::inline v0 {
namespace {

// Tags are stored on disk: never change one, never use one again.
struct CatalogTag {
  enum : std::uint32_t { next_collection = 1, entry = 2 };
};
struct EntryTag {
  enum : std::uint32_t { number = 1, name = 2 };
};

Error corrupt(std::string_view name, const std::string& what) {
  return {ErrorCode::corruption, std::string(name) + ": " + what};
}

CatalogEntry read_entry(FieldReader& reader) {
  CatalogEntry entry;
  FieldReader inner = reader.message();
  while (inner.next()) {
    switch (inner.tag()) {
      case EntryTag::number: entry.number = static_cast<std::uint32_t>(inner.number_up_to(UINT32_MAX)); break;
      case EntryTag::name: entry.name = inner.text(); break;
      default: break;
    }
  }
  reader.join(inner);
  return entry;
}

Status check_entry(const CatalogEntry& entry, std::uint32_t next, std::string_view name) {
  if (entry.number == 0 || entry.number >= next) {
    return corrupt(name,
                   "collection " + std::to_string(entry.number) + " is not between 1 and " + std::to_string(next - 1));
  }
  if (!entry.name.empty() && entry.name.size() <= kMaxCollectionNameBytes && !find_invalid_utf8(entry.name)) return {};
  return corrupt(name, "collection " + std::to_string(entry.number) + ": the name " + in_quotes(entry.name) +
                           " is not 1 to 255 bytes of UTF-8");
}

}  // namespace

Status check_catalog(const Catalog& catalog, std::string_view name) {
  if (catalog.next_collection == 0) return corrupt(name, "the next collection has the number 0");
  std::unordered_set<std::uint32_t> numbers;
  std::unordered_set<std::string_view> names;
  for (const CatalogEntry& entry : catalog.entries) {
    if (Status status = check_entry(entry, catalog.next_collection, name); !status) return status;
    if (!numbers.insert(entry.number).second)
      return corrupt(name, "two collections have the number " + std::to_string(entry.number));
    if (!names.insert(entry.name).second)
      return corrupt(name, "two collections have the name " + in_quotes(entry.name));
  }
  return {};
}

std::vector<std::byte> encode_catalog(const Catalog& catalog) {
  std::vector<std::byte> out;
  FieldWriter writer(out);
  writer.number(CatalogTag::next_collection, catalog.next_collection);
  for (const CatalogEntry& entry : catalog.entries) {
    writer.message(CatalogTag::entry, [&](FieldWriter& inner) {
      inner.number(EntryTag::number, entry.number);
      inner.text(EntryTag::name, entry.name);
    });
  }
  return out;
}

Result<Catalog> decode_catalog(const StoreUuid& uuid, std::span<const std::byte> body, std::string_view name) {
  Catalog catalog{.uuid = uuid, .next_collection = 0};
  FieldReader reader(body, name);
  while (reader.next()) {
    switch (reader.tag()) {
      case CatalogTag::next_collection:
        catalog.next_collection = static_cast<std::uint32_t>(reader.number_up_to(UINT32_MAX));
        break;
      case CatalogTag::entry: catalog.entries.push_back(read_entry(reader)); break;
      default: break;
    }
  }
  if (Status status = reader.status(); !status) return std::move(status).error();
  if (Status status = check_catalog(catalog, name); !status) return std::move(status).error();
  return catalog;
}

Result<Catalog> read_catalog(const FileSystem& files, const std::filesystem::path& path) {
  return guarded([&]() -> Result<Catalog> {
    const auto file = read_small_file(files, path, StoreFileKind::catalog);
    if (!file) return file.error();
    const FileIdentity expected{.uuid = file->header.identity.uuid, .kind = StoreFileKind::catalog};
    if (file->header.identity != expected) return corrupt(path.native(), "the header names another file");
    return decode_catalog(expected.uuid, file->body, path.native());
  });
}

Status replace_catalog(FileSystem& files, const std::filesystem::path& path, const Catalog& catalog) {
  return guarded([&]() -> Status {
    if (Status status = check_catalog(catalog, path.native()); !status)
      return Error(ErrorCode::internal, status.error().message());
    const FileIdentity identity{.uuid = catalog.uuid, .kind = StoreFileKind::catalog};
    return replace_small_file(files, path, {.identity = identity, .features = {}}, encode_catalog(catalog));
  });
}

}  // namespace scaup::inline v0
