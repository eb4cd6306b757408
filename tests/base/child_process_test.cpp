#include "base/child_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>
#include <thread>

#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

Result<ChildResult> shell(const std::string& script, const ChildLimits& limits = {}, const std::stop_token& stop = {}) {
  return run_child("/bin/sh", {"-c", script}, limits, stop);
}

// The path of a program that waits a minute, and tells its process number in `file`.
std::string sleeper(const fs::path& file) {
  return "echo $$ >'" + file.string() + "'; sleep 60 & echo $! >>'" + file.string() + "'; wait";
}

// Whether the process is there and no zombie that nobody has waited for.
bool runs(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/stat");
  std::string number, name, state;
  status >> number >> name >> state;
  return !state.empty() && state != "Z";
}

void require_none_left(const fs::path& file) {
  std::ifstream numbers(file);
  pid_t process = 0;
  int count = 0;
  for (; numbers >> process; ++count) {
    for (int i = 0; i < 500 && runs(process); ++i) std::this_thread::sleep_for(milliseconds(10));
    REQUIRE_FALSE(runs(process));
  }
  REQUIRE(count == 2);
}

}  // namespace

TEST_CASE("child process: both streams and the exit code come back") {
  const auto result = require_ok(shell("echo out; echo err >&2; exit 3"));
  REQUIRE(result.output == "out\n");
  REQUIRE(result.errors == "err\n");
  REQUIRE(result.exit_code == 3);
  REQUIRE(require_ok(shell("kill -9 $$")).exit_code == 128 + SIGKILL);
}

TEST_CASE("child process: arguments reach the program as they are") {
  const std::string odd = "a b;$(echo x)'\"\n*\xC3\xA9";
  REQUIRE(require_ok(run_child("/bin/sh", {"-c", "printf '%s|' \"$0\" \"$@\"", odd, "", "--"})).output ==
          odd + "||--|");
}

TEST_CASE("child process: there is nothing to read on its standard input") {
  REQUIRE(require_ok(shell("cat; echo done", {.timeout = milliseconds(30'000)})).output == "done\n");
}

TEST_CASE("child process: much on both streams at once does not block it") {
  const auto result = require_ok(shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; echo end"));
  REQUIRE(result.output.size() == 1'000'004);
  REQUIRE(result.errors.size() == kMaxErrorBytes);
}

TEST_CASE("child process: more output than the limit is an error, and stops the program") {
  REQUIRE(require_ok(shell("printf 12345", {.max_output_bytes = 5})).output == "12345");
  require_error(shell("printf 123456", {.max_output_bytes = 5}), ErrorCode::invalid_argument, {"more than 5 bytes"});
  require_error(shell("cat /dev/zero", {.max_output_bytes = 1'000'000}), ErrorCode::invalid_argument);
}

TEST_CASE("child process: after its time it is stopped, with the programs that it started") {
  const TempFolder folder;
  const auto result = shell(sleeper(folder / "numbers"), {.timeout = milliseconds(300)});
  require_error(result, ErrorCode::unavailable, {"/bin/sh", "300 ms"});
  require_none_left(folder / "numbers");
}

TEST_CASE("child process: one that closes its streams and goes on is waited for, or stopped") {
  REQUIRE(require_ok(shell("exec >&- 2>&-; sleep 0.1; exit 4")).exit_code == 4);
  require_error(shell("exec >&- 2>&-; exec sleep 60", {.timeout = milliseconds(200)}), ErrorCode::unavailable);
}

TEST_CASE("child process: a stop kills it") {
  const TempFolder folder;
  std::stop_source source;
  const std::jthread stopper([&] {
    while (!fs::exists(folder / "numbers")) std::this_thread::sleep_for(milliseconds(5));
    std::this_thread::sleep_for(milliseconds(100));
    source.request_stop();
  });
  require_error(shell(sleeper(folder / "numbers"), {}, source.get_token()), ErrorCode::cancelled, {"/bin/sh"});
  require_none_left(folder / "numbers");
}

TEST_CASE("child process: a program that is not there or cannot be run is an error") {
  const TempFolder folder;
  require_error(run_child(folder / "missing", {}), ErrorCode::not_found, {"missing"});
  require_error(run_child(folder.write("no_program", "text"), {}), ErrorCode::io, {"no_program"});
  require_error(run_child("/bin/sh", {std::string("a\0b", 3)}), ErrorCode::io, {"argument"});
}

TEST_CASE("child process: its standard streams are right where the host has closed its own") {
  const int saved = ::dup(STDIN_FILENO);
  ::close(STDIN_FILENO);  // the next pipe begins with number 0
  const auto result = shell("echo out; echo err >&2; cat");
  REQUIRE(::dup2(saved, STDIN_FILENO) == STDIN_FILENO);
  ::close(saved);
  REQUIRE(require_ok(result).output == "out\n");
  REQUIRE(require_ok(result).errors == "err\n");
}

TEST_CASE("child process: programs are found in the absolute folders of PATH") {
  const TempFolder folder;
  const fs::path program = folder.write("bin/scaup-test-program", "#!/bin/sh\n");
  folder.write("before/scaup-test-program", "not to be run");
  const std::string saved = std::getenv("PATH");
  const std::string path = "relative::" + (folder / "before").string() + ":" + (folder / "bin").string();
  ::setenv("PATH", path.c_str(), 1);
  const auto before = find_program("scaup-test-program");
  fs::permissions(program, fs::perms::owner_all);
  const auto found = find_program("scaup-test-program");
  const auto missing = find_program("scaup-test-missing");
  ::setenv("PATH", saved.c_str(), 1);
  require_error(before, ErrorCode::not_found, {"scaup-test-program"});
  REQUIRE(require_ok(found) == program);
  require_error(missing, ErrorCode::not_found, {"scaup-test-missing"});
  REQUIRE(require_ok(find_program(program)) == program);
  require_error(find_program(folder / "bin"), ErrorCode::not_found);
  require_error(find_program(""), ErrorCode::not_found);
}
