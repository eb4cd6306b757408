#pragma once
// TextSegment: the immutable inverted index of some documents, as one string of bytes that can lie in a file.
//
// The bytes, little-endian, offsets from the first of them:
//
//   header     128 bytes, see text_segment.cpp
//   slots      u32 for each document, ascending
//   lengths    u32 body tokens and u32 title tokens for each document
//   terms      u32 for each term and one more: where its bytes begin; then the bytes, terms in ascending order
//   lists      for each term u32 df and u32 number of its first block; df / 128 rounded up are its blocks
//   blocks     16 bytes each: u32 last document, u8 highest body impact, u8 highest title impact, u8 width of
//              document gaps, u8 width of frequencies, u64 where its postings begin
//   postings   for each block of up to 128: gaps - 1, packed; one impact byte each; frequencies - 1, packed;
//              and, if a title holds the term: u8 count - 1, u8 width, u8 places in the block, u8 impacts, title
//              frequencies - 1, packed. After the last, 8 bytes that are 0.
//
// An impact is what a posting adds to a score before idf, saturation * 255, rounded up: a bound that holds while
// the average length is at most the one in the header, and times the ratio of the two where it has grown.
//
// Invariants
// 1. `open` has checked the header, that each part lies inside the bytes, slots and lengths. Whatever else is read
//    is checked where it is read; damage there is `corruption`, and never a read outside the bytes.
// 2. Documents are numbered from 0 in the order of their slots.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "scaup/result.hpp"
#include "text/postings/bm25.hpp"
#include "text/postings/text_batch.hpp"

namespace scaup::inline v0 {

using Slot = std::uint32_t;  // the number of a row, as in index/row_segment.hpp

namespace detail {

/// A number at any address.
template <typename T>
[[nodiscard]] T load(const std::uint8_t* bytes) noexcept {
  T value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return to_little_endian(value);
}

}  // namespace detail

/// Thread-safe: any member from any thread at any time.
class TextSegment {
 public:
  using Pointer = std::shared_ptr<const TextSegment>;
  static constexpr std::uint32_t kBlockSize = 128;
  static constexpr std::size_t kBlockEntry = 16;  ///< bytes

  /// Uses bytes where they are. `keep_alive` owns them and is held as long as the segment.
  ///
  /// Errors: `corruption`, also where a slot is not below `slot_limit`; `unsupported_format` for a later version.
  /// Cost: one pass over the slots and lengths, 12 bytes a document.
  [[nodiscard]] static Result<Pointer> open(std::span<const std::byte> bytes, std::shared_ptr<const void> keep_alive,
                                            std::uint64_t slot_limit = std::uint64_t{1} << 32U);

  /// The postings of one term.
  struct List {
    std::uint32_t term = 0;
    std::uint32_t df = 0;  ///< documents with the term, removed ones too
    std::uint32_t first_block = 0;
    std::uint32_t blocks = 0;
  };
  struct Block {
    std::uint32_t first_document = 0;  ///< no document of the block is below
    std::uint32_t last_document = 0;
    std::uint32_t size = 0;
    bool has_titles = false;  ///< some title of the block's documents has the term
    std::uint8_t gap_width = 0;
    std::uint8_t tf_width = 0;
    std::uint64_t offset = 0;
  };
  /// The decoded documents of a block, and where to find the rest.
  struct Postings {
    std::array<std::uint32_t, kBlockSize> documents;
    std::size_t size = 0;
    const std::uint8_t* impacts = nullptr;       ///< `size` of them
    std::size_t titles = 0;                      ///< postings whose title has the term
    const std::uint8_t* title_places = nullptr;  ///< ascending places of these, below `size`
    const std::uint8_t* title_impacts = nullptr;
    const std::uint8_t* tfs = nullptr;  ///< packed
    const std::uint8_t* title_tfs = nullptr;
    std::uint32_t tf_width = 0;
    std::uint32_t title_tf_width = 0;

    [[nodiscard]] std::uint32_t body_tf(std::size_t place) const noexcept;
    /// 0 if the title does not have the term.
    [[nodiscard]] std::uint32_t title_tf(std::size_t place) const noexcept;
  };

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint32_t documents() const noexcept { return documents_; }
  [[nodiscard]] std::uint32_t terms() const noexcept { return terms_; }
  [[nodiscard]] const TextTotals& totals() const noexcept { return totals_; }
  /// The averages that the impacts were made with.
  [[nodiscard]] double body_average() const noexcept { return body_average_; }
  [[nodiscard]] double title_average() const noexcept { return title_average_; }

