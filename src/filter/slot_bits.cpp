// Reading and writing the portable Roaring format.

#include "filter/slot_bits.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

namespace scaup::inline v0 {
namespace {

// The format is little-endian and its bitsets are read as words, as CRoaring itself does.
static_assert(std::endian::native == std::endian::little);

// Constants of the specification.
constexpr std::uint32_t kCookieWithoutRuns = 12346;
constexpr std::uint32_t kCookieWithRuns = 12347;
constexpr std::size_t kMaxArray = 4096;            // values; a container with more is a bitset
constexpr std::size_t kOffsetsFromContainers = 4;  // with runs, offsets are left out below this
constexpr std::size_t kWordsPerChunk = 1024;

template <typename T>
T read(const char* at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
char* write(char* at, T value) noexcept {
  std::memcpy(at, &value, sizeof value);
  return at + sizeof value;
}

// 65,536 slots, of which some are set.
struct Chunk {
  std::uint16_t key = 0;
  std::size_t count = 0;
  std::span<const std::uint64_t> words = {};

  [[nodiscard]] bool is_array() const noexcept { return count <= kMaxArray; }
  [[nodiscard]] std::size_t bytes() const noexcept { return is_array() ? 2 * count : 8 * kWordsPerChunk; }
};

std::vector<Chunk> find_chunks(std::span<const std::uint64_t> words) {
  std::vector<Chunk> chunks;
  for (std::size_t first = 0; first < words.size(); first += kWordsPerChunk) {
    const auto part = words.subspan(first, std::min(kWordsPerChunk, words.size() - first));
    std::size_t count = 0;
    for (const std::uint64_t word : part) count += static_cast<std::size_t>(std::popcount(word));
    if (count > 0) chunks.push_back({static_cast<std::uint16_t>(first / kWordsPerChunk), count, part});
  }
  return chunks;
}

char* write_array(char* at, std::span<const std::uint64_t> words) noexcept {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (std::uint64_t rest = words[i]; rest != 0; rest &= rest - 1) {
      at = write(at, static_cast<std::uint16_t>(64 * i + static_cast<std::size_t>(std::countr_zero(rest))));
    }
  }
  return at;
}

char* write_bitset(char* at, std::span<const std::uint64_t> words) noexcept {
  std::memset(at, 0, 8 * kWordsPerChunk);
  std::memcpy(at, words.data(), words.size_bytes());
  return at + 8 * kWordsPerChunk;
}

// Sets the bits of one container, those that fit into `words`: the words of its chunk, fewer at the end.
class ChunkBits {
 public:
  explicit ChunkBits(std::span<std::uint64_t> words) noexcept : words_(words) {}

  const char* read_bitset(const char* at) noexcept {
    if (!words_.empty()) std::memcpy(words_.data(), at, words_.size_bytes());
    return at + 8 * kWordsPerChunk;
  }

  const char* read_array(const char* at, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i, at += 2) set(read<std::uint16_t>(at));
    return at;
  }

  // Pairs of the first slot and the number of slots after it.
  const char* read_runs(const char* at) noexcept {
    std::size_t runs = read<std::uint16_t>(at);
    for (at += 2; runs > 0; --runs, at += 4) {
      const std::size_t first = read<std::uint16_t>(at);
      const std::size_t last = first + read<std::uint16_t>(at + 2);
      for (std::size_t bit = first; bit <= last; ++bit) set(bit);
    }
    return at;
  }

 private:
  void set(std::size_t bit) noexcept {
    if (bit / 64 < words_.size()) words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }

  std::span<std::uint64_t> words_;
};

// Where the parts of the header are.
struct Header {
  std::size_t containers = 0;
  const char* run_flags = nullptr;    // one bit a container; null if there are no runs
  const char* descriptors = nullptr;  // key and count - 1 of each container
  const char* first_container = nullptr;
};

Header read_header(const char* at) noexcept {
  Header header;
  const auto cookie = read<std::uint32_t>(at);
  at += 4;
  if ((cookie & 0xFFFFU) == kCookieWithRuns) {
    header.containers = (cookie >> 16U) + 1;
    header.run_flags = at;
    at += (header.containers + 7) / 8;
  } else {
    header.containers = read<std::uint32_t>(at);
    at += 4;
  }
  const bool has_offsets = header.run_flags == nullptr || header.containers >= kOffsetsFromContainers;
  header.descriptors = at;
  header.first_container = at + header.containers * (has_offsets ? 8 : 4);
  return header;
}

std::span<std::uint64_t> chunk_of(std::span<std::uint64_t> words, std::size_t key) noexcept {
  const std::size_t first = std::min(key * kWordsPerChunk, words.size());
  return words.subspan(first, std::min(kWordsPerChunk, words.size() - first));
}

}  // namespace

PortableBitmap to_portable(std::span<const std::uint64_t> words) {
  const std::vector<Chunk> chunks = find_chunks(words);
  const std::size_t header = 8 + 8 * chunks.size();
  PortableBitmap out = {.size = header};
  for (const Chunk& chunk : chunks) out.size += chunk.bytes();
  out.bytes = std::make_unique_for_overwrite<char[]>(out.size);
  char* at = write(out.bytes.get(), kCookieWithoutRuns);
  at = write(at, static_cast<std::uint32_t>(chunks.size()));
  for (const Chunk& chunk : chunks) {
    at = write(at, chunk.key);
    at = write(at, static_cast<std::uint16_t>(chunk.count - 1));
  }
  std::size_t offset = header;
  for (const Chunk& chunk : chunks) {
    at = write(at, static_cast<std::uint32_t>(offset));
    offset += chunk.bytes();
  }
  for (const Chunk& chunk : chunks) {
    at = chunk.is_array() ? write_array(at, chunk.words) : write_bitset(at, chunk.words);
  }
  return out;
}

void from_portable(const char* bytes, std::span<std::uint64_t> words) noexcept {
  std::ranges::fill(words, 0);
  const Header header = read_header(bytes);
  const char* at = header.first_container;
  for (std::size_t i = 0; i < header.containers; ++i) {
    const std::size_t key = read<std::uint16_t>(header.descriptors + 4 * i);
    const std::size_t count = std::size_t{read<std::uint16_t>(header.descriptors + 4 * i + 2)} + 1;
    const bool is_run = header.run_flags != nullptr && ((header.run_flags[i / 8] >> (i % 8)) & 1) != 0;
    ChunkBits bits(chunk_of(words, key));
    if (is_run) {
      at = bits.read_runs(at);
    } else {
      at = count > kMaxArray ? bits.read_bitset(at) : bits.read_array(at, count);
    }
  }
}

}  // namespace scaup::inline v0
