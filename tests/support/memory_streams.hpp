#pragma once
// Sinks and sources in memory, with steps of any size and failures at any byte.

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/archive.hpp"

namespace scaup::test {

class MemorySink final : public ByteSink {
 public:
  Status write(std::span<const std::byte> bytes) override {
    if (bytes.size() > fail_after_ - bytes_.size()) return Error(ErrorCode::io, "the sink is full");
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return {};
  }
  Status finish() override {
    ++finished_;
    return {};
  }

  void fail_after(std::size_t bytes) noexcept { fail_after_ = bytes; }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] int finished() const noexcept { return finished_; }
  [[nodiscard]] std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t fail_after_ = std::numeric_limits<std::size_t>::max();
  int finished_ = 0;
};

/// Gives at most `step` bytes a read. The bytes are borrowed.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::byte> bytes, std::size_t step = std::numeric_limits<std::size_t>::max())
      : bytes_(bytes), step_(step) {}
  explicit MemorySource(std::string_view text, std::size_t step = std::numeric_limits<std::size_t>::max())
      : MemorySource(std::as_bytes(std::span(text)), step) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t size = std::min({out.size(), step_, bytes_.size()});
    std::ranges::copy(bytes_.first(size), out.begin());
    bytes_ = bytes_.subspan(size);
    return size;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t step_;
};

/// Everything that a source gives, or its error.
inline Result<std::vector<std::byte>> read_all(ByteSource& source) {
  std::vector<std::byte> all;
  std::vector<std::byte> block(10'000);
  for (;;) {
    const Result<std::size_t> got = source.read(block);
    if (!got) return got.error();
    if (*got == 0) return all;
    all.insert(all.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*got));
  }
}

}  // namespace scaup::test
