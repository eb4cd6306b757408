// Fuzz target: any bytes as catalog and as manifest, with right hashes. What is accepted is written and read back.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz.hpp"
#include "hash_repair.hpp"
#include "storage/catalog.hpp"
#include "storage/manifest.hpp"
#include "storage/small_file.hpp"

using namespace scaup;
using scaup::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  static_cast<void>(decode_small_file(bytes, StoreFileKind::manifest, "raw"));
  const FileHeader header{.identity = fuzz::identity_of(StoreFileKind::manifest), .features = {}};
  const auto file = decode_small_file(encode_small_file(header, bytes), StoreFileKind::manifest, "file");
  require(file.has_value() && file->body.size() == size);
  if (const auto manifest = decode_manifest(file->body, "manifest")) {
    const auto again = decode_manifest(encode_manifest(*manifest), "again");
    require(again.has_value() && *again == *manifest);
  }
  if (const auto catalog = decode_catalog({}, file->body, "catalog")) {
    const auto again = decode_catalog({}, encode_catalog(*catalog), "again");
    require(again.has_value() && *again == *catalog);
  }
  return 0;
}