  [[nodiscard]] Slot slot(std::uint32_t document) const noexcept;
  [[nodiscard]] std::uint32_t body_length(std::uint32_t document) const noexcept;
  [[nodiscard]] std::uint32_t title_length(std::uint32_t document) const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> document_of(Slot slot) const noexcept;

  /// The bytes of a term; empty where the segment is damaged.
  [[nodiscard]] std::string_view term(std::uint32_t number) const noexcept;
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view term) const noexcept;
  [[nodiscard]] Result<List> list(std::uint32_t term) const;
  /// `number` is below `list.blocks`.
  [[nodiscard]] Block block(const List& list, std::uint32_t number) const noexcept;
  [[nodiscard]] std::uint32_t last_document(const List& list, std::uint32_t number) const noexcept;
  /// The highest of a block; for titles 0 if none has the term.
  [[nodiscard]] std::uint8_t body_impact(const List& list, std::uint32_t number) const noexcept;
  [[nodiscard]] std::uint8_t title_impact(const List& list, std::uint32_t number) const noexcept;
  /// False if the block is damaged.
  [[nodiscard]] bool decode(const Block& block, Postings& out) const noexcept;

  [[nodiscard]] Error damaged(std::string_view what) const;

 private:
  TextSegment() = default;
  [[nodiscard]] const std::uint8_t* at(std::uint64_t offset) const noexcept;
  [[nodiscard]] Status read_header();
  [[nodiscard]] Status place_parts(std::uint64_t term_bytes);
  [[nodiscard]] Status check_documents(std::uint64_t slot_limit) const;
  [[nodiscard]] bool decode_titles(std::uint64_t from, std::uint64_t end, Postings& out) const noexcept;

  std::span<const std::byte> bytes_;
  std::shared_ptr<const void> keep_alive_;
  std::uint32_t documents_ = 0;
  std::uint32_t terms_ = 0;
  std::uint32_t blocks_ = 0;
  TextTotals totals_;
  double body_average_ = 0;
  double title_average_ = 0;
  // Where each part begins.
  std::uint64_t slots_at_ = 0;
  std::uint64_t body_lengths_at_ = 0;
  std::uint64_t title_lengths_at_ = 0;
  std::uint64_t term_offsets_at_ = 0;
  std::uint64_t term_bytes_at_ = 0;
  std::uint64_t lists_at_ = 0;
  std::uint64_t blocks_at_ = 0;
  std::uint64_t postings_at_ = 0;
  std::uint64_t postings_size_ = 0;
};

inline const std::uint8_t* TextSegment::at(std::uint64_t offset) const noexcept {
  return reinterpret_cast<const std::uint8_t*>(bytes_.data()) + offset;
}

inline std::uint8_t TextSegment::title_impact(const List& list, std::uint32_t number) const noexcept {
  return *at(blocks_at_ + kBlockEntry * (std::uint64_t{list.first_block} + number) + 5);
}

inline std::uint8_t TextSegment::body_impact(const List& list, std::uint32_t number) const noexcept {
  return *at(blocks_at_ + kBlockEntry * (std::uint64_t{list.first_block} + number) + 4);
}

inline std::uint32_t TextSegment::last_document(const List& list, std::uint32_t number) const noexcept {
  return detail::load<std::uint32_t>(at(blocks_at_ + kBlockEntry * (std::uint64_t{list.first_block} + number)));
}

inline std::uint32_t TextSegment::title_length(std::uint32_t document) const noexcept {
  return detail::load<std::uint32_t>(at(title_lengths_at_ + std::uint64_t{4} * document));
}

inline std::uint32_t TextSegment::body_length(std::uint32_t document) const noexcept {
  return detail::load<std::uint32_t>(at(body_lengths_at_ + std::uint64_t{4} * document));
}

inline Slot TextSegment::slot(std::uint32_t document) const noexcept {
  return detail::load<std::uint32_t>(at(slots_at_ + std::uint64_t{4} * document));
}

}  // namespace scaup::inline v0
