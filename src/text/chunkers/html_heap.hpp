#pragma once
// Memory for a C library that does not look at failed allocations: all of it is freed at once, and what would not
// fit jumps out of the library.

#include <csetjmp>
#include <cstddef>
#include <stop_token>

namespace scaup::inline v0 {

/// Single-threaded: one thread at a time, even for const members.
class HtmlHeap {
 public:
  HtmlHeap(std::size_t most_bytes, std::stop_token stop) : left_(most_bytes), stop_(std::move(stop)) {}
  HtmlHeap(const HtmlHeap&) = delete;
  HtmlHeap& operator=(const HtmlHeap&) = delete;
  ~HtmlHeap();

  /// Where `allocate` jumps if there is no memory or `stop` asks. Between setjmp and the jump are no destructors.
  std::jmp_buf escape;

  [[nodiscard]] void* allocate(std::size_t size);
  void release(void* memory) noexcept;

 private:
  // Before every piece of memory; aligned for anything.
  struct alignas(std::max_align_t) Header {
    Header* before = nullptr;
    Header* after = nullptr;
    std::size_t size = 0;
  };

  Header* first_ = nullptr;
  std::size_t left_;
  const std::stop_token stop_;
};

}  // namespace scaup::inline v0
