// The choice of a table. The cases tagged [forced] are run once for each name, see CMakeLists.txt.

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <thread>

#include "scaup/metric.hpp"
#include "simd/kernels.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::string wanted_target() {
  const char* value = std::getenv("SCAUP_SIMD_TARGET");
  std::string name = value == nullptr ? "" : value;
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

bool is_available(std::string_view name) {
  return std::ranges::any_of(all_kernels(), [&](const Kernels& table) { return table.name == name; });
}

}  // namespace

TEST_CASE("simd target: without a wish it is the best table, with one the named table", "[forced]") {
  const std::string wanted = wanted_target();
  if (wanted.empty()) {
    REQUIRE(require_ok(simd_target()) == all_kernels().back().name);
    REQUIRE(kernels().name == all_kernels().back().name);
  } else if (is_available(wanted)) {
    REQUIRE(require_ok(simd_target()) == wanted);
    REQUIRE(kernels().name == wanted);
  } else {
    require_error(simd_target(), ErrorCode::invalid_argument, {"SCAUP_SIMD_TARGET", wanted, "SCALAR"});
    REQUIRE(kernels().name == "SCALAR");
  }
}

TEST_CASE("simd target: SCALAR is always there and NONSENSE never", "[forced]") {
  REQUIRE(is_available("SCALAR"));
  REQUIRE_FALSE(is_available("NONSENSE"));
}

TEST_CASE("simd target: scores are the same whatever the target", "[forced]") {
  std::vector<float> a(100);
  std::vector<float> b(100);
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = 1.0F / static_cast<float>(i + 1);
    b[i] = 1.0F / static_cast<float>(2 * i + 3);
  }
  REQUIRE(require_ok(score(Metric::inner_product, a, b)) ==
          all_kernels().front().dot_double(a.data(), b.data(), a.size()));
}

TEST_CASE("simd target: threads that ask for the first time together get one answer") {
  std::vector<const Kernels*> answers(8);
  {
    std::vector<std::jthread> threads;
    for (const Kernels*& answer : answers) threads.emplace_back([&answer] { answer = &kernels(); });
  }
  REQUIRE(std::ranges::count(answers, &kernels()) == 8);
}
