#pragma once
// Secret: a key or passphrase that is wiped when it goes and that nothing prints.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Bytes that must not be seen. They are wiped from memory when the object is destroyed or assigned to; there is no
/// way to stream or format one, and no message of the library holds them. A copy is a secret of its own.
///
/// What it was made from (a string, the environment of the process) stays where it is: wiping that is the caller's.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API Secret {
 public:
  Secret() = default;
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept = default;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] static Secret from_string(std::string_view text);
  [[nodiscard]] static Secret from_bytes(std::span<const std::byte> bytes);
  /// The value of an environment variable.
  ///
  /// Errors: `not_found` if it is not set; `invalid_argument` if it is empty.
  [[nodiscard]] static Result<Secret> from_environment(std::string_view name);

  /// The bytes themselves, borrowed: for the call that needs them, not for keeping.
  [[nodiscard]] std::span<const std::byte> reveal() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

  /// Takes a time that depends on the sizes alone, not on where the two differ.
  [[nodiscard]] bool operator==(const Secret& other) const noexcept;

 private:
  explicit Secret(std::span<const std::byte> bytes) : bytes_(bytes.begin(), bytes.end()) {}

  std::vector<std::byte> bytes_;  // made in one piece and never grown, so that no old block stays behind
};

}  // namespace scaup::inline v0
