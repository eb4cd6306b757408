#include "rag/dates.hpp"

#include <cmath>

#include "base/ascii.hpp"
#include "retrieve/date_time.hpp"

namespace scaup::inline v0 {
namespace {

void append_digits(std::string& out, std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  out.append(digits > text.size() ? digits - text.size() : 0, '0');
  out += text;
}

std::string write(std::chrono::sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out;
  append_digits(out, int{date.year()}, 4);
  out += '-';
  append_digits(out, unsigned{date.month()}, 2);
  out += '-';
  append_digits(out, unsigned{date.day()}, 2);
  out += 'T';
  append_digits(out, clock.hours().count(), 2);
  out += ':';
  append_digits(out, clock.minutes().count(), 2);
  out += ':';
  append_digits(out, clock.seconds().count(), 2);
  return out + 'Z';
}

// `+01` and `+0100` as `+01:00`. A day's `-01` is none: there must be a time before.
std::string with_whole_offset(std::string_view text) {
  std::string whole(text);
  const std::size_t sign = text.find_last_of("+-");
  if (sign == std::string_view::npos || text.find(':') > sign) return whole;
  const std::string_view digits = text.substr(sign + 1);
  for (const char c : digits) {
    if (!is_ascii_digit(c)) return whole;
  }
  if (digits.size() == 2) return whole + ":00";
  return digits.size() == 4 ? whole.insert(sign + 3, ":") : whole;
}

}  // namespace

std::string to_rfc3339(std::chrono::system_clock::time_point time) {
  return write(std::chrono::floor<std::chrono::seconds>(time));
}

std::optional<std::string> to_rfc3339(std::string_view text) {
  const auto seconds = seconds_since_1970(Value(with_whole_offset(text)));
  if (!seconds) return std::nullopt;
  // The year 0 with an offset may end before it.
  const std::chrono::sys_seconds time(std::chrono::seconds(static_cast<std::int64_t>(std::floor(*seconds))));
  const int year{std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time)).year()};
  if (year < 0 || year > 9999) return std::nullopt;
  return write(time);
}

}  // namespace scaup::inline v0
