// Hashes are stored on disk, so their values must never change.

#include "base/hash.hpp"

#include <cstdint>
#include <span>
#include <string>

#include "support/catch.hpp"

using namespace scaup;

namespace {

// The buffer of xxHash's own sanity check: the top bytes of powers of a prime.
std::string sanity_buffer(std::size_t size) {
  std::string buffer;
  std::uint64_t state = 2654435761U;
  for (std::size_t i = 0; i < size; ++i) {
    buffer += static_cast<char>(static_cast<unsigned char>(state >> 56U));
    state *= 11400714785074694797U;
  }
  return buffer;
}

struct Vector {
  std::size_t size;
  std::uint64_t hash;
};

}  // namespace

TEST_CASE("hash: 64 bits equal the values of the XXH3 sanity check") {
  for (const auto& [size, hash] :
       {Vector{0, 0x2D06800538D394C2U}, Vector{1, 0xC44BDFF4074EECDBU}, Vector{6, 0x27B56A84CD2D7325U},
        Vector{12, 0xA713DAF0DFBB77E7U}, Vector{24, 0xA3FE70BF9D3510EBU}, Vector{48, 0x397DA259ECBA1F11U},
        Vector{80, 0xBCDEFBBB2C47C90AU}, Vector{195, 0xCD94217EE362EC3AU}, Vector{403, 0xCDEB804D65C6DEA4U},
        Vector{512, 0x617E49599013CB6BU}, Vector{2048, 0xDD59E2C3A5F038E0U}, Vector{2240, 0x6E73A90539CF2948U},
        Vector{2367, 0xCB37AEB9E5D361EDU}}) {
    INFO("size " << size);
    REQUIRE(hash64(sanity_buffer(size)) == hash);
  }
  REQUIRE(hash64(std::string_view(), 11400714785074694797U) == 0xA8A6B918B2F0364AU);
}

TEST_CASE("hash: 128 bits of the empty text equal the value of the XXH3 sanity check") {
  REQUIRE(hash128(std::string_view()) == Hash128{0x6001C324468D497FU, 0x99AA06D3014798D8U});
}

TEST_CASE("hash: bytes and text of the same content have the same hash") {
  for (const std::size_t size : {0U, 1U, 17U, 300U, 5000U}) {
    const std::string text = sanity_buffer(size);
    REQUIRE(hash64(std::as_bytes(std::span(text)), 5) == hash64(text, 5));
  }
}

TEST_CASE("hash: the seed and every byte change it") {
  const std::string text = sanity_buffer(300);
  REQUIRE(hash64(text, 1) != hash64(text, 2));
  REQUIRE_FALSE(hash128(text, 1) == hash128(text, 2));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    REQUIRE(hash64(changed) != hash64(text));
    REQUIRE_FALSE(hash128(changed) == hash128(text));
  }
}
