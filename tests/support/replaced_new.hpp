#pragma once
// Replaces the global operator new, so that a test can count allocations or let them fail. Included once, in a program
// of its own, which defines `next_allocation_succeeds`.

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace scaup::test {

/// Asked before each allocation, on the thread that makes it.
bool next_allocation_succeeds() noexcept;

inline void* allocate_or_null(std::size_t size, std::size_t alignment) noexcept {
  if (!next_allocation_succeeds()) return nullptr;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  return std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
}

inline void* allocate(std::size_t size, std::size_t alignment) {
  void* const memory = allocate_or_null(size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace scaup::test

// All forms, so that none of them is the sanitizer's: memory must come from and go to the same place.
void* operator new(std::size_t size) {
  return scaup::test::allocate(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
  return scaup::test::allocate(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return scaup::test::allocate_or_null(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return scaup::test::allocate_or_null(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return scaup::test::allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
