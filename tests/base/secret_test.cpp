#include "scaup/secret.hpp"

#include <stdlib.h>

#include <ostream>
#include <string>
#include <utility>

#include "base/wipe.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

std::string text_of(const Secret& secret) {
  return {reinterpret_cast<const char*>(secret.reveal().data()), secret.size()};
}

}  // namespace

static_assert(!Printable<Secret>);

TEST_CASE("secret: holds what it was made of, through copies and moves") {
  Secret a = Secret::from_string("canary");
  REQUIRE(text_of(a) == "canary");
  const Secret copy = a;
  Secret moved = std::move(a);
  REQUIRE(a.empty());  // NOLINT(bugprone-use-after-move): that is the point
  REQUIRE(moved == copy);
  moved = Secret::from_string("other");
  REQUIRE(text_of(moved) == "other");
  moved = copy;
  REQUIRE(text_of(moved) == "canary");
  moved = *&moved;
  REQUIRE(text_of(moved) == "canary");
}

TEST_CASE("secret: comparing looks at every byte and the size") {
  const Secret secret = Secret::from_string("canary");
  REQUIRE(secret == Secret::from_string("canary"));
  REQUIRE_FALSE(secret == Secret::from_string("xanary"));
  REQUIRE_FALSE(secret == Secret::from_string("canarx"));
  REQUIRE_FALSE(secret == Secret::from_string("canar"));
  REQUIRE(Secret() == Secret::from_string(""));
}

TEST_CASE("secret: comes from the environment, where it must be set and not empty") {
  setenv("SCAUP_TEST_SECRET", "canary", 1);
  REQUIRE(text_of(require_ok(Secret::from_environment("SCAUP_TEST_SECRET"))) == "canary");
  setenv("SCAUP_TEST_SECRET", "", 1);
  require_error(Secret::from_environment("SCAUP_TEST_SECRET"), ErrorCode::invalid_argument, {"SCAUP_TEST_SECRET"});
  unsetenv("SCAUP_TEST_SECRET");
  require_error(Secret::from_environment("SCAUP_TEST_SECRET"), ErrorCode::not_found, {"SCAUP_TEST_SECRET"});
}

TEST_CASE("secret: wiping leaves zeros") {
  std::vector<std::byte> bytes(100, std::byte{7});
  wipe(bytes);
  REQUIRE(bytes == std::vector<std::byte>(100));
}
