// Decimal to float. Nearly all numbers take the short way: at most 19 digits and a small exponent, so that one
// multiplication in double gives a value whose rounding to float is certain unless it lies next to the middle between
// two floats; std::from_chars decides those, and all others.

#include "json/number_list.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {
namespace {

constexpr int kMaxPower = 22;  // the last power of ten that a double holds exactly

// 10^-22 to 10^22; those below 1 are the nearest double.
constexpr std::array<double, 2 * kMaxPower + 1> make_powers() {
  std::array<double, 2 * kMaxPower + 1> powers = {};
  double power = 1;
  for (std::size_t i = 0; i <= kMaxPower; ++i, power *= 10) {
    powers[kMaxPower + i] = power;
    powers[kMaxPower - i] = 1 / power;
  }
  return powers;
}

constexpr auto kPowers = make_powers();
constexpr std::array<std::uint64_t, 9> kWholePowers = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
constexpr std::size_t kMaxDigits = 19;        // what 64 bits hold, whatever the digits
constexpr int kMaxExponent = 10000;           // what follows is not read on: no number of digits brings it back
constexpr std::ptrdiff_t kMaxText = 1 << 30;  // of one number, so that exponents fit an int

struct Scanned {
  std::uint64_t digits = 0;     // as one integer, where there are at most 19
  std::size_t digit_count = 0;  // zeros in front are left out where it matters
  int exponent = 0;
  bool negative = false;
  const char* end = nullptr;  // null: no JSON number
};

bool is_digit(char c) noexcept {
  return static_cast<unsigned char>(c - '0') < 10;
}

// How many of the eight characters of `word`, from the first on, are digits (Mula's test, a byte at a time in one
// word).
unsigned leading_digits(std::uint64_t word) noexcept {
  const std::uint64_t high = (word & 0xF0F0F0F0F0F0F0F0U) ^ 0x3030303030303030U;
  const std::uint64_t low = ((word & 0x0F0F0F0F0F0F0F0FU) + 0x0606060606060606U) & 0xF0F0F0F0F0F0F0F0U;
  const std::uint64_t foreign = high | low;
  return foreign == 0 ? 8U : static_cast<unsigned>(std::countr_zero(foreign)) / 8U;
}

// The number that eight digits, the first in the lowest byte, stand for: pairs, then fours, then all.
std::uint64_t eight_digits(std::uint64_t word) noexcept {
  word = (word & 0x0F0F0F0F0F0F0F0FU) * 2561U >> 8U;
  word = (word & 0x00FF00FF00FF00FFU) * 6553601U >> 16U;
  return (word & 0x0000FFFF0000FFFFU) * 42949672960001U >> 32U;
}

// Takes digits from `at` on. Sums wrap where there are more than 19, which the caller sees by their count.
const char* take_digits(const char* at, const char* end, std::uint64_t& digits) noexcept {
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    word = detail::to_little_endian(word);
    const unsigned count = leading_digits(word);
    if (count == 0) return at;
    // Digits that are not there become zeros in front.
    digits = digits * kWholePowers[count] + eight_digits(word << (8U * (8U - count)));
    at += count;
    if (count < 8) return at;
  }
  while (at < end && is_digit(*at)) digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  return at;
}

bool scan_exponent(Scanned& number, const char* at, const char* end) noexcept {
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) ++at;
  const char* const first = at;
  int value = 0;
  for (; at < end && is_digit(*at); ++at) {
    if (value < kMaxExponent) value = value * 10 + (*at - '0');
  }
  number.exponent += negative ? -value : value;
  number.end = at;
  return at != first;
}

std::size_t zeros_in_front(const char* at, const char* end) noexcept {
  std::size_t count = 0;
  for (; at < end && (*at == '0' || *at == '.'); ++at) count += *at == '0' ? 1 : 0;
  return count;
}

