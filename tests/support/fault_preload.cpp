// A library to preload (LD_PRELOAD), which lets the n-th file call of an unchanged program fail. Not for sanitizer
// builds: their runtime must come first, and replaces some of the same functions.
//
// Counted are the calls named in the table below, on files at or below one folder, which is compared as written, so it
// should be absolute and without links. Environment:
//   SCAUP_FAULT_FOLDER  the folder; without it nothing is counted
//   SCAUP_FAULT_CALL    which call fails, from 1; 0 or absent: none
//   SCAUP_FAULT_ERRNO   a number, or EIO, ENOSPC, EINTR, EDQUOT, EROFS; EIO if absent
//   SCAUP_FAULT_STICKY  1: all later calls fail too; EINTR for ever makes a program that retries wait for ever
//   SCAUP_FAULT_SHORT   1: pread and pwrite move half of the bytes, without an error; the other kinds are not counted
//   SCAUP_FAULT_KINDS   names with commas between, as "pwrite,fdatasync"; others are not counted; all if absent
//   SCAUP_FAULT_COUNT   a file that gets the number of counted calls when the program exits

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <string_view>

namespace {

struct Plan {
  std::string_view folder;
  std::string_view kinds;
  const char* count_path;
  long call;
  int error;
  bool sticky;
  bool is_short;
};

std::string_view variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int error_number(std::string_view name) {
  if (name.empty() || name == "EIO") return EIO;
  if (name == "ENOSPC") return ENOSPC;
  if (name == "EINTR") return EINTR;
  if (name == "EDQUOT") return EDQUOT;
  if (name == "EROFS") return EROFS;
  return atoi(name.data());
}

const Plan& plan() {
  static const Plan plan = {.folder = variable("SCAUP_FAULT_FOLDER"),
                            .kinds = variable("SCAUP_FAULT_KINDS"),
                            .count_path = getenv("SCAUP_FAULT_COUNT"),
                            .call = variable("SCAUP_FAULT_CALL").empty() ? 0 : atol(getenv("SCAUP_FAULT_CALL")),
                            .error = error_number(variable("SCAUP_FAULT_ERRNO")),
                            .sticky = variable("SCAUP_FAULT_STICKY") == "1",
                            .is_short = variable("SCAUP_FAULT_SHORT") == "1"};
  return plan;
}

std::atomic<long> counted = 0;

bool is_chosen(std::string_view kind) {
  if (plan().is_short && kind != "pread" && kind != "pwrite") return false;
  std::string_view rest = plan().kinds;
  if (rest.empty()) return true;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == kind) return true;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
  }
  return false;
}

bool is_inside(std::string_view path) {
  const std::string_view folder = plan().folder;
  if (folder.empty() || !path.starts_with(folder)) return false;
  return path.size() == folder.size() || path[folder.size()] == '/';
}

// The path behind a descriptor; AT_FDCWD is the working folder.
std::string_view path_of(int descriptor, std::array<char, PATH_MAX>& space) {
  if (descriptor == AT_FDCWD) return getcwd(space.data(), space.size()) == nullptr ? "" : space.data();
  std::array<char, 64> link = {};
  snprintf(link.data(), link.size(), "/proc/self/fd/%d", descriptor);
  const ssize_t length = readlink(link.data(), space.data(), space.size());
  return length < 0 ? std::string_view() : std::string_view(space.data(), static_cast<std::size_t>(length));
}

bool is_inside(int descriptor) {
  std::array<char, PATH_MAX> space;
  return is_inside(path_of(descriptor, space));
}

bool is_inside(int folder, const char* path) {
  if (path[0] == '/') return is_inside(std::string_view(path));
  std::array<char, PATH_MAX> space;
  const std::string_view base = path_of(folder, space);
  std::array<char, 2 * PATH_MAX> whole;
  snprintf(whole.data(), whole.size(), "%.*s/%s", static_cast<int>(base.size()), base.data(), path);
  return is_inside(std::string_view(whole.data()));
}

// Counts a call on a file of the folder; true if it is to fail. Leaves errno alone.
template <typename... Where>
bool fails(std::string_view kind, Where... where) {
  const int before = errno;
  const bool is_counted = !plan().folder.empty() && is_chosen(kind) && is_inside(where...);
  errno = before;
  if (!is_counted) return false;
  const long number = ++counted;
  return plan().call > 0 && (number == plan().call || (plan().sticky && number > plan().call));
}

