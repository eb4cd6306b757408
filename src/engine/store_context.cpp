#include "engine/store_context.hpp"

#include <pthread.h>

namespace scaup::inline v0 {
namespace {

std::atomic<unsigned> forks = 0;

}  // namespace

unsigned fork_generation() noexcept {
  static const int registered = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1); });
  static_cast<void>(registered);
  return forks.load(std::memory_order_relaxed);
}

Error used_after_fork() {
  return {ErrorCode::invalid_argument,
          "the database was opened by the parent of this process: open it anew, after the parent closed it"};
}

}  // namespace scaup::inline v0
