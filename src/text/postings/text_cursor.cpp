#include "text/postings/text_cursor.hpp"

#include <algorithm>

namespace scaup::inline v0 {

// Steps that double until they pass the document, then halves.
void TextCursor::seek(std::uint32_t document) noexcept {
  if (block_ > 0 && last_document(block_ - 1) >= document) block_ = 0;
  std::uint32_t low = block_;
  std::uint64_t step = 1;
  while (low + step <= list_.blocks && last_document(static_cast<std::uint32_t>(low + step - 1)) < document) {
    low += static_cast<std::uint32_t>(step);
    step *= 2;
  }
  auto high = static_cast<std::uint32_t>(std::min<std::uint64_t>(low + step - 1, list_.blocks));
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (last_document(middle) < document) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  block_ = low;
}

void TextCursor::decode(std::uint32_t block) noexcept {
  Postings& postings = kept_[block % kKept];
  numbers_[block % kKept] = block;
  if (segment_->decode(segment_->block(list_, block), postings)) return;
  postings.size = 0;
  postings.titles = 0;
  damaged_ = true;
}

void TextCursor::add_score(std::uint32_t document, const TextTotals& totals, TextScore& score) noexcept {
  std::uint32_t block = block_;
  while (block < list_.blocks && last_document(block) < document) ++block;
  if (block == list_.blocks || first_document(block) > document) return;
  const Postings& postings = decoded(block);
  const std::size_t place = place_of(postings, document);
  if (place == postings.size || postings.documents[place] != document) return;
  score.body +=
      weight_ * saturation(kBodyField, postings.body_tf(place), segment_->body_length(document), totals.body_average());
  const std::uint32_t title_tf = postings.title_tf(place);
  if (title_tf == 0) return;
  score.title += weight_ * saturation(kTitleField, title_tf, segment_->title_length(document), totals.title_average());
}

}  // namespace scaup::inline v0
