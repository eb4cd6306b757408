// Fuzz target: any bytes as a text segment, searched, scored, and merged. Bytes are an edit of a valid segment more
// often than not, since few others pass the checks of sizes.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz.hpp"
#include "support/text_segments.hpp"

namespace {

using namespace scaup;

std::vector<std::byte> bytes_of(std::span<const std::byte> input) {
  static const std::vector<std::byte> kValid = test::sample_segment(140);
  if (input.empty() || (std::to_integer<unsigned>(input[0]) & 1U) == 0) {
    return {input.begin() + (input.empty() ? 0 : 1), input.end()};
  }
  std::vector<std::byte> bytes = kValid;
  for (std::size_t at = 1; at + 3 <= input.size(); at += 3) {
    const std::size_t place =
        std::to_integer<std::size_t>(input[at]) * 256 + std::to_integer<std::size_t>(input[at + 1]);
    bytes[place % bytes.size()] = input[at + 2];
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Status used = test::use_segment(bytes_of(std::as_bytes(std::span(data, size))));
  if (!used) {
    const ErrorCode code = used.error().code();
    fuzz::require(code == ErrorCode::corruption || code == ErrorCode::unsupported_format);
  }
  return 0;
}
