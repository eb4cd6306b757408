// A small program over posix_file_system(), run under fault_preload: writes a file, puts it in place, reads it, removes
// it. Ends with 0 if all went well, 3 after an error of code `io`, 4 after another error, 5 if wrong bytes were read.

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "scaup/file_system.hpp"

namespace {

using namespace scaup;
namespace fs = std::filesystem;

constexpr int kWrongBytes = 5;

int exit_code(const Error& error) {
  return error.code() == ErrorCode::io ? 3 : 4;
}

Status write_file(FileSystem& files, const fs::path& folder, const std::string& text) {
  auto file = files.open_for_write(folder / "tmp", OpenMode::create_new);
  if (!file) return file.error();
  if (Status status = (*file)->preallocate(text.size() * 2); !status) return status;
  if (Status status = (*file)->write_at(0, std::as_bytes(std::span(text))); !status) return status;
  if (Status status = (*file)->truncate(text.size()); !status) return status;
  if (Status status = (*file)->sync(); !status) return status;
  if (Status status = (*file)->close(); !status) return status;
  if (Status status = files.rename(folder / "tmp", folder / "file"); !status) return status;
  return files.sync_directory(folder);
}

// Whether the file holds `text`, by reading and by mapping.
Result<bool> holds(FileSystem& files, const fs::path& path, const std::string& text) {
  const auto file = files.open_for_read(path);
  if (!file) return file.error();
  std::vector<std::byte> read(text.size());
  const auto count = (*file)->read_at(0, read);
  if (!count) return count.error();
  const auto mapping = (*file)->map();
  if (!mapping) return mapping.error();
  const auto expected = std::as_bytes(std::span(text));
  return *count == text.size() && std::ranges::equal(read, expected) && std::ranges::equal(**mapping, expected);
}

int run(FileSystem& files, const fs::path& folder) {
  const std::string text(1000, 'x');
  if (Status status = write_file(files, folder, text); !status) return exit_code(status.error());
  const auto right = holds(files, folder / "file", text);
  if (!right) return exit_code(right.error());
  if (!*right) return kWrongBytes;
  if (Status status = files.remove(folder / "file"); !status) return exit_code(status.error());
  return 0;
}

}  // namespace

int main(int, char** arguments) {
  return run(*posix_file_system(), arguments[1]);
}
