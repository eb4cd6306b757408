// The server of the measurements: the tests' FaultServer, without faults.

#include <algorithm>
#include <cstdio>
#include <string>

#include "replies.hpp"
#include "support/fault_server.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

// How many texts a request has, whose texts hold neither quotes nor brackets: half the quotes of its list.
std::size_t count_texts(const std::string& body) {
  const std::size_t begin = body.find("\"input\":[");
  if (begin == std::string::npos) return 0;
  const std::string_view list = std::string_view(body).substr(begin + 9, body.find(']', begin) - begin - 9);
  return static_cast<std::size_t>(std::ranges::count(list, '"')) / 2;
}

}  // namespace

void serve(std::size_t delay_ms, std::size_t dimension) {
  const std::string row = base64_row(dimension, 1);
  const test::FaultServer server([&](const test::FaultRequest& request) {
    auto reply = test::FaultReply::json(request.method == "POST" ? reply_of(row, count_texts(request.body)) : "{}");
    reply.delay = std::chrono::milliseconds(delay_ms);
    return reply;
  });
  std::printf("%s\n", server.url().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}

}  // namespace scaup::bench
