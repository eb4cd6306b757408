// A program whose tests pass and which nevertheless prints the key, as a test does that looks at an error message with
// the key in it: key_canary.py must find it.

#include "support/canary_key.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

TEST_CASE("key leak: an error message with the key, of which the test asks something else") {
  const std::string padding(50, 'x');  // so that the console's line ends within the key
  const Result<int> refused = Error(ErrorCode::unauthorized, padding + " no such key: " + std::string(kCanaryKey));
  require_error(refused, ErrorCode::unauthorized, {"no such key"});
}
