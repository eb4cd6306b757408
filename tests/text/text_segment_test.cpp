// Segments whose bytes are damaged: an error, or a bounded answer, and never a read outside the bytes (which a build
// with sanitizers sees, for the bytes lie in a block of their own).

#include "text/postings/text_segment.hpp"

#include <algorithm>
#include <memory>
#include <random>

#include "support/catch.hpp"
#include "support/text_segments.hpp"
#include "text/postings/segment_writer.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Bytes = std::vector<std::byte>;

void require_bounded(const Bytes& bytes) {
  const Status used = use_segment(bytes);
  if (used) return;
  const ErrorCode code = used.error().code();
  REQUIRE((code == ErrorCode::corruption || code == ErrorCode::unsupported_format));
}

}  // namespace

TEST_CASE("text segment: what was written is read") {
  const auto segment = require_ok(open_owned(sample_segment(300)));
  REQUIRE(segment->documents() == 300);
  for (std::uint32_t document = 0; document < 300; ++document) {
    REQUIRE(segment->document_of(segment->slot(document)) == document);
  }
  REQUIRE_FALSE(segment->document_of(segment->slot(299) + 1));
  for (std::uint32_t term = 0; term < segment->terms(); ++term) {
    REQUIRE(segment->find(segment->term(term)) == term);
    if (term > 0) REQUIRE(segment->term(term - 1) < segment->term(term));
  }
  REQUIRE_FALSE(segment->find("absent"));
  require_ok(use_segment(sample_segment(300)));
}

TEST_CASE("text segment: the same documents give the same bytes, in whatever order they came") {
  REQUIRE(sample_segment(40) == sample_segment(40));
}

TEST_CASE("text segment: a slot past the limit is refused") {
  const Bytes bytes = sample_segment(10);
  const auto last = require_ok(TextSegment::open(bytes, nullptr))->slot(9);
  require_ok(TextSegment::open(bytes, nullptr, std::uint64_t{last} + 1));
  require_error(TextSegment::open(bytes, nullptr, last), ErrorCode::corruption, {"slot"});
}

TEST_CASE("text segment: a later version is told apart from damage") {
  Bytes bytes = sample_segment(3);
  bytes[4] = std::byte{2};
  require_error(TextSegment::open(bytes, nullptr), ErrorCode::unsupported_format, {"version 2"});
  bytes[0] = std::byte{0};
  require_error(TextSegment::open(bytes, nullptr), ErrorCode::corruption);
}

TEST_CASE("text segment: a shorter one is refused at every length") {
  const Bytes bytes = sample_segment(20);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    require_error(TextSegment::open(cut, nullptr), ErrorCode::corruption);
  }
}

TEST_CASE("text segment: a flipped bit is an error or a bounded answer") {
  const Bytes bytes = sample_segment(20);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 3) {
    Bytes damaged = bytes;
    damaged[bit / 8] ^= std::byte{1} << (bit % 8);
    require_bounded(damaged);
  }
}

TEST_CASE("text segment: extreme numbers are errors or bounded answers") {
  const Bytes bytes = sample_segment(150);
  std::mt19937_64 random(10);
  for (int round = 0; round < 1500; ++round) {
    Bytes damaged = bytes;
    for (std::size_t count = 1 + random() % 3; count > 0; --count) {
      const std::size_t at = random() % (damaged.size() - 4);
      const std::byte value = random() % 2 == 0 ? std::byte{0xFF} : static_cast<std::byte>(random() % 256);
      std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), 1 + random() % 4, value);
    }
    require_bounded(damaged);
  }
}
