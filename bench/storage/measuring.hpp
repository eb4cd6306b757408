#pragma once
// Times, their percentiles, and how a measured number leaves the program.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace scaup::bench {

template <typename Body>
double seconds_of(Body&& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The value below which `share` of the values lie; 0 where there are none.
[[nodiscard]] double percentile(std::vector<double> values, double share);
[[nodiscard]] double median(const std::vector<double>& values);
[[nodiscard]] double sum(const std::vector<double>& values);

/// One line `name<TAB>value` on stdout, for drive.py.
void report(const std::string& name, double value);

/// An empty folder of this name, whatever was there before.
[[nodiscard]] std::filesystem::path new_folder(const std::filesystem::path& path);

/// A line of /proc/self/status such as "VmRSS", in MB (10^6 bytes).
[[nodiscard]] double memory_mb(std::string_view line);

}  // namespace scaup::bench
