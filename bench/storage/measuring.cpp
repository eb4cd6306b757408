// Percentiles, output, and what the system says of this process.

#include "measuring.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <numeric>

namespace scaup::bench {

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double median(const std::vector<double>& values) {
  return percentile(values, 0.5);
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

void report(const std::string& name, double value) {
  std::printf("%s\t%.6g\n", name.c_str(), value);
}

std::filesystem::path new_folder(const std::filesystem::path& path) {
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

double memory_mb(std::string_view line) {
  std::ifstream status("/proc/self/status");
  for (std::string found; std::getline(status, found);) {
    if (found.starts_with(std::string(line) + ":")) return std::stod(found.substr(line.size() + 1)) * 1024e-6;
  }
  return 0;
}

}  // namespace scaup::bench
