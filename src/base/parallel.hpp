#pragma once
// Runs a loop on several threads for the length of one call; no thread outlives it.

#include <cstddef>
#include <functional>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// `requested`, or the number of cores if that is 0, but at most `tasks`; at least 1.
[[nodiscard]] std::size_t thread_count(std::size_t requested, std::size_t tasks) noexcept;

/// Calls `task(i)` for every i below `tasks`, on `threads` threads of which the caller is one. Tasks are
/// handed out in ascending order. After a failure no further task begins; the error with the lowest i is
/// returned. An exception in a task becomes an error; where a thread cannot be started, fewer are used.
[[nodiscard]] Status parallel_for(std::size_t tasks, std::size_t threads,
                                  const std::function<Status(std::size_t)>& task);

/// Lets other threads of the machine go first from now on: the calling thread, and those that it starts later. Does
/// nothing where the system has no such thing.
void lower_thread_priority() noexcept;

}  // namespace scaup::inline v0
