#include "text/chunkers/piece_packer.hpp"

namespace scaup::inline v0 {
namespace {

auto position(std::size_t index) noexcept {
  return static_cast<std::ptrdiff_t>(index);
}

}  // namespace

void PiecePacker::add(const Piece& piece) {
  while (!window_.empty() && count(window_.front().range.begin, piece.range.end) > limits_.size) {
    if (new_begin_ == window_.size()) {
      drop_overlap_before(piece);
      break;
    }
    emit();
  }
  window_.push_back(piece);
}

void PiecePacker::finish() {
  if (new_begin_ < window_.size()) chunks_.push_back({window_.front().range.begin, window_.back().range.end});
  window_.clear();
  new_begin_ = 0;
}

void PiecePacker::emit() {
  const std::size_t cut = best_cut();
  chunks_.push_back({window_.front().range.begin, window_[cut - 1].range.end});
  const std::size_t kept = overlap_begin(cut);
  window_.erase(window_.begin(), window_.begin() + position(kept));
  new_begin_ = cut - kept;
}

// Overlap must not make a chunk exceed its size: the oldest of it goes until the piece fits, or all of it.
void PiecePacker::drop_overlap_before(const Piece& piece) {
  std::size_t kept = 0;
  while (kept < window_.size() && count(window_[kept].range.begin, piece.range.end) > limits_.size) ++kept;
  window_.erase(window_.begin(), window_.begin() + position(kept));
  new_begin_ = window_.size();
}

// One past the last piece of the next chunk, which takes at least one new piece.
std::size_t PiecePacker::best_cut() const noexcept {
  const std::size_t begin = window_.front().range.begin;
  std::size_t best = window_.size();
  for (std::size_t cut = best - 1; cut > new_begin_; --cut) {
    const Piece& last = window_[cut - 1];
    if (last.level >= window_[best - 1].level) continue;
    if (count(begin, last.range.end) < limits_.size - limits_.size / 2) break;
    best = cut;
  }
  return best;
}

// The first piece before `cut` that is repeated in the next chunk; `cut` if none. Never the first of the window,
// so that the next chunk begins later.
std::size_t PiecePacker::overlap_begin(std::size_t cut) const noexcept {
  const std::size_t end = window_[cut - 1].range.end;
  std::size_t kept = cut;
  while (kept > 1 && count(window_[kept - 1].range.begin, end) <= limits_.overlap) --kept;
  return kept;
}

}  // namespace scaup::inline v0
