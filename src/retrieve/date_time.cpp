// ISO 8601 dates, read without a locale.

#include "retrieve/date_time.hpp"

#include <chrono>
#include <cmath>
#include <string_view>

namespace scaup::inline v0 {
namespace {

// Reads a text from left to right; after something that is not there it has failed for good.
class DateReader {
 public:
  explicit DateReader(std::string_view text) noexcept : text_(text) {}

  // Exactly `digits` digits, as a number from `least` to `most`.
  int number(std::size_t digits, int least, int most) noexcept {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!at_digit()) return fail();
      value = value * 10 + (take() - '0');
    }
    return value < least || value > most ? fail() : value;
  }

  // The digits after a decimal point; at least one.
  double fraction() noexcept {
    if (!at_digit()) return fail();
    double value = 0;
    for (double unit = 0.1; at_digit(); unit /= 10) value += unit * (take() - '0');
    return value;
  }

  // Whether the next character is one of these, which is then behind.
  bool accept(std::string_view characters) noexcept {
    if (text_.empty() || characters.find(text_.front()) == std::string_view::npos) return false;
    take();
    return true;
  }
  void expect(char character) noexcept {
    if (!accept(std::string_view(&character, 1))) fail();
  }

  int fail() noexcept {
    ok_ = false;
    text_ = {};
    return 0;
  }
  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }
  [[nodiscard]] bool ok() const noexcept { return ok_; }

 private:
  [[nodiscard]] bool at_digit() const noexcept {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }
  char take() noexcept {
    const char first = text_.front();
    text_.remove_prefix(1);
    return first;
  }

  std::string_view text_;
  bool ok_ = true;
};

double read_day(DateReader& reader) noexcept {
  const int year = reader.number(4, 0, 9999);
  reader.expect('-');
  const int month = reader.number(2, 1, 12);
  reader.expect('-');
  const int day = reader.number(2, 1, 31);
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) reader.fail();  // the 30th of February
  return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count()) * 86'400;
}

double read_time(DateReader& reader) noexcept {
  double seconds = reader.number(2, 0, 23) * 3'600.0;
  reader.expect(':');
  seconds += reader.number(2, 0, 59) * 60.0;
  if (!reader.accept(":")) return seconds;
  seconds += reader.number(2, 0, 60);  // 60 in a leap second
  return reader.accept(".,") ? seconds + reader.fraction() : seconds;
}

// What is to be taken off to get UTC.
double read_offset(DateReader& reader) noexcept {
  if (reader.at_end() || reader.accept("Zz")) return 0;
  const double sign = reader.accept("-") ? -1 : 1;
  if (sign > 0) reader.expect('+');
  const double hours = reader.number(2, 0, 23);
  reader.expect(':');
  return sign * (hours * 3'600 + reader.number(2, 0, 59) * 60.0);
}

std::optional<double> read(std::string_view text) noexcept {
  DateReader reader(text);
  double seconds = read_day(reader);
  if (reader.ok() && !reader.at_end()) {
    if (!reader.accept("Tt ")) return std::nullopt;
    seconds += read_time(reader);
    seconds -= read_offset(reader);
  }
  return reader.ok() && reader.at_end() ? std::optional(seconds) : std::nullopt;
}

}  // namespace

std::optional<double> seconds_since_1970(const Value& value) noexcept {
  if (const auto* text = value.get_if<std::string>()) return read(*text);
  if (const auto* integer = value.get_if<std::int64_t>()) return static_cast<double>(*integer);
  const auto* real = value.get_if<double>();
  return real != nullptr && std::isfinite(*real) ? std::optional(*real) : std::nullopt;
}

}  // namespace scaup::inline v0
