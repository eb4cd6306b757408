#include "base/read_file.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kGrowth = 65536;

Error too_large(const std::filesystem::path& path, std::uint64_t size, std::uint64_t max_bytes) {
  return {ErrorCode::invalid_argument, "read \"" + path.native() + "\": " + std::to_string(size) +
                                           " bytes or more; accepted: at most " + std::to_string(max_bytes)};
}

// Reads to the end. `limit` is one more than is allowed, so that a file which is too large is told from one that just
// fits.
Result<std::vector<std::byte>> read_to_end(const ReadableFile& file, std::size_t expected, std::uint64_t limit) {
  std::vector<std::byte> bytes(expected);
  std::size_t used = 0;
  while (used < limit) {
    if (used == bytes.size()) {
      const std::uint64_t room = limit - used;
      bytes.resize(used + static_cast<std::size_t>(std::min<std::uint64_t>(room, std::max(kGrowth, used / 2))));
    }
    const auto got = file.read_at(used, std::span(bytes).subspan(used));
    if (!got) return got.error();
    used += *got;
    if (used < bytes.size()) break;
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

Result<std::vector<std::byte>> read_whole_file(const FileSystem& files, const std::filesystem::path& path,
                                               std::uint64_t max_bytes, Links links) {
  // One byte more than allowed is asked for, and a vector cannot be larger than this.
  const std::uint64_t most = std::min<std::uint64_t>(max_bytes, std::vector<std::byte>().max_size() - 1);
  const auto file = files.open_for_read(path, links);
  if (!file) return file.error();
  const auto size = (*file)->size();
  if (!size) return size.error();
  if (*size > most) return too_large(path, *size, max_bytes);
  // The extra byte finds the end of a file that did not change in one read.
  auto bytes = read_to_end(**file, static_cast<std::size_t>(*size) + 1, most + 1);
  if (bytes && bytes->size() > most) return too_large(path, bytes->size(), max_bytes);
  return bytes;
}

}  // namespace scaup::inline v0
