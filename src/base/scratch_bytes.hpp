#pragma once
// A block of bytes that are written before they are read, as buffers are: nobody pays for zeros.

#include <cstddef>
#include <memory>
#include <span>

namespace scaup::inline v0 {

/// Owns `size` bytes of any content. Thread-compatible.
class ScratchBytes {
 public:
  explicit ScratchBytes(std::size_t size) : bytes_(std::make_unique_for_overwrite<std::byte[]>(size)), size_(size) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> span() noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t size_;
};

}  // namespace scaup::inline v0
