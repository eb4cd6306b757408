// TextSegment: reading the bytes of an index, any of which may be damaged.
//
// The header, little-endian: u32 magic, u32 version, u64 size of all, u32 documents, u32 terms, u32 blocks, u32 0,
// u64 body tokens, u64 titled documents, u64 title tokens, f64 average of bodies, f64 average of titles (those of the
// index when the segment was written), u64 size of the terms' bytes, u64 size of the postings; 0 up to 128 bytes.

#include "text/postings/text_segment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "base/boundary.hpp"
#include "base/bytes.hpp"
#include "base/checked_math.hpp"
#include "text/postings/bit_packing.hpp"
#include "text/postings/segment_writer.hpp"

namespace scaup::inline v0 {
namespace {

using detail::load;

bool is_length(double average) noexcept {
  return std::isfinite(average) && average >= 0;
}

}  // namespace

Error TextSegment::damaged(std::string_view what) const {
  return {ErrorCode::corruption,
          "text index: " + std::string(what) + " (a segment of " + std::to_string(bytes_.size()) + " bytes)"};
}

Result<TextSegment::Pointer> TextSegment::open(std::span<const std::byte> bytes, std::shared_ptr<const void> keep_alive,
                                               std::uint64_t slot_limit) {
  return guarded([&]() -> Result<Pointer> {
    const std::shared_ptr<TextSegment> segment(new TextSegment);
    segment->bytes_ = bytes;
    segment->keep_alive_ = std::move(keep_alive);
    if (Status read = segment->read_header(); !read) return std::move(read).error();
    if (Status checked = segment->check_documents(slot_limit); !checked) return std::move(checked).error();
    return Pointer(segment);
  });
}

Status TextSegment::read_header() {
  ByteReader reader(bytes_, "text index");
  const std::uint32_t magic = reader.u32();
  const std::uint32_t version = reader.u32();
  const std::uint64_t size = reader.u64();
  documents_ = reader.u32();
  terms_ = reader.u32();
  blocks_ = reader.u32();
  reader.skip(4);
  totals_.documents = documents_;
  totals_.body_tokens = reader.u64();
  totals_.titled = reader.u64();
  totals_.title_tokens = reader.u64();
  body_average_ = std::bit_cast<double>(reader.u64());
  title_average_ = std::bit_cast<double>(reader.u64());
  const std::uint64_t term_bytes = reader.u64();
  postings_size_ = reader.u64();
  reader.skip(kTextHeaderSize - std::min(kTextHeaderSize, reader.offset()));
  if (!reader.ok()) return reader.status();
  if (magic != kTextMagic) return damaged("the bytes do not begin as one");
  if (version != kTextVersion) {
    return Error(ErrorCode::unsupported_format, "text index: version " + std::to_string(version) +
                                                    "; this library reads " + std::to_string(kTextVersion));
  }
  if (size != bytes_.size() || !is_length(body_average_) || !is_length(title_average_)) {
    return damaged("the header says " + std::to_string(size) + " bytes, or averages that are none");
  }
  return place_parts(term_bytes);
}

// Each part follows the one before. The counts are 32 bits, so only the two sizes can overflow.
Status TextSegment::place_parts(std::uint64_t term_bytes) {
  const std::uint64_t column = std::uint64_t{4} * documents_;
  slots_at_ = kTextHeaderSize;
  body_lengths_at_ = slots_at_ + column;
  title_lengths_at_ = body_lengths_at_ + column;
  term_offsets_at_ = title_lengths_at_ + column;
  term_bytes_at_ = term_offsets_at_ + std::uint64_t{4} * terms_ + 4;
  const auto lists_at = checked_add(term_bytes_at_, term_bytes);
  const auto blocks_at = lists_at ? checked_add(*lists_at, std::uint64_t{8} * terms_) : std::nullopt;
  const auto postings_at = blocks_at ? checked_add(*blocks_at, kBlockEntry * std::uint64_t{blocks_}) : std::nullopt;
  const auto end = postings_at ? checked_add(*postings_at, postings_size_) : std::nullopt;
  if (!end || *end != bytes_.size() || postings_size_ < kPackedPadding) {
    return damaged("the parts that the header names do not add up");
  }
  lists_at_ = *lists_at;
  blocks_at_ = *blocks_at;
  postings_at_ = *postings_at;
  return {};
}

Status TextSegment::check_documents(std::uint64_t slot_limit) const {
  TextTotals totals{.documents = documents_};
  for (std::uint32_t document = 0; document < documents_; ++document) {
    if (document > 0 && slot(document) <= slot(document - 1)) return damaged("slots that do not ascend");
    const std::uint32_t title = title_length(document);
    if (body_length(document) < title) return damaged("a title longer than its body");
    totals.body_tokens += body_length(document);
    totals.title_tokens += title;
    if (title > 0) ++totals.titled;
  }
  if (documents_ > 0 && slot(documents_ - 1) >= slot_limit) return damaged("a slot that there is not");
  if (totals != totals_) return damaged("lengths that do not add up");
  return {};
}

std::optional<std::uint32_t> TextSegment::document_of(Slot slot) const noexcept {
  if (documents_ == 0) return std::nullopt;
  const Slot first = this->slot(0);
  if (slot < first || slot > this->slot(documents_ - 1)) return std::nullopt;
  // Slots without gaps are the common case; ascending, so a document is never past its slot's distance from the first.
  std::uint32_t low = 0;
  std::uint32_t high = std::min(documents_ - 1, slot - first);
  if (this->slot(high) == slot) return high;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (this->slot(middle) < slot) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return this->slot(low) == slot ? std::optional(low) : std::nullopt;
}

std::string_view TextSegment::term(std::uint32_t number) const noexcept {
  const std::uint64_t entry = term_offsets_at_ + std::uint64_t{4} * number;
  const auto begin = load<std::uint32_t>(at(entry));
  const auto end = load<std::uint32_t>(at(entry + 4));
  if (begin > end || end > lists_at_ - term_bytes_at_) return {};
  return {reinterpret_cast<const char*>(at(term_bytes_at_ + begin)), end - begin};
}

std::optional<std::uint32_t> TextSegment::find(std::string_view term) const noexcept {
  std::uint32_t low = 0;
  std::uint32_t high = terms_;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (this->term(middle) < term) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < terms_ && this->term(low) == term ? std::optional(low) : std::nullopt;
}

Result<TextSegment::List> TextSegment::list(std::uint32_t term) const {
  const std::uint8_t* const entry = at(lists_at_ + std::uint64_t{8} * term);
  List list{.term = term, .df = load<std::uint32_t>(entry), .first_block = load<std::uint32_t>(entry + 4)};
  list.blocks = list.df / kBlockSize + (list.df % kBlockSize == 0 ? 0 : 1);
  if (list.df == 0 || list.df > documents_ || list.first_block > blocks_ || list.blocks > blocks_ - list.first_block) {
    return damaged("a list of " + std::to_string(list.df) + " documents");
  }
  return list;
}

TextSegment::Block TextSegment::block(const List& list, std::uint32_t number) const noexcept {
  const std::uint8_t* const entry = at(blocks_at_ + kBlockEntry * (std::uint64_t{list.first_block} + number));
  Block block;
  block.first_document = number == 0 ? 0 : last_document(list, number - 1) + 1;
  block.last_document = load<std::uint32_t>(entry);
  block.size = number + 1 < list.blocks ? kBlockSize : (list.df - 1) % kBlockSize + 1;
  block.has_titles = entry[5] > 0;
  block.gap_width = entry[6];
  block.tf_width = entry[7];
  block.offset = load<std::uint64_t>(entry + 8);
  return block;
}

bool TextSegment::decode(const Block& block, Postings& out) const noexcept {
  const std::uint64_t end = postings_size_ - kPackedPadding;
  if (block.last_document >= documents_ || block.gap_width > kWidestPacked || block.tf_width > kWidestPacked) {
    return false;
  }
  const std::size_t gap_bytes = packed_bytes(block.size, block.gap_width);
  const std::size_t tf_bytes = packed_bytes(block.size, block.tf_width);
  const std::size_t bytes = gap_bytes + block.size + tf_bytes;
  if (block.offset > end || bytes > end - block.offset) return false;
  const std::uint8_t* const gaps = at(postings_at_ + block.offset);
  // At most 128 gaps below 2^32 in 64 bits: no sum wraps, so the last document bounds them all.
  std::uint64_t next = block.first_document;
  for (std::size_t i = 0; i < block.size; ++i) {
    next += unpack_one(gaps, i, block.gap_width);
    out.documents[i] = static_cast<std::uint32_t>(next++);
  }
  if (next != std::uint64_t{block.last_document} + 1) return false;
  out.size = block.size;
  out.impacts = gaps + gap_bytes;
  out.tfs = out.impacts + block.size;
  out.tf_width = block.tf_width;
  out.titles = 0;
  return !block.has_titles || decode_titles(block.offset + bytes, end, out);
}

bool TextSegment::decode_titles(std::uint64_t from, std::uint64_t end, Postings& out) const noexcept {
  if (end - from < 2) return false;
  const std::uint8_t* const titles = at(postings_at_ + from);
  const std::size_t count = titles[0] + std::size_t{1};
  const std::uint32_t width = titles[1];
  if (count > out.size || width > kWidestPacked) return false;
  if (2 * count + packed_bytes(count, width) > end - from - 2) return false;
  const std::uint8_t* const places = titles + 2;
  // Strictly ascending, or a place could be counted more often than the bound of a sum allows.
  if (places[count - 1] >= out.size) return false;
  for (std::size_t i = 1; i < count; ++i) {
    if (places[i - 1] >= places[i]) return false;
  }
  out.titles = count;
  out.title_places = places;
  out.title_impacts = places + count;
  out.title_tfs = places + 2 * count;
  out.title_tf_width = width;
  return true;
}

std::uint32_t TextSegment::Postings::body_tf(std::size_t place) const noexcept {
  return unpack_one(tfs, place, tf_width) + 1;
}

std::uint32_t TextSegment::Postings::title_tf(std::size_t place) const noexcept {
  if (titles == 0) return 0;
  const void* const found = std::memchr(title_places, static_cast<int>(place), titles);
  if (found == nullptr) return 0;
  const auto index = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - title_places);
  return unpack_one(title_tfs, index, title_tf_width) + 1;
}

}  // namespace scaup::inline v0
