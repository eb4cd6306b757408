#include "progress.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace {

// Columns of the terminal now: it may be resized meanwhile.
std::size_t columns() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// ASCII only, so that a byte is a column.
std::string line(const std::string& what, std::uint64_t percent, std::size_t width) {
  const std::string number = std::to_string(percent) + " %";
  const std::size_t used = what.size() + number.size() + 5;
  if (used + 10 > width) return number.substr(0, width);
  const std::size_t bar = std::min<std::size_t>(width - used, 40);
  const auto filled = static_cast<std::size_t>(bar * percent / 100);
  return what + " [" + std::string(filled, '#') + std::string(bar - filled, '.') + "] " + number;
}

}  // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(std::max<std::uint64_t>(total, 1)), on_terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  clear();
}

void Progress::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

void Progress::show(std::uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_terminal_ || now - last_ < std::chrono::milliseconds(50)) return;
  last_ = now;
  drawn_ = true;
  const auto share = static_cast<double>(std::min(done, total_)) / static_cast<double>(total_);
  const std::size_t width = columns();
  const std::string text = line(what_, static_cast<std::uint64_t>(share * 100), width > 1 ? width - 1 : 0);
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
}
