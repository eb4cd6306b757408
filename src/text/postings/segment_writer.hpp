#pragma once
// Writes the bytes of a TextSegment, from a batch or from lists of postings in the order of terms.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "text/postings/bit_packing.hpp"
#include "text/postings/bm25.hpp"
#include "text/postings/text_batch.hpp"
#include "text/postings/text_segment.hpp"

namespace scaup::inline v0 {

/// The documents of a segment, in ascending order of their slots.
struct SegmentDocuments {
  std::vector<Slot> slots = {};
  std::vector<std::uint32_t> body_lengths = {};
  std::vector<std::uint32_t> title_lengths = {};
};

/// One document of a term.
struct Posting32 {
  std::uint32_t document = 0;
  std::uint32_t body_tf = 0;
  std::uint32_t title_tf = 0;
};

/// Single-threaded: one thread at a time.
class SegmentWriter {
 public:
  /// `documents` is borrowed. Impacts are made with the averages of `index`, which counts these documents too.
  SegmentWriter(const SegmentDocuments& documents, const TextTotals& index);

  /// Terms come in ascending order, each once; postings in the order of documents, at least one.
  void add(std::string_view term, std::span<const Posting32> postings);

  /// Errors: `invalid_argument` where the terms take more than 4 GiB.
  [[nodiscard]] Result<std::vector<std::byte>> finish();

 private:
  using Impacts = std::array<std::uint8_t, TextSegment::kBlockSize>;

  void add_block(std::span<const Posting32> postings);
  void add_titles(std::span<const Posting32> postings, const Impacts& impacts);
  void write_header(std::vector<std::byte>& out, std::size_t size) const;
  [[nodiscard]] std::uint8_t body_impact(const Posting32& posting) const noexcept;
  [[nodiscard]] std::uint8_t title_impact(const Posting32& posting) const noexcept;
  [[nodiscard]] TextTotals totals() const noexcept;

  const SegmentDocuments& documents_;
  double body_average_;
  double title_average_;
  std::uint32_t terms_ = 0;
  std::uint32_t block_count_ = 0;
  std::uint32_t next_document_ = 0;      // the lowest that the next posting of this term may have
  std::vector<std::byte> term_offsets_;  // and the other parts, as in the segment
  std::vector<std::byte> term_bytes_;
  std::vector<std::byte> lists_;
  std::vector<std::byte> blocks_;
  std::vector<std::byte> postings_;
};

/// The bytes of a segment with the documents of a batch, document i in slot `slots[i]`.
[[nodiscard]] Result<std::vector<std::byte>> write_segment(const TextBatch& batch, std::span<const Slot> slots,
                                                           const TextTotals& index);

/// Bytes just made, as a segment that owns them.
[[nodiscard]] Result<TextSegment::Pointer> open_owned(std::vector<std::byte> bytes);

/// The size of the header, the magic number and the version, shared by writer and reader.
inline constexpr std::size_t kTextHeaderSize = 128;
inline constexpr std::uint32_t kTextMagic = 0x54584353;  // "SCXT"
inline constexpr std::uint32_t kTextVersion = 1;

}  // namespace scaup::inline v0
