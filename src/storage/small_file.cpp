// Framing of small files, and their atomic replacement.

#include "storage/small_file.hpp"

#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/read_file.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
constexpr std::size_t kHashBytes = sizeof(std::uint64_t);
constexpr std::size_t kAroundBody = kFileHeaderBytes + kLengthBytes + kHashBytes;

Error corrupt(std::string_view name, const std::string& what) {
  return {ErrorCode::corruption, std::string(name) + ": " + what};
}

Result<std::vector<std::byte>> read_bytes(const FileSystem& files, const fs::path& path) {
  auto bytes = read_whole_file(files, path, kMaxSmallFileBody + kAroundBody, Links::refuse);
  if (bytes || bytes.error().code() != ErrorCode::invalid_argument) return bytes;
  return Error(ErrorCode::corruption, bytes.error().message());  // too large for what it should be
}

Status write_new(FileSystem& files, const fs::path& path, std::span<const std::byte> bytes) {
  if (Status status = files.remove(path); !status && status.error().code() != ErrorCode::not_found) return status;
  auto file = files.open_for_write(path, OpenMode::create_new);
  if (!file) return std::move(file).error();
  if (Status status = (*file)->write_at(0, bytes); !status) return status;
  if (Status status = (*file)->sync(); !status) return status;
  return (*file)->close();
}

}  // namespace

std::vector<std::byte> encode_small_file(const FileHeader& header, std::span<const std::byte> body) {
  std::vector<std::byte> out;
  out.reserve(kAroundBody + body.size());
  ByteWriter writer(out);
  writer.bytes(encode_file_header(header));
  writer.u64(body.size());
  writer.bytes(body);
  writer.u64(hash64(std::span(out).subspan(kFileHeaderBytes), seed(header.identity)));
  return out;
}

Result<SmallFile> decode_small_file(std::span<const std::byte> file, StoreFileKind kind, std::string_view name) {
  const auto header = decode_file_header(file, name);
  if (!header) return header.error();
  if (header->identity.kind != kind) {
    return corrupt(name, "the file is a " + std::string(to_string(header->identity.kind)) + ", where a " +
                             std::string(to_string(kind)) + " should be");
  }
  ByteReader reader(file.subspan(kFileHeaderBytes), name, kFileHeaderBytes);
  const std::uint64_t size = reader.u64();
  const std::span<const std::byte> body = reader.bytes(size);
  const std::uint64_t hash = reader.u64();
  if (Status status = reader.finish(); !status) return std::move(status).error();
  if (hash != hash64(file.subspan(kFileHeaderBytes, kLengthBytes + body.size()), seed(header->identity)))
    return corrupt(name, "the hash of the contents does not match");
  return SmallFile{.header = *header, .body = {body.begin(), body.end()}};
}

Result<SmallFile> read_small_file(const FileSystem& files, const fs::path& path, StoreFileKind kind) {
  return guarded([&]() -> Result<SmallFile> {
    const auto bytes = read_bytes(files, path);
    if (!bytes) return bytes.error();
    return decode_small_file(*bytes, kind, path.native());
  });
}

Result<SmallFile> read_small_file(const FileSystem& files, const fs::path& path, const FileIdentity& expected) {
  return guarded([&]() -> Result<SmallFile> {
    const auto bytes = read_bytes(files, path);
    if (!bytes) return bytes.error();
    if (auto header = check_file_header(*bytes, expected, path.native()); !header) return std::move(header).error();
    return decode_small_file(*bytes, expected.kind, path.native());
  });
}

Status replace_small_file(FileSystem& files, const fs::path& path, const FileHeader& header,
                          std::span<const std::byte> body) {
  return guarded([&]() -> Status {
    if (body.size() > kMaxSmallFileBody) {
      return Error(ErrorCode::invalid_argument, path.native() + ": " + std::to_string(body.size()) +
                                                    " bytes, more than the limit of " +
                                                    std::to_string(kMaxSmallFileBody));
    }
    fs::path beside = path;
    beside += ".tmp";
    Status status = write_new(files, beside, encode_small_file(header, body));
    if (status) status = files.rename(beside, path);
    if (status) return files.sync_directory(path.parent_path());
    static_cast<void>(files.remove(beside));  // the next attempt overwrites it otherwise
    return status;
  });
}

}  // namespace scaup::inline v0
