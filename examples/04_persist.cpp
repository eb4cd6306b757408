// What was acknowledged is there after a crash: a writer is killed right after `add` returned, and the notes survive.
//   04_persist           in a new folder, which is removed at the end
//   04_persist FOLDER    in FOLDER, which stays; the program `scaup` beside this one reads it

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <scaup/scaup.hpp>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace {

scaup::Collection open_notes(scaup::Database& db) {
  return db.get_or_create_collection("notes", {.embedder = scaup::make_static_embedder().value()}).value();
}

// In a process of its own. Nothing is closed, no destructor runs.
void add_and_die(const std::filesystem::path& folder) {
  auto db = scaup::Database::open(folder).value();
  auto notes = open_notes(db);
  notes.add({{.id = "gale", .text = "A gale closed the harbour for two days.", .metadata = {{"year", 2019}}},
             {.id = "fog", .text = "Fog delayed the morning ferries.", .metadata = {{"year", 2021}}},
             {.id = "crane", .text = "The new crane lifts forty tonnes.", .metadata = {{"year", 2022}}}}).value();
  std::raise(SIGKILL);
}

// Returns the signal that ended the writer, 0 if none did.
int run_writer(const std::filesystem::path& folder) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      add_and_die(folder);
    } catch (const scaup::Exception& exception) {
      std::fprintf(stderr, "%s\n", exception.what());
    }
    _exit(1);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return 0;
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

void read_again(const std::filesystem::path& folder) {
  auto db = scaup::Database::open(folder).value();
  const auto notes = open_notes(db);
  std::printf("opened again: %zu notes\n", notes.count().value());
  for (const auto& recovery : db.recoveries())
    std::printf("read from the log of \"%s\": %zu write\n", recovery.collection.c_str(), recovery.writes_replayed);
  for (const auto& match : notes.query("Why were the ferries late?", {.k = 3}).value())
    std::printf("%zu. %.3f  %s\n", match.rank, match.score, match.document.text.c_str());
  db.close().value();
}

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "scaup-04-XXXXXX").string();
  return mkdtemp(name.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(name);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 2) {
    std::fprintf(stderr, "usage: %s [FOLDER]\n", argv[0]);
    return 2;
  }
  const auto folder = argc == 2 ? std::filesystem::path(argv[1]) : new_folder();
  const int signal = run_writer(folder);
  if (signal == SIGKILL) {
    std::printf("the writer was killed right after add returned\n");
    read_again(folder);
  }
  if (argc == 1) std::filesystem::remove_all(folder);
  return signal == SIGKILL ? 0 : 1;
} catch (const std::exception& exception) {
  std::fprintf(stderr, "%s\n", exception.what());
  return 1;
}
