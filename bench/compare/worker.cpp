// The command loop of a worker, and how its memory is measured.

#include "worker.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <sstream>

namespace scaup::bench {
namespace {

std::string in_json(const Answers& answers) {
  std::ostringstream out;
  out << "{\"ns\":[";
  for (std::size_t i = 0; i < answers.ns.size(); ++i) out << (i == 0 ? "" : ",") << answers.ns[i];
  out << "],\"ids\":[";
  for (std::size_t i = 0; i < answers.ids.size(); ++i) {
    out << (i == 0 ? "[" : ",[");
    for (std::size_t j = 0; j < answers.ids[i].size(); ++j) out << (j == 0 ? "" : ",") << answers.ids[i][j];
    out << "]";
  }
  out << "]}";
  return out.str();
}

std::string in_json(const Build& build) {
  std::ostringstream out;
  out << "{\"build_s\":" << build.seconds << ",\"rss_bytes\":" << build.rss_bytes
      << ",\"index_bytes\":" << build.index_bytes << ",\"graph\":" << (build.graph ? "true" : "false") << "}";
  return out.str();
}

std::string error_in_json(const std::string& message) {
  std::string out = "{\"error\":\"";
  for (const char c : message) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"}";
}

std::string answer(Peer& peer, std::istringstream& words) {
  std::string command;
  std::string kind;
  std::string setting;
  std::size_t count = 0;
  words >> command >> kind;
  if (command == "build") return in_json(peer.build(kind));
  if (command == "read") return "{\"bytes_per_second\":" + std::to_string(peer.read_speed(std::stoul(kind))) + "}";
  if (command == "drop") {
    peer.drop(kind);
    return "{}";
  }
  words >> setting >> count;
  if (command == "pass") return in_json(peer.pass(kind, setting, count));
  if (command == "batch") return in_json(peer.batch(kind, setting, count));
  throw std::runtime_error("unknown command " + command);
}

}  // namespace

int serve(Peer& peer, const std::string& version) {
  std::cout << "{\"ready\":true,\"version\":\"" << version << "\"}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::istringstream words(line);
      std::cout << answer(peer, words) << std::endl;
    } catch (const std::exception& error) {
      std::cout << error_in_json(error.what()) << std::endl;
    }
  }
  return 0;
}

std::int64_t resident_bytes() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  file >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

double setting_value(const std::string& setting, const std::string& name) {
  if (!setting.starts_with(name + "=")) throw std::runtime_error("no setting " + setting + " here");
  return std::stod(setting.substr(name.size() + 1));
}

}  // namespace scaup::bench
