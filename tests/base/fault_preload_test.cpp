// The preloaded library that fails system calls, by the real file system of a child process.

#include <spawn.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

constexpr int kNoError = 0;
constexpr int kIoError = 3;

struct Outcome {
  int exit_code = -1;
  long calls = -1;
  bool operator==(const Outcome&) const = default;
};

// Sanitizers and preloaded libraries replace the same functions, so in such builds there is no library.
bool has_library() {
  if (!std::string(SCAUP_FAULT_PRELOAD).empty()) return true;
  WARN("not tested: sanitizer builds preload no library");
  return false;
}

// Runs the probe in a fresh folder `name` with these SCAUP_FAULT_ variables; the watched folder is "data" beside it.
Outcome run_probe(const std::vector<std::string>& variables, std::string_view name = "data") {
  const TempFolder folder;
  fs::create_directory(folder / name);
  std::vector<std::string> environment = {std::string("LD_PRELOAD=") + SCAUP_FAULT_PRELOAD,
                                          "SCAUP_FAULT_FOLDER=" + (folder / "data").native(),
                                          "SCAUP_FAULT_COUNT=" + (folder / "count").native()};
  for (const std::string& variable : variables) environment.push_back("SCAUP_FAULT_" + variable);
  std::vector<char*> pointers;
  for (std::string& variable : environment) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  std::string program = SCAUP_FAULT_PROBE;
  std::string data = (folder / name).native();
  char* const arguments[] = {program.data(), data.data(), nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, pointers.data()) == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  Outcome outcome = {.exit_code = WEXITSTATUS(status)};
  std::ifstream(folder / "count") >> outcome.calls;
  return outcome;
}

}  // namespace

TEST_CASE("preload: without a plan all calls are counted and none fails") {
  if (!has_library()) return;
  // open, posix_fallocate, pwrite, ftruncate, fdatasync, renameat, open and fsync of the folder; open, pread, mmap;
  // unlink
  REQUIRE(run_probe({}) == Outcome{.exit_code = kNoError, .calls = 12});
}

TEST_CASE("preload: each call fails in its turn, until none is left") {
  if (!has_library()) return;
  const std::string error = GENERATE("EIO", "ENOSPC", "EDQUOT", "EROFS", "5");
  for (long call = 1; call <= 12; ++call) {
    INFO("call " << call << " with " << error);
    const Outcome outcome = run_probe({"CALL=" + std::to_string(call), "ERRNO=" + error});
    REQUIRE(outcome == Outcome{.exit_code = kIoError, .calls = call});
  }
  REQUIRE(run_probe({"CALL=13", "ERRNO=" + error}).exit_code == kNoError);
}

TEST_CASE("preload: short reads and writes are continued") {
  if (!has_library()) return;
  REQUIRE(run_probe({"SHORT=1"}).calls == 2);
  // One more call for each that moved only a part.
  REQUIRE(run_probe({"SHORT=1", "CALL=1"}) == Outcome{.exit_code = kNoError, .calls = 3});
  const Outcome sticky = run_probe({"SHORT=1", "CALL=1", "STICKY=1"});
  REQUIRE(sticky.exit_code == kNoError);
  REQUIRE(sticky.calls > 10);
}

TEST_CASE("preload: interrupted calls are begun again") {
  if (!has_library()) return;
  const std::string kind = GENERATE("open", "pread", "pwrite", "fdatasync", "fsync", "ftruncate", "posix_fallocate");
  const long calls = run_probe({"KINDS=" + kind}).calls;
  REQUIRE(calls >= 1);
  for (long call = 1; call <= calls; ++call) {
    const Outcome outcome = run_probe({"KINDS=" + kind, "ERRNO=EINTR", "CALL=" + std::to_string(call)});
    REQUIRE(outcome == Outcome{.exit_code = kNoError, .calls = calls + 1});
  }
}

TEST_CASE("preload: a sticky plan fails all calls from the n-th on, a plan for some kinds those alone") {
  if (!has_library()) return;
  REQUIRE(run_probe({"KINDS=renameat,unlink"}).calls == 2);
  REQUIRE(run_probe({"KINDS=renameat,unlink", "CALL=2"}) == Outcome{.exit_code = kIoError, .calls = 2});
  // The failing posix_fallocate is followed by nothing.
  REQUIRE(run_probe({"CALL=2", "STICKY=1"}) == Outcome{.exit_code = kIoError, .calls = 2});
  // EOPNOTSUPP (95) makes preallocate write zeros instead; then all writes fail too, or only the first call did.
  REQUIRE(run_probe({"CALL=2", "ERRNO=95"}).exit_code == kNoError);
  REQUIRE(run_probe({"CALL=2", "ERRNO=95", "STICKY=1"}).exit_code == kIoError);
}

TEST_CASE("preload: files outside the folder are left alone") {
  if (!has_library()) return;
  const std::string name = GENERATE("other", "data-beside", "dat");
  REQUIRE(run_probe({"CALL=1", "STICKY=1"}, name) == Outcome{.exit_code = kNoError, .calls = 0});
}
