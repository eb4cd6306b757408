// Calls a port on which nothing listens: exit code 0 if the transport says so.

#include <scaup/http.hpp>

#include <cstdio>

int main() {
  const auto transport = scaup::make_http_transport();
  if (!transport) return 1;
  const auto answer = (*transport)->send({.url = "http://127.0.0.1:1/"});
  if (answer) return 1;
  std::printf("%s\n", answer.error().message().c_str());
  return answer.error().code() == scaup::ErrorCode::unavailable ? 0 : 1;
}
