// Who may open a database: races of processes, what a killed one leaves, folders that cannot be written, children.
// SCAUP_LOCK_RACES says how many races, by default 50.

#include <sys/stat.h>

#include "counts.hpp"
#include "process.hpp"
#include "scaup/scaup.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

char answer_of(const ChildProcess& child) {
  char answer = 0;
  REQUIRE(child.receive(&answer, 1));
  return answer;
}

void fill(const std::filesystem::path& folder) {
  Database database = require_ok(Database::open(folder));
  Collection notes = require_ok(database.create_collection("notes", {.dimension = 2}));
  require_ok(notes.add({{.id = "a", .text = "text", .embedding = std::vector<float>{1, 2}}}));
  require_ok(database.checkpoint());
  require_ok(notes.add({{.id = "b", .text = "text", .embedding = std::vector<float>{2, 1}}}));
}

// Runs `body` in a child process; its exit code.
template <typename Body>
int in_child(Body&& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("locks: of two processes that open a database at once exactly one has it") {
  const std::size_t races = count_from("SCAUP_LOCK_RACES", 50);
  const QuickFolder folder;
  const ChildProcess one({SCAUP_DAMAGE_WRITER, "race"});
  const ChildProcess two({SCAUP_DAMAGE_WRITER, "race"});
  std::size_t won_by_one = 0;
  for (std::size_t i = 0; i < races; ++i) {
    INFO("race " << i);
    // Every other race is about making the database.
    const std::string path = (folder / ("db" + std::to_string(i / 2))).native() + "\n";
    one.send(path);
    two.send(path);
    const char first = answer_of(one);
    const char second = answer_of(two);
    REQUIRE(((first == 'w' && second == 'l') || (first == 'l' && second == 'w')));
    won_by_one += first == 'w' ? 1U : 0U;
    one.send("\n");
    two.send("\n");
    REQUIRE(answer_of(one) == 'c');
    REQUIRE(answer_of(two) == 'c');
  }
  print_line("races: " + std::to_string(races) + ", one writer in each, " + std::to_string(won_by_one) +
             " times the first process");
}

TEST_CASE("locks: a database is free as soon as the process that had it was killed") {
  const QuickFolder folder;
  for (int i = 0; i < 5; ++i) {
    ChildProcess child({SCAUP_DAMAGE_WRITER, "race"});
    child.send((folder / "db").native() + "\n");
    REQUIRE(answer_of(child) == 'w');
    require_error(Database::open(folder / "db"), ErrorCode::locked);
    require_error(Database::open(folder / "db", {.access = Access::read_only}), ErrorCode::locked);
    child.kill_now();
    REQUIRE(std::filesystem::exists(folder / "db" / "LOCK"));
    require_ok(Database::open(folder / "db"));
  }
}

TEST_CASE("locks: while somebody reads a database nobody opens it for writing") {
  const QuickFolder folder;
  fill(folder / "db");
  ChildProcess child({SCAUP_DAMAGE_WRITER, "race"});
  {
    const Database reader = require_ok(Database::open(folder / "db", {.access = Access::read_only}));
    child.send((folder / "db").native() + "\n");
    REQUIRE(answer_of(child) == 'l');
  }
  child.send((folder / "db").native() + "\n");
  REQUIRE(answer_of(child) == 'w');
}

TEST_CASE("locks: a folder that cannot be written is read, and only read") {
  const TempFolder folder;
  fill(folder / "db");
  namespace fs = std::filesystem;
  const bool root = geteuid() == 0;
  // Root writes everywhere, so it becomes somebody else, who may read.
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  std::vector<fs::path> all = {folder / "db"};
  for (const auto& entry : fs::recursive_directory_iterator(folder / "db")) all.push_back(entry.path());
  for (const fs::path& path : all) {
    const auto run = fs::is_directory(path) ? fs::perms::owner_exec | fs::perms::others_exec : fs::perms::none;
    fs::permissions(path, fs::perms::owner_read | fs::perms::others_read | run);
  }
  const int code = in_child([&] {
    if (root && (setgid(65'534) != 0 || setuid(65'534) != 0)) return 10;
    const auto writer = Database::open(folder / "db");
    if (writer || writer.error().code() != ErrorCode::io) return 11;
    const auto reader = Database::open(folder / "db", {.access = Access::read_only});
    if (!reader) return 12;
    const auto notes = reader->get_collection("notes");
    if (!notes || notes->count().value_or(0) != 2) return 13;
    return Database::verify(folder / "db") ? 0 : 14;
  });
  for (const fs::path& path : all) fs::permissions(path, fs::perms::owner_all);
  REQUIRE(code == 0);
}

TEST_CASE("locks: a child process neither keeps nor frees what its parent has opened") {
  const QuickFolder folder;
  std::optional<Database> database = require_ok(Database::open(folder / "db"));
  int wait[2];
  int told[2];
  REQUIRE((pipe(wait) == 0 && pipe(told) == 0));
  const pid_t child = fork();
  if (child == 0) {
    const auto again = Database::open(folder / "db");
    const bool locked = !again && again.error().code() == ErrorCode::locked;
    const bool other = Database::open(folder / "other").has_value();
    database.reset();  // of the parent: nothing happens
    char byte = 0;
    const bool waited = write(told[1], "x", 1) == 1 && read(wait[0], &byte, 1) == 1;
    _exit(locked && other && waited ? 0 : 1);
  }
  char byte = 0;
  REQUIRE(read(told[0], &byte, 1) == 1);
  require_error(Database::open(folder / "db"), ErrorCode::locked);
  require_ok(database->close());
  database.reset();
  require_ok(Database::open(folder / "db"));  // though the child still lives, with a copy of the descriptor
  REQUIRE(write(wait[1], "x", 1) == 1);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  for (const int descriptor : {wait[0], wait[1], told[0], told[1]}) close(descriptor);
}