// The function that this library hides.
template <typename Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int refuse() {
  errno = plan().error;
  return -1;
}

std::size_t part_of(std::size_t size) {
  return size > 1 ? size / 2 : size;
}

bool takes_mode(int flags) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

struct WriteCount {
  ~WriteCount() {
    if (plan().count_path == nullptr) return;
    const int file =
        original<int(const char*, int, ...)>("open")(plan().count_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) return;
    dprintf(file, "%ld\n", counted.load());
    close(file);
  }
};
const WriteCount write_count;

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  static auto* const next = original<int(const char*, int, ...)>("open");
  return fails("open", AT_FDCWD, path) ? refuse() : next(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = takes_mode(flags) ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  static auto* const next = original<int(int, const char*, int, ...)>("openat");
  return fails("openat", folder, path) ? refuse() : next(folder, path, flags, mode);
}

ssize_t pread(int descriptor, void* bytes, size_t size, off_t offset) {
  static auto* const next = original<ssize_t(int, void*, size_t, off_t)>("pread");
  if (!fails("pread", descriptor)) return next(descriptor, bytes, size, offset);
  return plan().is_short ? next(descriptor, bytes, part_of(size), offset) : refuse();
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  static auto* const next = original<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  if (!fails("pwrite", descriptor)) return next(descriptor, bytes, size, offset);
  return plan().is_short ? next(descriptor, bytes, part_of(size), offset) : refuse();
}

int fdatasync(int descriptor) {
  static auto* const next = original<int(int)>("fdatasync");
  return fails("fdatasync", descriptor) ? refuse() : next(descriptor);
}

int fsync(int descriptor) {
  static auto* const next = original<int(int)>("fsync");
  return fails("fsync", descriptor) ? refuse() : next(descriptor);
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = original<int(const char*, const char*)>("rename");
  return fails("rename", AT_FDCWD, to) ? refuse() : next(from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  static auto* const next = original<int(int, const char*, int, const char*)>("renameat");
  return fails("renameat", to_folder, to) ? refuse() : next(from_folder, from, to_folder, to);
}

int unlink(const char* path) noexcept {
  static auto* const next = original<int(const char*)>("unlink");
  return fails("unlink", AT_FDCWD, path) ? refuse() : next(path);
}

int ftruncate(int descriptor, off_t size) noexcept {
  static auto* const next = original<int(int, off_t)>("ftruncate");
  return fails("ftruncate", descriptor) ? refuse() : next(descriptor, size);
}

// Returns the number instead of setting errno.
int posix_fallocate(int descriptor, off_t offset, off_t size) {
  static auto* const next = original<int(int, off_t, off_t)>("posix_fallocate");
  return fails("posix_fallocate", descriptor) ? plan().error : next(descriptor, offset, size);
}

int fallocate(int descriptor, int mode, off_t offset, off_t size) {
  static auto* const next = original<int(int, int, off_t, off_t)>("fallocate");
  return fails("fallocate", descriptor) ? refuse() : next(descriptor, mode, offset, size);
}

void* mmap(void* address, size_t size, int protection, int flags, int descriptor, off_t offset) noexcept {
  static auto* const next = original<void*(void*, size_t, int, int, int, off_t)>("mmap");
  if (descriptor < 0 || !fails("mmap", descriptor)) return next(address, size, protection, flags, descriptor, offset);
  errno = plan().error;
  return MAP_FAILED;
}

// The names that programs built with _FILE_OFFSET_BITS=64 call; off_t has 64 bits here anyway.
int open64(const char*, int, ...) __attribute__((alias("open")));
int openat64(int, const char*, int, ...) __attribute__((alias("openat")));
ssize_t pread64(int, void*, size_t, off64_t) __attribute__((alias("pread")));
ssize_t pwrite64(int, const void*, size_t, off64_t) __attribute__((alias("pwrite")));
int ftruncate64(int, off64_t) noexcept __attribute__((alias("ftruncate")));
int posix_fallocate64(int, off64_t, off64_t) __attribute__((alias("posix_fallocate")));
int fallocate64(int, int, off64_t, off64_t) __attribute__((alias("fallocate")));
void* mmap64(void*, size_t, int, int, int, off64_t) noexcept __attribute__((alias("mmap")));

}  // extern "C"
