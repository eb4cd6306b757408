// serve_replies: prints its address, then answers as providers do (see support/provider_replies.hpp) until the standard
// input ends.

#include <cstdio>

#include "support/provider_replies.hpp"

int main() {
  const scaup::test::FaultServer server(scaup::test::well_formed_reply);
  std::printf("%s\n", server.url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}
