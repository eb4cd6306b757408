#pragma once
// Overwriting key material so that the compiler cannot leave the stores out.

#include <array>
#include <cstddef>
#include <span>

namespace scaup::inline v0 {

/// Sets all bytes to zero, also where nobody reads them afterwards.
inline void wipe(std::span<std::byte> bytes) noexcept {
  volatile std::byte* at = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) at[i] = std::byte{0};
}

/// An array for key material, wiped when it goes. Neither copied nor moved, so that there is one place to wipe.
template <std::size_t kSize>
class WipedArray {
 public:
  WipedArray() = default;
  WipedArray(const WipedArray&) = delete;
  WipedArray& operator=(const WipedArray&) = delete;
  ~WipedArray() { wipe(bytes_); }

  [[nodiscard]] std::span<std::byte, kSize> bytes() noexcept { return bytes_; }
  [[nodiscard]] std::span<const std::byte, kSize> bytes() const noexcept { return bytes_; }

 private:
  std::array<std::byte, kSize> bytes_ = {};
};

}  // namespace scaup::inline v0
