// Every bit, every length, and every rearrangement of chunks: damage is found, never read as documents.

#include <algorithm>
#include <random>
#include <vector>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "support/archive_samples.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Sample small_sample() {
  std::mt19937_64 random(1);
  return random_sample(random, 2, 4);
}

struct Kind {
  std::optional<EncryptionKey> key;
  std::size_t tag_bytes;
};
const Kind kKinds[] = {{std::nullopt, 8}, {raw_key('k'), 16}, {passphrase("p"), 16}};

// What may come of damage: an error of one of these kinds, and nothing else.
bool is_found(const Result<Sample>& result) {
  if (result) return false;
  switch (result.error().code()) {
    case ErrorCode::corruption:
    case ErrorCode::unsupported_format:
    case ErrorCode::unauthorized: return true;
    default: return false;
  }
}

// Gives a changed header a hash that fits.
void repair_header(std::vector<std::byte>& archive) {
  std::vector<std::byte> hash;
  ByteWriter(hash).u64(hash64(std::span(archive).first(kHeaderBytes - 8)));
  std::ranges::copy(hash, archive.begin() + static_cast<std::ptrdiff_t>(kHeaderBytes - 8));
}

// An archive of several chunks, in pieces: the header, then each chunk with its tag.
std::vector<std::vector<std::byte>> pieces_of(const Kind& kind) {
  std::mt19937_64 random(3);
  Sample sample = random_sample(random, 1, 6);
  for (Document& document : sample[0].documents) {
    for (int i = 0; i < 60'000; ++i) document.text += static_cast<char>(' ' + random() % 95);  // compresses badly
  }
  const auto bytes = archive_of(sample, kind.key);
  std::vector<std::vector<std::byte>> pieces;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t size = at == 0 ? kHeaderBytes : std::min(kChunkBytes + kind.tag_bytes, bytes.size() - at);
    pieces.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  REQUIRE(pieces.size() >= 5);
  return pieces;
}

std::vector<std::byte> join(const std::vector<std::vector<std::byte>>& pieces) {
  std::vector<std::byte> bytes;
  for (const auto& piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

}  // namespace

TEST_CASE("archive damage: every flipped bit is found") {
  for (const Kind& kind : kKinds) {
    auto bytes = archive_of(small_sample(), kind.key);
    require_ok(read_sample(bytes, kind.key));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      const auto mask = static_cast<std::byte>(1U << (bit % 8));
      bytes[bit / 8] ^= mask;
      INFO("bit " << bit);
      REQUIRE(is_found(read_sample(bytes, kind.key)));
      bytes[bit / 8] ^= mask;
    }
  }
}

TEST_CASE("archive damage: every truncation is found, and every byte that is appended") {
  for (const Kind& kind : kKinds) {
    auto bytes = archive_of(small_sample(), kind.key);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      INFO("size " << size);
      require_error(read_sample(std::span(bytes).first(size), kind.key), ErrorCode::corruption);
    }
    bytes.push_back(std::byte{0});
    require_error(read_sample(bytes, kind.key), ErrorCode::corruption, {"chunk"});
  }
}

TEST_CASE("archive damage: chunks that are dropped, repeated, swapped or taken for the last are found") {
  for (const Kind& kind : kKinds) {
    const auto pieces = pieces_of(kind);
    // "chunk": it is the chunks that tell, not what is within.
    require_ok(read_sample(join(pieces), kind.key));
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      auto dropped = pieces;
      dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
      require_error(read_sample(join(dropped), kind.key), ErrorCode::corruption, {"chunk"});
      auto repeated = pieces;
      repeated.insert(repeated.begin() + static_cast<std::ptrdiff_t>(i), pieces[i]);
      require_error(read_sample(join(repeated), kind.key), ErrorCode::corruption, {"chunk"});
      const std::vector<std::vector<std::byte>> cut(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(i));
      require_error(read_sample(join(cut), kind.key), ErrorCode::corruption, {"chunk"});
      if (i + 1 == pieces.size()) continue;
      auto swapped = pieces;
      std::swap(swapped[i], swapped[i + 1]);
      require_error(read_sample(join(swapped), kind.key), ErrorCode::corruption, {"chunk"});
    }
  }
}

TEST_CASE("archive damage: chunks of another archive under the same key are found") {
  for (const Kind& kind : kKinds) {
    const auto ours = pieces_of(kind);
    const auto theirs = pieces_of(kind);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      auto mixed = ours;
      mixed[i] = theirs[i];
      REQUIRE(is_found(read_sample(join(mixed), kind.key)));
    }
  }
}

TEST_CASE("archive damage: a changed header is found though its hash was repaired") {
  const auto bytes = archive_of(small_sample(), passphrase("p"));
  for (std::size_t at = 0; at < kHeaderBytes - 8; ++at) {
    auto changed = bytes;
    changed[at] ^= std::byte{1};
    repair_header(changed);
    INFO("byte " << at);
    REQUIRE(is_found(read_sample(changed, passphrase("p"))));
  }
}

TEST_CASE("archive damage: a header that asks for dear key derivation is refused before it is paid") {
  const std::size_t log2_n_at = 29;
  auto bytes = archive_of(small_sample(), passphrase("p"));
  REQUIRE(bytes[log2_n_at] == std::byte{kCheapScrypt.log2_n});
  for (const int log2_n : {0, 21, 63, 255}) {
    bytes[log2_n_at] = static_cast<std::byte>(log2_n);
    repair_header(bytes);
    require_error(read_sample(bytes, passphrase("p")), ErrorCode::unsupported_format, {"scrypt: log2(N)"});
  }
}

TEST_CASE("archive damage: another version or an unknown feature is refused as such") {
  const auto good = archive_of(small_sample());
  const auto changed = [&](std::size_t at, int value) {
    auto bytes = good;
    bytes[at] = static_cast<std::byte>(value);
    repair_header(bytes);
    return read_sample(bytes);
  };
  require_error(changed(8, 2), ErrorCode::unsupported_format, {"version 2.0", "Upgrade"});
  require_error(changed(12, 2), ErrorCode::unsupported_format, {"features 2"});
  require_error(changed(28, 3), ErrorCode::unsupported_format, {"key source 3"});
  require_error(changed(28, 2), ErrorCode::corruption, {"contradict"});
  require_ok(changed(10, 9));  // a later minor version, and
  require_ok(changed(16, 1));  // a feature that may be ignored
}

TEST_CASE("archive damage: files that are no archive are refused as such") {
  std::vector<std::byte> bytes(1000);
  require_error(read_sample(bytes), ErrorCode::corruption, {"no archive"});
  require_error(read_sample(std::span(bytes).first(0)), ErrorCode::corruption, {"no archive"});
}
