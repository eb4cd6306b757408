#pragma once
// A stream in chunks of 64 KiB, each with a tag that binds it to its archive, its number and whether it is the last:
// what is damaged, dropped, repeated, reordered, cut off or appended does not verify.
//
// With a key this is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015) with AES-256-GCM: the nonce is
// a random prefix of 7 bytes, the chunk's number in 4, and 1 for the last chunk or 0; the header is associated data.
// Without a key the tag is an XXH3 hash, which finds accidents and no attackers.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "archive/header.hpp"
#include "base/scratch_bytes.hpp"
#include "scaup/archive.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

inline constexpr std::size_t kChunkBytes = std::size_t{64} << 10;

enum class ChunkPlace : std::uint8_t { inner = 0, last = 1 };

/// Makes and checks the tags of one archive's chunks; `text` is encrypted or decrypted in place.
/// Single-threaded: one thread at a time, even for const members.
class ChunkGuard {
 public:
  virtual ~ChunkGuard() = default;
  [[nodiscard]] virtual std::size_t tag_bytes() const noexcept = 0;
  [[nodiscard]] virtual Status seal(std::uint32_t number, ChunkPlace place, std::span<std::byte> text,
                                    std::span<std::byte> tag) = 0;
  /// Errors: `corruption`; then `text` must not be used.
  [[nodiscard]] virtual Status open(std::uint32_t number, ChunkPlace place, std::span<std::byte> text,
                                    std::span<const std::byte> tag) = 0;
};

/// A guard that hashes, for archives without a key.
[[nodiscard]] std::unique_ptr<ChunkGuard> make_hash_guard(std::uint64_t archive_id);

/// Fills `header.key_check` and returns the guard that encrypts. The salt and nonce prefix must be new and random.
[[nodiscard]] Result<std::unique_ptr<ChunkGuard>> make_cipher_guard(ArchiveHeader& header, const EncryptionKey& key);

/// The guard that decrypts; `bytes` are the header as it was read, whatever this version makes of it.
/// Errors: `unauthorized` if the key is not that of the archive.
[[nodiscard]] Result<std::unique_ptr<ChunkGuard>> open_cipher_guard(const ArchiveHeader& header,
                                                                    const HeaderBytes& bytes, const EncryptionKey& key);

/// A sink that writes chunks to `next`, which is borrowed.
class ChunkSink final : public ByteSink {
 public:
  ChunkSink(ByteSink& next, std::unique_ptr<ChunkGuard> guard);
  [[nodiscard]] Status write(std::span<const std::byte> bytes) override;
  [[nodiscard]] Status finish() override;

 private:
  [[nodiscard]] Status write_chunk(ChunkPlace place);

  ByteSink& next_;
  std::unique_ptr<ChunkGuard> guard_;
  ScratchBytes buffer_;  // the chunk being filled, with room for its tag; full ones wait for what follows
  std::size_t filled_ = 0;
  std::uint64_t number_ = 0;
};

/// A source that reads chunks from `next`, which is borrowed, and gives out what has verified.
/// Errors: `corruption` with the number of the chunk.
class ChunkSource final : public ByteSource {
 public:
  ChunkSource(ByteSource& next, std::unique_ptr<ChunkGuard> guard);
  [[nodiscard]] Result<std::size_t> read(std::span<std::byte> out) override;

 private:
  [[nodiscard]] Status read_chunk();

  ByteSource& next_;
  std::unique_ptr<ChunkGuard> guard_;
  ScratchBytes buffer_;    // a chunk, its tag, and the first byte of the next one, which shows that there is one
  std::size_t ahead_ = 0;  // whether that byte was read
  std::size_t at_ = 0;     // next byte to give out
  std::size_t end_ = 0;    // one past the last verified byte
  std::uint64_t number_ = 0;
  bool last_seen_ = false;
};

}  // namespace scaup::inline v0
