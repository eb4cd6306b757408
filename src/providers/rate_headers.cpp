// Numbers with units; whatever has another form counts as not said.

#include "providers/rate_headers.hpp"

#include <charconv>
#include <cstdint>
#include <string>

#include "providers/http_date.hpp"

namespace scaup::inline v0 {
namespace {

using std::chrono::milliseconds;

constexpr double kMaxWait = 30.0 * 24 * 3600 * 1000;  // milliseconds; more is no waiting time but a mistake

// The unsigned decimal number at the front of `text`, which is cut off there.
std::optional<double> take_number(std::string_view& text) noexcept {
  double value = 0;
  if (text.empty() || !((text[0] >= '0' && text[0] <= '9') || text[0] == '.')) return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

std::optional<double> whole_number(std::string_view text) noexcept {
  const auto value = take_number(text);
  return text.empty() ? value : std::nullopt;
}

// The unit at the front of `text` in milliseconds, cut off there; 0 if it is none.
double take_unit(std::string_view& text) noexcept {
  struct Unit {
    std::string_view name;
    double milliseconds;
  };
  static constexpr Unit kUnits[] = {{"ms", 1},      {"ns", 1e-6}, {"us", 1e-3}, {"\xC2\xB5s", 1e-3},
                                    {"h", 3600000}, {"m", 60000}, {"s", 1000}};
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.milliseconds;
  }
  return 0;
}

// Rounded up: to wait a little longer is safe.
std::optional<milliseconds> wait_of(double value) noexcept {
  if (!(value >= 0 && value <= kMaxWait)) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(value);
  return milliseconds(static_cast<double>(whole) < value ? whole + 1 : whole);
}

std::optional<std::uint64_t> read_count(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<milliseconds> parse_go_duration(std::string_view text) noexcept {
  if (text == "0") return milliseconds(0);
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    const auto value = take_number(text);
    const double unit = value ? take_unit(text) : 0;
    if (unit == 0) return std::nullopt;
    sum += *value * unit;
  }
  return wait_of(sum);
}

std::optional<milliseconds> read_retry_after(const HttpResponse& response,
                                             std::chrono::system_clock::time_point now) noexcept {
  if (const auto wait = whole_number(response.header("retry-after-ms"))) return wait_of(*wait);
  const std::string_view text = response.header("retry-after");
  if (const auto seconds = whole_number(text)) return wait_of(*seconds * 1000);
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  const auto wait = std::chrono::duration_cast<std::chrono::duration<double, std::milli>>(*date - now).count();
  return wait_of(wait < 0 ? 0 : wait);
}

ReportedLimit read_rate_limit(const HttpResponse& response, std::string_view what) {
  const auto value = [&](std::string_view part) {
    return response.header("x-ratelimit-" + std::string(part) + "-" + std::string(what));
  };
  return {.limit = read_count(value("limit")),
          .remaining = read_count(value("remaining")),
          .reset = parse_go_duration(value("reset"))};
}

}  // namespace scaup::inline v0
