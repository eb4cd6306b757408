#pragma once
// TextCursor: one term of a query in one segment.

#include <array>
#include <cstddef>
#include <cstdint>

#include "text/postings/text_query.hpp"
#include "text/postings/text_segment.hpp"

namespace scaup::inline v0 {

/// Decodes blocks when they are asked for and keeps the last few. A block that cannot be decoded counts as empty, and
/// the cursor as damaged from then on. Single-threaded: one thread at a time.
class TextCursor {
 public:
  using Postings = TextSegment::Postings;

  /// `weight` is that of the term in the query times idf. The segment is borrowed.
  TextCursor(const TextSegment& segment, const TextSegment::List& list, double weight) noexcept
      : segment_(&segment), list_(list), weight_(weight) {
    numbers_.fill(UINT32_MAX);
  }

  [[nodiscard]] bool damaged() const noexcept { return damaged_; }
  [[nodiscard]] double weight() const noexcept { return weight_; }
  [[nodiscard]] std::uint32_t blocks() const noexcept { return list_.blocks; }
  [[nodiscard]] std::uint32_t last_document(std::uint32_t block) const noexcept {
    return segment_->last_document(list_, block);
  }
  /// No document of the block is below.
  [[nodiscard]] std::uint32_t first_document(std::uint32_t block) const noexcept {
    return block == 0 ? 0 : last_document(block - 1) + 1;
  }
  [[nodiscard]] std::uint8_t body_impact(std::uint32_t block) const noexcept {
    return segment_->body_impact(list_, block);
  }
  [[nodiscard]] std::uint8_t title_impact(std::uint32_t block) const noexcept {
    return segment_->title_impact(list_, block);
  }

  /// The first block that ends at or after the position; `blocks()` if there is none.
  [[nodiscard]] std::uint32_t block() const noexcept { return block_; }
  /// Moves the position to a document. Cost: least where it is a little behind the last one.
  void seek(std::uint32_t document) noexcept;

  [[nodiscard]] bool is_decoded(std::uint32_t block) const noexcept { return numbers_[block % kKept] == block; }
  /// The postings of a block below `blocks()`.
  [[nodiscard]] const Postings& decoded(std::uint32_t block) noexcept {
    if (!is_decoded(block)) decode(block);
    return kept_[block % kKept];
  }

  /// Adds what the term gives a document that is not before the position.
  void add_score(std::uint32_t document, const TextTotals& totals, TextScore& score) noexcept;

 private:
  static constexpr std::size_t kKept = 4;

  void decode(std::uint32_t block) noexcept;

  const TextSegment* segment_;
  TextSegment::List list_;
  double weight_;
  std::uint32_t block_ = 0;
  bool damaged_ = false;
  std::array<std::uint32_t, kKept> numbers_;
  std::array<Postings, kKept> kept_;
};

/// The first place in the postings whose document is not below; their size if there is none.
[[nodiscard]] inline std::size_t place_of(const TextSegment::Postings& postings, std::uint32_t document) noexcept {
  const std::uint32_t* base = postings.documents.data();
  std::size_t size = postings.size;
  while (size > 1) {
    const std::size_t half = size / 2;
    base += base[half - 1] < document ? half : 0;
    size -= half;
  }
  const auto place = static_cast<std::size_t>(base - postings.documents.data());
  return place + (size == 1 && *base < document ? 1 : 0);
}

}  // namespace scaup::inline v0
