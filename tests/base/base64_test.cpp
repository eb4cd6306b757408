#include "base/base64.hpp"

#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace scaup;

namespace {

// The bytes, or "?" if the text is refused.
std::string decoded(std::string_view text) {
  const auto size = decoded_base64_size(text);
  if (!size) return "?";
  std::string out(*size, '\0');
  return decode_base64(text, std::as_writable_bytes(std::span(out))) ? out : "?";
}

std::string encoded(std::string_view bytes) {
  std::string out;
  append_base64(out, bytes);
  return out;
}

}  // namespace

TEST_CASE("base64: the test vectors of RFC 4648 go both ways") {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xFF\xFE\xFD", "//79"}};
  for (const auto& [bytes, text] : vectors) {
    REQUIRE(encoded(bytes) == text);
    REQUIRE(decoded(text) == bytes);
  }
}

TEST_CASE("base64: any bytes come back") {
  std::mt19937_64 random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
    REQUIRE(decoded(encoded(bytes)) == bytes);
  }
}

TEST_CASE("base64: one foreign character at any place is refused") {
  const std::string sound = encoded("sixteen bytes...");
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (const char foreign : {'-', '_', ' ', '\n', '=', '\0', '\xE9', '!'}) {
      std::string text = sound;
      if (text[at] == '=') continue;
      if (foreign == '=' && at == sound.size() - 3) continue;  // "Lg==" with one more is caught by its length
      text[at] = foreign;
      INFO(at << " " << static_cast<int>(foreign));
      REQUIRE(decoded(text) == "?");
    }
  }
}

TEST_CASE("base64: what no encoder writes is refused") {
  for (const char* text : {"Zg", "Zg=", "Zm9vY", "====", "=Zm9", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "A=A="}) {
    INFO(text);
    REQUIRE(decoded(text) == "?");
  }
}