// By the grammar of RFC 8259, section 6.
Scanned scan(const char* at, const char* end) noexcept {
  Scanned number;
  number.negative = at < end && *at == '-';
  at += number.negative ? 1 : 0;
  const char* const whole = at;
  while (at < end && is_digit(*at)) number.digits = number.digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
  number.digit_count = static_cast<std::size_t>(at - whole);
  if (number.digit_count == 0 || (number.digit_count > 1 && *whole == '0')) return {};
  if (at < end && *at == '.') {
    const char* const fraction = ++at;
    at = take_digits(at, end, number.digits);
    const std::ptrdiff_t count = at - fraction;
    if (count == 0) return {};
    number.digit_count += static_cast<std::size_t>(count);
    if (number.digit_count > kMaxDigits) number.digit_count -= zeros_in_front(whole, at);
    number.exponent = -static_cast<int>(std::min<std::ptrdiff_t>(count, kMaxText));
  }
  number.end = at;
  if (at < end && (*at == 'e' || *at == 'E') && !scan_exponent(number, at + 1, end)) return {};
  return number;
}

// The float by one multiplication of doubles, or nothing where rounding is not certain.
std::optional<float> quick_float(const Scanned& number) noexcept {
  if (number.digit_count > kMaxDigits || number.exponent < -kMaxPower || number.exponent > kMaxPower)
    return std::nullopt;
  const double value =
      static_cast<double>(number.digits) * kPowers[static_cast<std::size_t>(number.exponent + kMaxPower)];
  if (value > 3e38 || (value < 1.2e-38 && number.digits != 0)) return std::nullopt;
  // Three roundings: `value` is off by at most three units of its last place. Where the 29 bits that float drops are
  // not so near to one half, the float is the nearest one.
  const std::uint64_t dropped = std::bit_cast<std::uint64_t>(value) & 0x1FFFFFFFU;
  if (dropped - 0x0FFFFFF8U <= 0x10U) return std::nullopt;
  // The sign is as good as random, so it is put in without a branch.
  const std::uint32_t sign = number.negative ? 0x80000000U : 0;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(value)) | sign);
}

// Whether a number that float or double cannot hold is too small rather than too large.
bool is_tiny(const char* begin, const char* end, const Scanned& number) noexcept {
  std::ptrdiff_t significant = 0;  // digits from the first one that is not 0 on
  for (const char* at = begin; at < end && *at != 'e' && *at != 'E'; ++at) {
    if (is_digit(*at) && (significant > 0 || *at != '0')) ++significant;
  }
  return significant + number.exponent <= 0;
}

// The nearest Float, or nothing beyond the range of it.
template <typename Float>
std::optional<Float> exact_number(const char* begin, const char* end, const Scanned& number) noexcept {
  Float value = 0;
  const std::errc error = std::from_chars(begin, end, value).ec;
  if (error == std::errc()) return value;
  if (!is_tiny(begin, end, number)) return std::nullopt;
  return number.negative ? -Float(0) : Float(0);
}

const char* skip_space(const char* at, const char* end) noexcept {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

Error element_error(std::size_t element, std::string_view what) {
  return {ErrorCode::invalid_argument, "element " + std::to_string(element) + " " + std::string(what)};
}

std::string seen(const char* at, const char* end) {
  return at == end
             ? "is missing"
             : "is no number, near " + in_quotes({at, std::min<std::size_t>(16, static_cast<std::size_t>(end - at))});
}

}  // namespace

std::optional<double> read_double(std::string_view text) noexcept {
  const char* const end = text.data() + text.size();
  const Scanned number = scan(text.data(), end);
  if (number.end != end || text.empty()) return std::nullopt;
  return exact_number<double>(text.data(), end, number);
}

Status append_floats(std::string_view text, std::size_t max_count, std::vector<float>& out) {
  const char* const end = text.data() + text.size();
  const char* at = skip_space(text.data(), end);
  if (at == end || *at != '[') return Error(ErrorCode::invalid_argument, "no array");
  at = skip_space(at + 1, end);
  if (at < end && *at == ']') return {};
  for (std::size_t element = 0;; ++element) {
    const Scanned number = scan(at, end);
    if (number.end == nullptr) return element_error(element, seen(at, end));
    if (element == max_count) return element_error(element, "is one too many");
    std::optional<float> value = quick_float(number);
    if (!value) value = exact_number<float>(at, number.end, number);
    if (!value) return element_error(element, "is beyond the range of float: " + in_quotes({at, number.end}));
    out.push_back(*value);
    at = skip_space(number.end, end);
    if (at == end) return Error(ErrorCode::invalid_argument, "the array has no end");
    if (*at == ']') return {};
    if (*at != ',') return element_error(element + 1, "is not separated by a comma, near " + in_quotes({at, 1}));
    at = skip_space(at + 1, end);
  }
}

}  // namespace scaup::inline v0
