// Catalog and manifest: round trips, every kind of damage, and replacement that leaves the old or the new file.

#include "storage/small_file.hpp"

#include <random>
#include <string>

#include "storage/catalog.hpp"
#include "storage/failing_files.hpp"
#include "storage/fields.hpp"
#include "storage/log_bytes.hpp"
#include "storage/manifest.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

StoreUuid some_uuid(int byte = 0x77) {
  StoreUuid uuid;
  uuid.fill(static_cast<std::byte>(byte));
  return uuid;
}

Catalog some_catalog() {
  return {.uuid = some_uuid(), .next_collection = 9, .entries = {{2, "notes"}, {8, "M\xC3\xB6wen"}}};
}

CollectionManifest some_manifest() {
  return {.checkpoint = SectionFileReference{.number = 4, .size = 8'192, .footer_hash = 0xFEDCBA9876543210},
          .graph = SectionFileReference{.number = 5, .size = 16'384, .footer_hash = 1},
          .logs = {{.number = 6, .first_frame = 100}, {.number = 7, .first_frame = 250}},
          .clean = CleanClose{.log_end = 4'096, .next_frame = 300}};
}

void refuse_all_damage(const Bytes& good, const std::function<ErrorCode(std::span<const std::byte>)>& read) {
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    INFO("bit " << bit);
    REQUIRE(read(bytes) == ErrorCode::corruption);
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE(read(std::span(good).first(size)) == ErrorCode::corruption);
  }
  Bytes longer = good;
  longer.push_back(std::byte{0});
  REQUIRE(read(longer) == ErrorCode::corruption);
}

}  // namespace

TEST_CASE("catalog: what was written reads back, and the next one replaces it") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto path = folder / "CATALOG";
  require_error(read_catalog(*files, path), ErrorCode::not_found);
  Catalog catalog = some_catalog();
  require_ok(replace_catalog(*files, path, catalog));
  REQUIRE(require_ok(read_catalog(*files, path)) == catalog);
  catalog.entries.clear();
  require_ok(replace_catalog(*files, path, catalog));
  REQUIRE(require_ok(read_catalog(*files, path)) == catalog);
}

TEST_CASE("manifest: what was written reads back, full and empty") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto path = folder / "MANIFEST";
  const FileIdentity identity = manifest_identity(some_uuid(), 3);
  for (const CollectionManifest& manifest : {some_manifest(), CollectionManifest{}}) {
    require_ok(replace_manifest(*files, path, identity, manifest));
    REQUIRE(require_ok(read_manifest(*files, path, identity)) == manifest);
  }
  require_error(read_manifest(*files, path, manifest_identity(some_uuid(), 4)), ErrorCode::corruption,
                {"manifest 0 of collection 3", "manifest 0 of collection 4"});
  require_error(read_manifest(*files, path, manifest_identity(some_uuid(1), 3)), ErrorCode::corruption,
                {"another database"});
  require_error(read_catalog(*files, path), ErrorCode::corruption, {"is a manifest, where a catalog should be"});
}

TEST_CASE("catalog and manifest: every flipped bit and every missing or added byte is corruption") {
  const auto code_of = [](StoreFileKind kind) {
    return [kind](std::span<const std::byte> bytes) {
      const auto file = decode_small_file(bytes, kind, "x");
      REQUIRE_FALSE(file.has_value());
      return file.error().code();
    };
  };
  const FileHeader catalog{.identity = {.uuid = some_uuid()}, .features = {}};
  refuse_all_damage(encode_small_file(catalog, encode_catalog(some_catalog())), code_of(StoreFileKind::catalog));
  const FileHeader manifest{.identity = manifest_identity(some_uuid(), 3), .features = {}};
  refuse_all_damage(encode_small_file(manifest, encode_manifest(some_manifest())), code_of(StoreFileKind::manifest));
}

