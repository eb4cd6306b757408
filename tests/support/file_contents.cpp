#include "support/file_contents.hpp"

#include <algorithm>
#include <limits>

namespace scaup::test {
namespace {

constexpr std::uint64_t kSector = 512;
constexpr std::uint64_t kPage = 4096;

// A number that depends on both in no visible way (the finaliser of SplitMix64).
std::uint64_t mix(std::uint64_t salt, std::uint64_t number) noexcept {
  std::uint64_t bits = salt + number * 0x9E3779B97F4A7C15U;
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

}  // namespace

// How many of the changes each unit of the file, and its size, has seen.
struct FileContents::Moments {
  enum class Spread : std::uint8_t { same, torn, old_or_new, any };

  std::uint64_t count;   // of all changes
  std::uint64_t common;  // for `same`; `torn` has this or one more
  std::uint64_t of_size;
  std::uint64_t unit;  // bytes; a page is how the kernel writes back, a sector how the disk does
  std::uint64_t salt;
  Spread spread;

  static Moments draw(CrashChoice& choice, std::uint64_t count) {
    Moments moments = {};
    moments.count = count;
    moments.common = choice.below(count + 1);
    const std::uint64_t sizes[] = {moments.common, count, choice.below(count + 1)};
    moments.of_size = sizes[choice.below(3)];
    moments.unit = choice.below(3) == 0 ? kPage : kSector;
    moments.salt = choice.below(std::numeric_limits<std::uint64_t>::max());
    moments.spread = static_cast<Spread>(choice.below(4));
    return moments;
  }

  [[nodiscard]] std::uint64_t of_unit(std::uint64_t number) const noexcept {
    const std::uint64_t bits = mix(salt, number);
    switch (spread) {
      case Spread::same: return common;
      case Spread::torn: return std::min(common + bits % 2, count);
      case Spread::old_or_new: return bits % 2 == 0 ? 0 : count;
      case Spread::any: break;
    }
    return bits % (count + 1);
  }
};

void FileContents::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  current_.write(offset, bytes);
  unsynced_.push_back({.offset = offset, .bytes = {bytes.begin(), bytes.end()}, .size_after = current_.size()});
}

void FileContents::resize(std::uint64_t size) {
  if (size == current_.size()) return;
  current_.resize(size);
  unsynced_.push_back({.size_after = size});
}

void FileContents::sync() {
  const Moments all = {.count = unsynced_.size(),
                       .common = unsynced_.size(),
                       .of_size = unsynced_.size(),
                       .unit = kPage,
                       .salt = 0,
                       .spread = Moments::Spread::same};
  if (has_lost_) {
    replay(durable_, all);
  } else {  // the pages are made already: share them
    for (const Change& change : unsynced_) durable_.resize(std::min(durable_.size(), change.size_after));
    for (const Change& change : unsynced_) durable_.adopt_pages(current_, change.offset, change.bytes.size());
    durable_.resize(current_.size());
  }
  unsynced_.clear();
}

void FileContents::forget_unsynced() {
  has_lost_ = has_lost_ || !unsynced_.empty();
  unsynced_.clear();
}

SparseBytes FileContents::after_power_cut(CrashChoice& choice) const {
  if (choice.keeps_all()) return current_;
  if (choice.loses_all() || unsynced_.empty()) return durable_;
  SparseBytes contents = durable_;
  replay(contents, Moments::draw(choice, unsynced_.size()));
  return contents;
}

void FileContents::replay(SparseBytes& contents, const Moments& moments) const {
  std::uint64_t size = contents.size();
  for (std::uint64_t number = 0; number < unsynced_.size(); ++number) {
    const Change& change = unsynced_[number];
    if (number < moments.of_size) {
      size = change.size_after;
      if (change.size_after < contents.size() && change.bytes.empty()) contents.resize(change.size_after);
    }
    const std::uint64_t end = change.offset + change.bytes.size();
    for (std::uint64_t at = change.offset; at < end;) {
      const std::uint64_t next = std::min((at / moments.unit + 1) * moments.unit, end);
      const auto bytes = std::span(change.bytes).subspan(at - change.offset, next - at);
      if (number < moments.of_unit(at / moments.unit)) contents.write(at, bytes);
      at = next;
    }
  }
  contents.resize(size);
}

}  // namespace scaup::test
