// The processes of the tests that kill and race processes.
//
//   scaup_damage_writer write FOLDER SEED SYNC_MODE WRITERS   writes until it is killed, acknowledgements on stdout
//   scaup_damage_writer race                                  opens the folder of each line of stdin, says on stdout
//                                                             w (opened), l (locked), e (another error); an empty line
//                                                             closes what is open, and is answered with c

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "write_model.hpp"

namespace {

using namespace scaup;
using namespace scaup::test;

// Writes of so few bytes to a pipe are never mixed up.
void report(std::uint32_t writer, std::uint32_t operations) {
  const Acknowledgement line{writer, operations};
  if (write(STDOUT_FILENO, &line, sizeof(line)) != sizeof(line)) _exit(3);
}

[[noreturn]] void fail(const Error& error) {
  std::fprintf(stderr, "writer: %s: %s\n", std::string(to_string(error.code())).c_str(), error.message().c_str());
  report(kFailed, 0);
  _exit(2);
}

void run_writer(Database database, Collection collection, WriteModel model, std::uint32_t writer, std::uint64_t seed) {
  for (std::uint32_t number = 0; number < 100'000; ++number) {
    const Operation operation = model.next(seed, number);
    if (const Status done = carry_out(collection, operation); !done) fail(done.error());
    model.apply(operation);
    report(writer, number + 1);
    if (operation.stamp % 16 != 0) continue;
    if (const Status done = database.checkpoint(); !done) fail(done.error());
  }
}

int write_until_killed(const std::string& folder, std::uint64_t seed, SyncMode sync, std::uint32_t writers) {
  const DatabaseOptions options{
      .sync = sync, .sync_interval = std::chrono::milliseconds(1), .checkpoint_log_bytes = std::uint64_t{64} << 10U};
  auto database = Database::open(folder, options);
  if (!database) fail(database.error());
  auto collection = database->get_or_create_collection("notes", {.metric = Metric::l2, .index = {.graph_from = 32}});
  if (!collection) fail(collection.error());
  const auto page = collection->scan({.limit = 10'000});
  if (!page) fail(page.error());
  report(kOpened, 0);
  std::vector<std::jthread> threads;
  for (std::uint32_t writer = 0; writer < writers; ++writer) {
    WriteModel model(writer);
    for (const Document& document : page->documents) model.load(document);
    threads.emplace_back(run_writer, *database, *collection, std::move(model), writer, seed);
  }
  return 0;
}

int race() {
  std::optional<Database> database;
  std::string line;
  while (std::getline(std::cin, line)) {
    char answer = 'c';
    if (line.empty()) {
      if (database && !database->close()) answer = 'e';
      database.reset();
    } else {
      auto opened = Database::open(line);
      answer = opened ? 'w' : opened.error().code() == ErrorCode::locked ? 'l' : 'e';
      if (!opened && answer == 'e') std::fprintf(stderr, "race: %s\n", opened.error().message().c_str());
      if (opened) database = *std::move(opened);
    }
    if (write(STDOUT_FILENO, &answer, 1) != 1) return 3;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() == 5 && arguments[0] == "write") {
    return write_until_killed(arguments[1], std::stoull(arguments[2]), static_cast<SyncMode>(std::stoul(arguments[3])),
                              static_cast<std::uint32_t>(std::stoul(arguments[4])));
  }
  if (arguments.size() == 1 && arguments[0] == "race") return race();
  std::fputs("scaup_damage_writer: write FOLDER SEED SYNC_MODE WRITERS, or race\n", stderr);
  return 1;
}
