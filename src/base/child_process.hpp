#pragma once
// Runs another program and collects what it writes. The only place that starts processes; never through a shell.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct ChildLimits {
  std::chrono::milliseconds timeout{60'000};
  std::size_t max_output_bytes = std::size_t{64} << 20U;
};

struct ChildResult {
  int exit_code = 0;   ///< as a shell says it: 128 and the signal's number if a signal ended the program
  std::string output;  ///< standard output
  std::string errors;  ///< the first kMaxErrorBytes of standard error
};

constexpr std::size_t kMaxErrorBytes = 4'096;

/// Where `program` is: itself if there is a '/' in it, else the first file of this name that may be run in the absolute
/// folders of the environment variable PATH. Errors: `not_found`.
[[nodiscard]] Result<std::filesystem::path> find_program(const std::filesystem::path& program);

/// Runs `program`, a path with a '/' in it, with these arguments and an empty standard input, and waits for its end.
/// It is in a process group of its own, which is killed when the call fails.
///
/// Errors: `not_found`, `io` (errno in `detail()`) where it cannot be started; `unavailable` after the timeout;
/// `invalid_argument` for more output than the limit; `cancelled`. That the program failed is told by its exit code.
[[nodiscard]] Result<ChildResult> run_child(const std::filesystem::path& program,
                                            const std::vector<std::string>& arguments, const ChildLimits& limits = {},
                                            const std::stop_token& stop = {});

}  // namespace scaup::inline v0
