#pragma once
// A peer as a process of its own: it loads one data set, then answers commands on stdin with one line of JSON
// each on stdout. The driver decides the order, so that passes of all peers alternate.
//
//   build KIND                  {"build_s":..,"rss_bytes":..,"index_bytes":..,"graph":true|false}
//   pass KIND SETTING COUNT     one query per call: {"ns":[..],"ids":[[..],..]}
//   batch KIND SETTING COUNT    all queries in one call: {"ns":[TOTAL],"ids":[[..],..]}
//   read BYTES                  {"bytes_per_second":..}, scaup's worker only
//   drop KIND                   {}
// KIND is exact or ann, SETTING ef=N, recall=R or default. What a peer does not have is {"error":"why"}.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "matrix.hpp"

namespace scaup::bench {

inline constexpr std::size_t kNeighbours = 10;

struct Build {
  double seconds = 0;
  std::int64_t rss_bytes = 0;   // growth of the resident set
  std::size_t index_bytes = 0;  // by the peer's own account or file; 0: it has none
  bool graph = false;           // an approximate index is complete
};

struct Answers {
  std::vector<std::int64_t> ns = {};  // one for each call
  std::vector<std::vector<std::int32_t>> ids = {};
};

class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;
  // Each throws std::runtime_error with the reason where the peer does not have what is asked for.
  virtual Build build(const std::string& kind) = 0;
  virtual Answers pass(const std::string& kind, const std::string& setting, std::size_t count) = 0;
  virtual Answers batch(const std::string& kind, const std::string& setting, std::size_t count) = 0;
  virtual void drop(const std::string& kind) = 0;
  virtual double read_speed(std::size_t bytes) = 0;
};

/// Serves commands until the end of stdin; the exit code of the process.
int serve(Peer& peer, const std::string& version);

/// Resident bytes of this process after unused heap went back to the system.
[[nodiscard]] std::int64_t resident_bytes();

/// Nanoseconds that `work()` takes.
template <typename Work>
[[nodiscard]] std::int64_t time_of(Work&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin).count();
}

/// The number after "NAME=" of a setting; throws where it is another setting.
[[nodiscard]] double setting_value(const std::string& setting, const std::string& name);

}  // namespace scaup::bench
