#pragma once
// The exception wall: every public function that can fail runs its body inside `guarded`, so that no
// exception of the standard library, a third party or a user's callback crosses the interface.

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// The error for a failed allocation. The text fits into the string itself, so making it allocates nothing.
inline Error out_of_memory_error() {
  return {ErrorCode::out_of_memory, "out of memory"};
}

/// The error for an exception that should not have come here. Says "out of memory" if that is what happened.
inline Error unexpected_exception_error(const std::exception& exception) {
  try {
    return {ErrorCode::internal, std::string("unexpected exception: ") + exception.what()};
  } catch (...) {
    return out_of_memory_error();
  }
}

/// Runs `body`, which returns a Result, and turns whatever it throws into an error.
template <typename Body>
auto guarded(Body&& body) noexcept -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return out_of_memory_error();
  } catch (const std::exception& exception) {
    return unexpected_exception_error(exception);
  } catch (...) {
    return Error(ErrorCode::internal, "unknown");
  }
}

}  // namespace scaup::inline v0
