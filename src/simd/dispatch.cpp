// Chooses the table of this process, once, and answers scaup::simd_target().

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "base/boundary.hpp"
#include "scaup/metric.hpp"
#include "simd/kernel_tables.hpp"

namespace scaup::inline v0 {
namespace {

constexpr const char* kVariable = "SCAUP_SIMD_TARGET";

// Nothing in here allocates, so that kernels() cannot fail.
struct Tables {
  std::array<Kernels, 17> entries = {};  // the scalar one, and the most that Highway has on one architecture
  std::size_t count = 0;

  Tables() noexcept {
    entries[0] = scalar_kernels();
    count = 1 + highway_kernels(std::span(entries).subspan(1));
  }
  [[nodiscard]] std::span<const Kernels> all() const noexcept { return std::span(entries).first(count); }
};

const Tables& tables() noexcept {
  static const Tables instance;
  return instance;
}

constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, to_upper, to_upper);
}

// What the environment asked for at the first use, and the table that follows from it.
struct Choice {
  const Kernels* table = nullptr;    // null: the variable names no table of this process
  std::array<char, 33> wanted = {};  // the start of the variable's value, for the message

  Choice() noexcept {
    const char* value = std::getenv(kVariable);
    const std::string_view name = value == nullptr ? std::string_view() : std::string_view(value);
    const std::span<const Kernels> all = tables().all();
    const auto found = std::ranges::find_if(all, [&](const Kernels& entry) { return same_name(entry.name, name); });
    if (name.empty()) {
      table = &all.back();
    } else if (found != all.end()) {
      table = &*found;
    }
    const auto printable = [](char c) { return c >= ' ' && c <= '~' ? c : '?'; };
    std::ranges::transform(name.substr(0, wanted.size() - 1), wanted.begin(), printable);
  }
};

const Choice& choice() noexcept {
  static const Choice instance;
  return instance;
}

Error unknown_target_error() {
  std::string message = std::string(kVariable) + " is \"" + choice().wanted.data() + "\", but this program can run";
  const char* separator = " ";
  for (const Kernels& table : all_kernels()) {
    message.append(separator).append(table.name);
    separator = ", ";
  }
  return {ErrorCode::invalid_argument, message + "; unset the variable or give one of these"};
}

}  // namespace

const Kernels& kernels() noexcept {
  const Choice& chosen = choice();
  return chosen.table != nullptr ? *chosen.table : all_kernels().front();
}

std::span<const Kernels> all_kernels() noexcept {
  return tables().all();
}

Result<std::string_view> simd_target() {
  return guarded([]() -> Result<std::string_view> {
    if (choice().table == nullptr) return unknown_target_error();
    return choice().table->name;
  });
}

}  // namespace scaup::inline v0
