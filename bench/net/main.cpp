// bench_net WHAT [ARGUMENT...]: serves, or measures one thing and prints `name<TAB>value` lines. See workloads.hpp.

#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <string>

#include "workloads.hpp"

namespace {

using namespace scaup::bench;

using Workload = std::function<void(const std::string&, const std::string&)>;

std::map<std::string, Workload> workloads() {
  return {{"serve", [](const auto& delay, const auto& dimension) { serve(std::stoul(delay), std::stoul(dimension)); }},
          {"batches", [](const auto& url, const auto& texts) { measure_batches(url, std::stoul(texts)); }},
          {"overhead", [](const auto& url, const auto& count) { measure_overhead(url, std::stoul(count)); }},
          {"memory", [](const auto& url, const auto& texts) { measure_memory(url, std::stoul(texts)); }},
          {"decoding", [](const auto& rounds, const auto&) { measure_decoding(std::stoul(rounds)); }}};
}

}  // namespace

int main(int count, char** arguments) {
  const auto known = workloads();
  const auto found = count < 3 ? known.end() : known.find(arguments[1]);
  if (found == known.end()) {
    std::fputs("usage: bench_net WHAT ARGUMENT [ARGUMENT]\n", stderr);
    return 2;
  }
  try {
    found->second(arguments[2], count > 3 ? arguments[3] : "");
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_net %s: %s\n", arguments[1], error.what());
    return 1;
  }
}
