#pragma once
// What a power cut does where the model leaves it open: a stream of choices that a variant number fixes.

#include <cstdint>
#include <random>

namespace scaup::test {

/// Variant 0 loses all that is not synced; variant 1 keeps all that shows, as a killed process does; the others are
/// seeds. Single-threaded: one thread at a time, even for const members.
class CrashChoice {
 public:
  explicit CrashChoice(std::uint64_t variant) : variant_(variant), random_(variant) {}

  [[nodiscard]] bool loses_all() const noexcept { return variant_ == 0; }
  [[nodiscard]] bool keeps_all() const noexcept { return variant_ == 1; }
  /// A number in [0, count).
  [[nodiscard]] std::uint64_t below(std::uint64_t count) { return random_() % count; }

 private:
  std::uint64_t variant_;
  std::mt19937_64 random_;
};

}  // namespace scaup::test
