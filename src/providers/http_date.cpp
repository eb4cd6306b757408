// Fixed places: every field of the form has its own width.

#include "providers/http_date.hpp"

#include <algorithm>
#include <array>

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kForm = "www, dd mmm yyyy hh:mm:ss GMT";
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// The number in `size` digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t size) noexcept {
  int value = 0;
  for (const char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// Whether `text` has the punctuation of the form; letters stand for anything.
bool has_form(std::string_view text) noexcept {
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool any = kForm[i] >= 'a' && kForm[i] <= 'z';
    if (!any && text[i] != kForm[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text) noexcept {
  if (!has_form(text)) return std::nullopt;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  const int day = digits(text, 5, 2);
  const int year = digits(text, 12, 4);
  const int hour = digits(text, 17, 2);
  const int minute = digits(text, 20, 2);
  const int second = digits(text, 23, 2);
  if (month == kMonths.end() || day < 0 || year < 1970) return std::nullopt;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace scaup::inline v0
