// From the text of a reply to a matrix, as the embedder clients do it; normalising comes after.

#include <time.h>

#include <charconv>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "json/json_tree.hpp"
#include "providers/embedding_reply.hpp"
#include "replies.hpp"
#include "storage/measuring.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kRows = 2048;
constexpr std::size_t kDimension = 1536;

/// Of this thread: what other programs do at the same time does not count.
double processor_seconds() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void decode(std::string body) {
  const auto tree = JsonTree::parse(std::move(body));
  if (!tree) throw std::runtime_error(tree.error().message());
  const auto reply =
      read_embedding_reply(EmbeddingShape::list, tree->root(), {.count = kRows, .dimension = kDimension});
  if (!reply) throw std::runtime_error(reply.error().message());
}

/// Nothing but the numbers of the body, by the standard library: what the machine of this run can do.
void read_numbers(std::string body) {
  float sum = 0;
  const char* const end = body.data() + body.size();
  for (const char* at = body.data(); at < end;) {
    float value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    at = error == std::errc() ? next : at + 1;
    sum += value;
  }
  if (sum == 0) throw std::runtime_error("the numbers of a reply were not read");
}

// As the transport makes it: piece by piece, so that the text seldom fills what it has.
std::string received(const std::string& body) {
  constexpr std::size_t kPiece = std::size_t{128} << 10;
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += kPiece) text.append(body, at, kPiece);
  return text;
}

double mb_per_second(const std::string& body, std::size_t rounds, void (*read)(std::string)) {
  std::vector<double> seconds;
  for (std::size_t i = 0; i < rounds; ++i) {
    std::string copy = received(body);
    const double start = processor_seconds();
    read(std::move(copy));
    seconds.push_back(processor_seconds() - start);
  }
  return static_cast<double>(body.size()) * 1e-6 / median(seconds);
}

}  // namespace

void measure_decoding(std::size_t rounds) {
  const std::string numbers = reply_of(number_row(kDimension, 2), kRows);
  const double decoding = mb_per_second(numbers, rounds, decode);
  report("json_decode_mb_s", decoding);
  report("json_decode_vs_from_chars", decoding / mb_per_second(numbers, rounds, read_numbers));
  report("base64_decode_mb_s", mb_per_second(reply_of(base64_row(kDimension, 2), kRows), rounds, decode));
}

}  // namespace scaup::bench