TEST_CASE("catalog: contents that no writer makes are refused") {
  const auto refused = [](const Catalog& catalog, std::string_view part) {
    require_error(decode_catalog(some_uuid(), encode_catalog(catalog), "CATALOG"), ErrorCode::corruption,
                  {"CATALOG: ", part});
  };
  refused({.next_collection = 0}, "number 0");
  refused({.next_collection = 3, .entries = {{0, "a"}}}, "collection 0 is not between 1 and 2");
  refused({.next_collection = 3, .entries = {{3, "a"}}}, "collection 3 is not");
  refused({.next_collection = 3, .entries = {{1, "a"}, {1, "b"}}}, "number 1");
  refused({.next_collection = 3, .entries = {{1, "a"}, {2, "a"}}}, "the name \"a\"");
  refused({.next_collection = 3, .entries = {{1, ""}}}, "1 to 255 bytes");
  refused({.next_collection = 3, .entries = {{1, std::string(256, 'x')}}}, "1 to 255 bytes");
  refused({.next_collection = 3, .entries = {{1, "\xFF"}}}, "UTF-8");
  const TempFolder folder;
  require_error(replace_catalog(*posix_file_system(), folder / "CATALOG", {.next_collection = 0}), ErrorCode::internal);
}

TEST_CASE("manifest: contents that no writer makes are refused") {
  const auto refused = [](const std::function<void(CollectionManifest&)>& change, std::string_view part) {
    CollectionManifest manifest = some_manifest();
    change(manifest);
    require_error(decode_manifest(encode_manifest(manifest), "MANIFEST"), ErrorCode::corruption, {"MANIFEST: ", part});
  };
  refused([](auto& manifest) { manifest.checkpoint->number = 0; }, "checkpoint has the number 0");
  refused([](auto& manifest) { manifest.graph->number = 0; }, "graph file has the number 0");
  refused([](auto& manifest) { manifest.logs[0].number = 7; }, "log 7 with first frame 250");
  refused([](auto& manifest) { manifest.logs[0].number = 0; }, "out of order");
  refused([](auto& manifest) { manifest.logs[1].first_frame = 99; }, "out of order");
  refused([](auto& manifest) { manifest.logs[0].first_frame = 0; }, "out of order");
  refused([](auto& manifest) { manifest.logs.clear(); }, "without a log");
  refused([](auto& manifest) { manifest.clean->log_end = 63; }, "offset 63");
  refused([](auto& manifest) { manifest.clean->next_frame = 249; }, "frame 249");
}

TEST_CASE("small file: an unknown field is skipped, a body that is no fields is refused") {
  std::vector<std::byte> body = encode_manifest(some_manifest());
  FieldWriter(body).text(77, "later");
  REQUIRE(require_ok(decode_manifest(body, "x")) == some_manifest());
  body.push_back(std::byte{0xFF});
  require_error(decode_manifest(body, "x"), ErrorCode::corruption);
}

TEST_CASE("small file: whatever fails while it is replaced, the old or the new one is there") {
  const TempFolder folder;
  FailingFiles files;
  const auto path = folder / "CATALOG";
  require_ok(replace_catalog(files, path, {.uuid = some_uuid()}));
  for (const std::string_view failing : {"open", "write", "sync", "close", "rename"}) {
    files.fail_when([&](std::string_view call) { return call == failing; });
    require_error(replace_catalog(files, path, some_catalog()), ErrorCode::io, {failing});
    REQUIRE(require_ok(read_catalog(files, path)) == Catalog{.uuid = some_uuid()});
    REQUIRE_FALSE(std::filesystem::exists(folder / "CATALOG.tmp"));
  }
  files.fail_when([&](std::string_view call) { return call == "sync_directory"; });
  require_error(replace_catalog(files, path, some_catalog()), ErrorCode::io, {"sync_directory"});
  REQUIRE(require_ok(read_catalog(files, path)) == some_catalog());
}

TEST_CASE("small file: what an interrupted replacement left is overwritten") {
  const TempFolder folder;
  folder.write("CATALOG.tmp", std::string(100'000, 'x'));
  const auto files = posix_file_system();
  require_ok(replace_catalog(*files, folder / "CATALOG", some_catalog()));
  REQUIRE(require_ok(read_catalog(*files, folder / "CATALOG")) == some_catalog());
}

TEST_CASE("small file: one beyond the limit is neither written nor read") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const Bytes body(kMaxSmallFileBody + 1);
  require_error(replace_small_file(*files, folder / "x", {}, body), ErrorCode::invalid_argument, {"16777217"});
  folder.write("y", std::string(kMaxSmallFileBody + 100, 'y'));
  require_error(read_small_file(*files, folder / "y", StoreFileKind::catalog), ErrorCode::corruption);
}
