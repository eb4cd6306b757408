// Base64: four characters at a time, by one table for each place of the four.

#include "base/base64.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/bytes.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kForeign = 0x01000000;  // above the 24 bits that four characters carry

using Places = std::array<std::array<std::uint32_t, 256>, 4>;

// The bits of a character at each place, so that the or of four entries has the three bytes in little-endian order.
constexpr Places make_places() {
  Places places = {};
  for (auto& place : places) place.fill(kForeign);
  for (std::uint32_t value = 0; value < 64; ++value) {
    const auto character = static_cast<unsigned char>(kAlphabet[value]);
    places[0][character] = value << 2U;
    places[1][character] = (value >> 4U) | ((value & 15U) << 12U);
    places[2][character] = ((value >> 2U) << 8U) | ((value & 3U) << 22U);
    places[3][character] = value << 16U;
  }
  return places;
}

constexpr Places kPlaces = make_places();

std::uint32_t decode_four(const char* text) noexcept {
  const auto at = [text](std::size_t place) { return kPlaces[place][static_cast<unsigned char>(text[place])]; };
  return at(0) | at(1) | at(2) | at(3);
}

std::size_t padding_of(std::string_view text) noexcept {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

void put(std::span<std::byte> out, std::uint32_t bits) noexcept {
  for (std::byte& byte : out) {
    byte = static_cast<std::byte>(bits & 0xFFU);
    bits >>= 8U;
  }
}

// The last four characters, of which up to two are padding: as if 'A' (no bits) stood there.
bool decode_last(std::string_view text, std::span<std::byte> out) noexcept {
  std::array<char, 4> four = {'A', 'A', 'A', 'A'};
  std::memcpy(four.data(), text.data(), 1 + out.size());
  const std::uint32_t bits = decode_four(four.data());
  put(out, bits);
  return (bits >> (8 * out.size())) == 0 || (out.size() == 3 && (bits & kForeign) == 0);
}

}  // namespace

std::optional<std::size_t> decoded_base64_size(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  return text.size() / 4 * 3 - padding_of(text);
}

bool decode_base64(std::string_view text, std::span<std::byte> out) noexcept {
  if (text.empty()) return true;
  const std::size_t whole = text.size() / 4 - 1;  // the last group may be padded and is done apart
  std::uint32_t seen = 0;
  for (std::size_t group = 0; group < whole; ++group) {
    const std::uint32_t bits = decode_four(text.data() + group * 4);
    seen |= bits;
    // Four bytes are stored where three count: the next group, and there is one, overwrites the fourth.
    const std::uint32_t bytes = detail::to_little_endian(bits);
    std::memcpy(out.data() + group * 3, &bytes, sizeof bytes);
  }
  return decode_last(text.substr(whole * 4), out.subspan(whole * 3)) && (seen & kForeign) == 0;
}

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = (bits << 8U) | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= three.size() ? kAlphabet[(bits >> (18 - 6 * i)) & 63U] : '=';
  }
}

}  // namespace scaup::inline v0
