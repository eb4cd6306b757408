#include "base/parallel.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "base/boundary.hpp"

namespace scaup::inline v0 {
namespace {

// Hands out tasks and keeps the first error, in the order of tasks.
class TaskQueue {
 public:
  TaskQueue(std::size_t tasks, const std::function<Status(std::size_t)>& task) : tasks_(tasks), task_(task) {}

  void work() noexcept {
    for (std::size_t i = next_.fetch_add(1); i < tasks_ && !failed_; i = next_.fetch_add(1)) {
      Status status = guarded([&] { return task_(i); });
      if (!status) fail(i, std::move(status).error());
    }
  }

  Status result() {
    if (error_) return std::move(*error_);
    return {};
  }

 private:
  void fail(std::size_t task, Error&& error) noexcept {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    if (error_ && failed_task_ < task) return;
    error_ = std::move(error);
    failed_task_ = task;
  }

  const std::size_t tasks_;
  const std::function<Status(std::size_t)>& task_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;   // under mutex_
  std::size_t failed_task_ = 0;  // under mutex_
};

}  // namespace

std::size_t thread_count(std::size_t requested, std::size_t tasks) noexcept {
  const std::size_t wanted = requested == 0 ? std::thread::hardware_concurrency() : requested;
  return std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(tasks, 1));
}

Status parallel_for(std::size_t tasks, std::size_t threads, const std::function<Status(std::size_t)>& task) {
  TaskQueue queue(tasks, task);
  {
    std::vector<std::jthread> helpers;
    helpers.reserve(threads);
    try {
      while (helpers.size() + 1 < threads) helpers.emplace_back([&queue] { queue.work(); });
    } catch (const std::system_error&) {
      // The process may not start more threads: those there, and the caller, do all the work.
    }
    queue.work();
  }
  return queue.result();
}

// On Linux a niceness belongs to a thread, not to the process.
void lower_thread_priority() noexcept {
  constexpr int kNiceness = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness);
}

}  // namespace scaup::inline v0
