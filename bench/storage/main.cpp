// bench_storage WHAT FOLDER [ARGUMENT]: measures one thing and prints `name<TAB>value` lines. See workloads.hpp.

#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "workloads.hpp"

namespace {

using namespace scaup::bench;

using Workload = std::function<void(const Folder&, const std::string&)>;

std::map<std::string, Workload> workloads() {
  return {{"modes", [](const Folder& folder, const std::string&) { measure_modes(folder); }},
          {"single", [](const Folder& folder, const std::string&) { measure_single_writes(folder); }},
          {"batches", [](const Folder& folder, const std::string& n) { measure_large_batches(folder, std::stoul(n)); }},
          {"encoding", [](const Folder&, const std::string&) { measure_encoding(); }},
          {"make", [](const Folder& folder, const std::string& n) { make_database(folder, std::stoul(n)); }},
          {"open", [](const Folder& folder, const std::string& level) { measure_opening(folder, level); }},
          {"memory", [](const Folder& folder, const std::string&) { measure_memory(folder); }},
          {"checkpoints", [](const Folder& folder, const std::string&) { measure_checkpoints(folder); }},
          {"crash", [](const Folder& folder, const std::string&) { crash(folder); }},
          {"open_crashed", [](const Folder& folder, const std::string&) { measure_opening_after_crash(folder); }},
          {"open_sqlite", [](const Folder& folder, const std::string&) { measure_sqlite_opening(folder); }}};
}

}  // namespace

int main(int count, char** arguments) {
  const auto known = workloads();
  const auto found = count < 3 ? known.end() : known.find(arguments[1]);
  if (found == known.end()) {
    std::fputs("usage: bench_storage WHAT FOLDER [ARGUMENT]\n", stderr);
    return 2;
  }
  try {
    found->second(arguments[2], count > 3 ? arguments[3] : "");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_storage %s: %s\n", arguments[1], error.what());
    return 1;
  }
}
