// The n-th call of the operating system fails in a program that writes to a database: it is told so, and nothing that
// was acknowledged is lost.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <iostream>

#include "durability/crash_run.hpp"
#include "durability/rounds.hpp"
#include "durability/writer_trace.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr int kIoError = 3;
constexpr long kMostCalls = 100'000;

struct Outcome {
  int exit_code = -1;
  long calls = -1;               // counted by the library
  std::size_t acknowledged = 0;  // operations that returned without an error
};

enum class Doubt : std::uint8_t { none, last_write };

// Sanitizers and preloaded libraries replace the same functions, so in such builds there is no library.
bool has_library() {
  if (!std::string(SCAUP_FAULT_PRELOAD).empty()) return true;
  WARN("not tested: sanitizer builds preload no library");
  return false;
}

Outcome spawn_writer(const TempFolder& folder, const std::vector<std::string>& variables) {
  std::vector<std::string> environment = {std::string("LD_PRELOAD=") + SCAUP_FAULT_PRELOAD,
                                          "SCAUP_FAULT_FOLDER=" + (folder / "db").native(),
                                          "SCAUP_FAULT_COUNT=" + (folder / "count").native()};
  for (const std::string& variable : variables) environment.push_back("SCAUP_FAULT_" + variable);
  std::vector<char*> pointers;
  for (std::string& variable : environment) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  std::string program = SCAUP_STORE_WRITER;
  std::string data = (folder / "db").native();
  std::string progress = (folder / "progress").native();
  char* const arguments[] = {program.data(), data.data(), progress.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 2, (folder / "errors").c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, pointers.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  Outcome outcome{.exit_code = WEXITSTATUS(status)};
  std::ifstream(folder / "count") >> outcome.calls;
  std::ifstream(folder / "progress") >> outcome.acknowledged;
  return outcome;
}

StoreModel state_after(std::size_t count) {
  const std::vector<Operation> trace = writer_trace();
  StoreModel model;
  for (std::size_t i = 0; i < std::min(count, trace.size()); ++i) apply_operation(trace[i], model);
  return model;
}

// Runs the writer in a fresh folder, and then looks at what it left.
Outcome run_writer(const std::vector<std::string>& variables, Doubt doubt) {
  const TempFolder folder;
  const Outcome outcome = spawn_writer(folder, variables);
  const StoreModel acknowledged = state_after(outcome.acknowledged);
  const StoreModel next = state_after(outcome.acknowledged + 1);
  const auto check = [&](const StoreModel& found) {
    const bool may_be_there = doubt == Doubt::last_write && found == next;
    return may_be_there ? std::string() : difference(found, acknowledged);
  };
  std::string message;
  std::getline(std::ifstream(folder / "errors") >> std::ws, message);
  INFO("exit code " << outcome.exit_code << " after " << outcome.acknowledged << " operations: " << message);
  REQUIRE((outcome.exit_code == 0 || outcome.exit_code == kIoError));
  REQUIRE((outcome.exit_code != 0 || outcome.acknowledged == writer_trace().size()));
  REQUIRE(check_store({}, check, folder / "db") == "");
  return outcome;
}

// Lets call 1, 2, ... fail until the writer runs through without meeting any; by default only each `step`-th.
void fail_each_call(const std::vector<std::string>& variables, Doubt doubt, long step) {
  if (test_rounds() != 0) step = 1;
  long runs = 0;
  for (long call = 1;; call += step) {
    INFO("call " << call);
    REQUIRE(call < kMostCalls);
    std::vector<std::string> with_call = variables;
    with_call.push_back("CALL=" + std::to_string(call));
    const Outcome outcome = run_writer(with_call, doubt);
    ++runs;
    if (outcome.calls < call) break;
  }
  REQUIRE(runs > 3);
  if (test_rounds() != 0) std::cout << "real calls: " << runs << " runs, 0 failures\n";
}

}  // namespace

TEST_CASE("real calls: without a failure the writer runs through") {
  if (!has_library()) return;
  const Outcome outcome = run_writer({}, Doubt::none);
  REQUIRE(outcome.exit_code == 0);
  REQUIRE(outcome.calls > 200);
}

TEST_CASE("real calls: one fails, or all from one on") {
  if (!has_library()) return;
  const std::string error = GENERATE("EIO", "ENOSPC", "EDQUOT", "EROFS");
  const std::string sticky = GENERATE("0", "1");
  fail_each_call({"ERRNO=" + error, "STICKY=" + sticky}, Doubt::last_write, 101);
}

TEST_CASE("real calls: a write that failed for another reason than a sync is not there") {
  if (!has_library()) return;
  fail_each_call({"ERRNO=ENOSPC", "KINDS=pwrite,posix_fallocate,open,openat,pread,mmap"}, Doubt::none, 47);
}

TEST_CASE("real calls: interrupted and short ones are begun again") {
  if (!has_library()) return;
  const long step = test_rounds() == 0 ? 61 : 1;
  const std::string kind = GENERATE("ERRNO=EINTR", "SHORT=1");
  const std::string kinds = "KINDS=open,pread,pwrite,fdatasync,fsync,ftruncate,posix_fallocate";
  for (long call = 1;; call += step) {
    const Outcome outcome = run_writer({kind, kinds, "CALL=" + std::to_string(call)}, Doubt::none);
    REQUIRE(outcome.exit_code == 0);
    if (outcome.calls < call) break;
  }
  REQUIRE(run_writer({"SHORT=1", "CALL=1", "STICKY=1"}, Doubt::none).exit_code == 0);
}
