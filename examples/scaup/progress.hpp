#pragma once
// A bar on the terminal while long work goes on.

#include <chrono>
#include <cstdint>
#include <string>

/// Draws one line on standard error, and only where that is a terminal; never wider than it. Ends with the object.
class Progress {
 public:
  Progress(std::string what, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  void show(std::uint64_t done);
  void clear();

 private:
  std::string what_;
  std::uint64_t total_;
  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_ = {};
};
