#include "text/postings/segment_writer.hpp"

#include <algorithm>
#include <numeric>

namespace scaup::inline v0 {
namespace {

// More than `gain * 255`, which is in [0, 255), so that rounding on the way back cannot bring it below `gain`.
std::uint8_t impact_of(double gain) noexcept {
  return static_cast<std::uint8_t>(std::min(gain * 255.0, 254.0) + 1.0);
}

// Of the differences between documents, less one.
std::uint32_t width_of_gaps(std::span<const Posting32> postings, std::uint32_t lowest) noexcept {
  std::uint32_t bits = 0;
  for (const Posting32& posting : postings) {
    bits |= posting.document - lowest;
    lowest = posting.document + 1;
  }
  return packed_width(bits);
}

// Of one of the frequencies, less one.
std::uint32_t width_of(std::span<const Posting32> postings, std::uint32_t Posting32::*tf) noexcept {
  std::uint32_t bits = 0;
  for (const Posting32& posting : postings) bits |= posting.*tf - 1;
  return packed_width(bits);
}

// The places of a batch's documents in the order of their slots, and the documents in that order.
struct Order {
  SegmentDocuments documents;
  std::vector<std::uint32_t> place_of;  // for each document of the batch
  bool is_given = true;                 // the batch's own order
};

Order order_of(const TextBatch& batch, std::span<const Slot> slots) {
  std::vector<std::uint32_t> numbers(batch.documents());
  std::iota(numbers.begin(), numbers.end(), 0U);
  Order order;
  order.is_given = std::ranges::is_sorted(slots);
  if (!order.is_given) std::ranges::sort(numbers, {}, [&](std::uint32_t number) { return slots[number]; });
  order.place_of.resize(numbers.size());
  for (std::uint32_t place = 0; place < numbers.size(); ++place) {
    const std::uint32_t number = numbers[place];
    order.place_of[number] = place;
    order.documents.slots.push_back(slots[number]);
    order.documents.body_lengths.push_back(batch.body_lengths()[number]);
    order.documents.title_lengths.push_back(batch.title_lengths()[number]);
  }
  return order;
}

std::vector<std::uint32_t> sorted_terms(const TextBatch& batch) {
  std::vector<std::pair<std::string_view, std::uint32_t>> named(batch.terms());
  for (std::uint32_t term = 0; term < batch.terms(); ++term) named[term] = {batch.term(term), term};
  std::ranges::sort(named);
  std::vector<std::uint32_t> terms(batch.terms());
  std::ranges::transform(named, terms.begin(), [](const auto& pair) { return pair.second; });
  return terms;
}

// The postings of all terms, those of term t at [begins[t], begins[t + 1]).
struct Grouped {
  std::vector<std::size_t> begins;
  std::vector<Posting32> postings;
};

Grouped group_by_term(const TextBatch& batch, const Order& order) {
  Grouped grouped;
  grouped.begins.resize(batch.terms() + 1);
  for (const TextBatch::Entry& entry : batch.entries()) ++grouped.begins[entry.term + 1];
  std::partial_sum(grouped.begins.begin(), grouped.begins.end(), grouped.begins.begin());
  grouped.postings.resize(batch.entries().size());
  std::vector<std::size_t> next(grouped.begins);
  for (const TextBatch::Entry& entry : batch.entries()) {
    grouped.postings[next[entry.term]++] = {order.place_of[entry.document], entry.body_tf, entry.title_tf};
  }
  return grouped;
}

}  // namespace

SegmentWriter::SegmentWriter(const SegmentDocuments& documents, const TextTotals& index)
    : documents_(documents), body_average_(index.body_average()), title_average_(index.title_average()) {}

void SegmentWriter::add(std::string_view term, std::span<const Posting32> postings) {
  ByteWriter(term_offsets_).u32(static_cast<std::uint32_t>(term_bytes_.size()));
  ByteWriter(term_bytes_).string(term);
  ByteWriter lists(lists_);
  lists.u32(static_cast<std::uint32_t>(postings.size()));
  lists.u32(block_count_);
  next_document_ = 0;
  for (std::size_t at = 0; at < postings.size(); at += TextSegment::kBlockSize) {
    add_block(postings.subspan(at, std::min<std::size_t>(TextSegment::kBlockSize, postings.size() - at)));
  }
  ++terms_;
}

std::uint8_t SegmentWriter::body_impact(const Posting32& posting) const noexcept {
  return impact_of(saturation(kBodyField, posting.body_tf, documents_.body_lengths[posting.document], body_average_));
}

std::uint8_t SegmentWriter::title_impact(const Posting32& posting) const noexcept {
  if (posting.title_tf == 0) return 0;
  return impact_of(
      saturation(kTitleField, posting.title_tf, documents_.title_lengths[posting.document], title_average_));
}

void SegmentWriter::add_block(std::span<const Posting32> postings) {
  Impacts body{};
  Impacts title{};
  for (std::size_t place = 0; place < postings.size(); ++place) {
    body[place] = body_impact(postings[place]);
    title[place] = title_impact(postings[place]);
  }
  const std::uint32_t gap_width = width_of_gaps(postings, next_document_);
  const std::uint32_t tf_width = width_of(postings, &Posting32::body_tf);
  const std::uint8_t best_title = *std::ranges::max_element(title);
  ByteWriter block(blocks_);
  block.u32(postings.back().document);
  block.u8(*std::ranges::max_element(body));
  block.u8(best_title);
  block.u8(static_cast<std::uint8_t>(gap_width));
  block.u8(static_cast<std::uint8_t>(tf_width));
  block.u64(postings_.size());
  ++block_count_;
  BitWriter gaps(postings_, gap_width);
  for (const Posting32& posting : postings) {
    gaps.put(posting.document - next_document_);
    next_document_ = posting.document + 1;
  }
  gaps.finish();
  ByteWriter(postings_).bytes(std::as_bytes(std::span(body).first(postings.size())));
  BitWriter tfs(postings_, tf_width);
  for (const Posting32& posting : postings) tfs.put(posting.body_tf - 1);
  tfs.finish();
  if (best_title > 0) add_titles(postings, title);
}

void SegmentWriter::add_titles(std::span<const Posting32> postings, const Impacts& impacts) {
  std::vector<Posting32> titled;
  std::vector<std::byte> places;
  std::vector<std::byte> of_places;
  for (std::size_t place = 0; place < postings.size(); ++place) {
    if (postings[place].title_tf == 0) continue;
    titled.push_back(postings[place]);
    places.push_back(static_cast<std::byte>(place));
    of_places.push_back(std::byte{impacts[place]});
  }
  const std::uint32_t width = width_of(titled, &Posting32::title_tf);
  postings_.push_back(static_cast<std::byte>(places.size() - 1));
  postings_.push_back(static_cast<std::byte>(width));
  postings_.insert(postings_.end(), places.begin(), places.end());
  postings_.insert(postings_.end(), of_places.begin(), of_places.end());
  BitWriter tfs(postings_, width);
  for (const Posting32& posting : titled) tfs.put(posting.title_tf - 1);
  tfs.finish();
}

TextTotals SegmentWriter::totals() const noexcept {
  TextTotals totals{.documents = documents_.slots.size()};
  for (const std::uint32_t length : documents_.body_lengths) totals.body_tokens += length;
  for (const std::uint32_t length : documents_.title_lengths) {
    totals.title_tokens += length;
    if (length > 0) ++totals.titled;
  }
  return totals;
}

Result<std::vector<std::byte>> SegmentWriter::finish() {
  if (term_bytes_.size() > UINT32_MAX) {
    return Error(ErrorCode::invalid_argument,
                 "text index: the terms take " + std::to_string(term_bytes_.size()) + " bytes; at most 4 GiB fit");
  }
  ByteWriter(term_offsets_).u32(static_cast<std::uint32_t>(term_bytes_.size()));
  ByteWriter(postings_).u64(0);  // kPackedPadding
  const std::size_t size = kTextHeaderSize + 3 * sizeof(std::uint32_t) * documents_.slots.size() +
                           term_offsets_.size() + term_bytes_.size() + lists_.size() + blocks_.size() +
                           postings_.size();
  std::vector<std::byte> out;
  out.reserve(size);
  write_header(out, size);
  ByteWriter writer(out);
  for (const auto* numbers : {&documents_.slots, &documents_.body_lengths, &documents_.title_lengths}) {
    for (const std::uint32_t number : *numbers) writer.u32(number);
  }
  for (const auto* part : {&term_offsets_, &term_bytes_, &lists_, &blocks_, &postings_}) writer.bytes(*part);
  return out;
}

void SegmentWriter::write_header(std::vector<std::byte>& out, std::size_t size) const {
  const TextTotals totals = this->totals();
  ByteWriter writer(out);
  writer.u32(kTextMagic);
  writer.u32(kTextVersion);
  writer.u64(size);
  writer.u32(static_cast<std::uint32_t>(documents_.slots.size()));
  writer.u32(terms_);
  writer.u32(block_count_);
  writer.u32(0);
  for (const std::uint64_t number :
       {totals.body_tokens, totals.titled, totals.title_tokens, std::bit_cast<std::uint64_t>(body_average_),
        std::bit_cast<std::uint64_t>(title_average_), std::uint64_t{term_bytes_.size()},
        std::uint64_t{postings_.size()}}) {
    writer.u64(number);
  }
  out.resize(kTextHeaderSize);
}

Result<std::vector<std::byte>> write_segment(const TextBatch& batch, std::span<const Slot> slots,
                                             const TextTotals& index) {
  const Order order = order_of(batch, slots);
  Grouped grouped = group_by_term(batch, order);
  SegmentWriter writer(order.documents, index);
  for (const std::uint32_t term : sorted_terms(batch)) {
    const auto postings =
        std::span(grouped.postings).subspan(grouped.begins[term], grouped.begins[term + 1] - grouped.begins[term]);
    if (!order.is_given) std::ranges::sort(postings, {}, &Posting32::document);
    writer.add(batch.term(term), postings);
  }
  return writer.finish();
}

Result<TextSegment::Pointer> open_owned(std::vector<std::byte> bytes) {
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  return TextSegment::open(*owner, owner);
}

}  // namespace scaup::inline v0
