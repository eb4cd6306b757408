#include "text/postings/merge_parts.hpp"

#include <algorithm>

#include "text/postings/segment_writer.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::uint32_t kDropped = UINT32_MAX;

// One document on its way.
struct Moved {
  Slot slot = 0;  // the new one
  std::uint32_t part = 0;
  std::uint32_t document = 0;
};

// A part, the new numbers of its documents, and the term that comes next.
struct Input {
  const TextPart* part = nullptr;
  std::vector<std::uint32_t> numbers = {};
  std::uint32_t next = 0;
  std::string_view term = {};

  [[nodiscard]] bool done() const noexcept { return next == part->segment->terms(); }
};

std::optional<Slot> new_slot(Slot slot, const MergeOptions& options) {
  if (!options.kept) return slot;
  const auto found = std::ranges::lower_bound(*options.kept, slot);
  if (found == options.kept->end() || *found != slot) return std::nullopt;
  return static_cast<Slot>(found - options.kept->begin());
}

std::vector<Moved> documents_of(std::span<const TextPart> parts, const MergeOptions& options) {
  std::vector<Moved> moved;
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    const TextPart& part = parts[number];
    for (std::uint32_t document = 0; document < part.segment->documents(); ++document) {
      if (!part.holds(document)) continue;
      if (const auto slot = new_slot(part.segment->slot(document), options)) moved.push_back({*slot, number, document});
    }
  }
  if (!std::ranges::is_sorted(moved, {}, &Moved::slot)) std::ranges::sort(moved, {}, &Moved::slot);
  return moved;
}

class Merge {
 public:
  Merge(std::span<const TextPart> parts, const MergeOptions& options) {
    for (const TextPart& part : parts) {
      inputs_.push_back({&part, std::vector<std::uint32_t>(part.segment->documents(), kDropped)});
    }
    totals_ = TextTotals();
    for (const Moved& moved : documents_of(parts, options)) take(moved);
    if (options.totals) totals_ = *options.totals;
  }

  [[nodiscard]] bool empty() const noexcept { return documents_.slots.empty(); }

  Result<std::vector<std::byte>> run(const std::stop_token& stop) {
    SegmentWriter writer(documents_, totals_);
    for (Input& input : inputs_) {
      if (Status read = read_term(input); !read) return std::move(read).error();
    }
    for (std::size_t count = 0;; ++count) {
      if (count % 1024 == 0 && stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled during a merge");
      const auto least = least_term();
      if (!least) return writer.finish();
      if (Status gathered = gather(*least); !gathered) return std::move(gathered).error();
      if (!postings_.empty()) writer.add(*least, postings_);
    }
  }

 private:
  void take(const Moved& moved) {
    Input& input = inputs_[moved.part];
    const TextSegment& segment = *input.part->segment;
    input.numbers[moved.document] = static_cast<std::uint32_t>(documents_.slots.size());
    documents_.slots.push_back(moved.slot);
    documents_.body_lengths.push_back(segment.body_length(moved.document));
    documents_.title_lengths.push_back(segment.title_length(moved.document));
    ++totals_.documents;
    totals_.body_tokens += documents_.body_lengths.back();
    totals_.title_tokens += documents_.title_lengths.back();
    if (documents_.title_lengths.back() > 0) ++totals_.titled;
  }

  // Terms must ascend, or two of the same would be written.
  static Status read_term(Input& input) {
    if (input.done()) return {};
    const std::string_view term = input.part->segment->term(input.next);
    if (term <= input.term) return input.part->segment->damaged("terms that do not ascend");
    input.term = term;
    return {};
  }

  [[nodiscard]] std::optional<std::string_view> least_term() const {
    std::optional<std::string_view> least;
    for (const Input& input : inputs_) {
      if (!input.done() && (!least || input.term < *least)) least = input.term;
    }
    return least;
  }

  // Collects the postings of a term from all inputs that have it, and moves these on.
  Status gather(std::string_view term) {
    postings_.clear();
    for (Input& input : inputs_) {
      if (input.done() || input.term != term) continue;
      if (Status read = read_postings(input); !read) return read;
      ++input.next;
      if (Status read = read_term(input); !read) return read;
    }
    if (!std::ranges::is_sorted(postings_, {}, &Posting32::document)) {
      std::ranges::sort(postings_, {}, &Posting32::document);
    }
    return {};
  }

  Status read_postings(const Input& input) {
    const TextSegment& segment = *input.part->segment;
    const auto list = segment.list(input.next);
    if (!list) return list.error();
    for (std::uint32_t number = 0; number < list->blocks; ++number) {
      if (!segment.decode(segment.block(*list, number), decoded_)) return segment.damaged("postings that cannot be");
      for (std::size_t i = 0; i < decoded_.size; ++i) {
        const std::uint32_t document = input.numbers[decoded_.documents[i]];
        if (document != kDropped) postings_.push_back({document, decoded_.body_tf(i), decoded_.title_tf(i)});
      }
    }
    return {};
  }

  std::vector<Input> inputs_;
  SegmentDocuments documents_;
  TextTotals totals_;
  std::vector<Posting32> postings_;
  TextSegment::Postings decoded_;
};

}  // namespace

Result<std::vector<std::byte>> merge_parts(std::span<const TextPart> parts, const MergeOptions& options,
                                           const std::stop_token& stop) {
  Merge merge(parts, options);
  if (merge.empty()) return std::vector<std::byte>();
  return merge.run(stop);
}

}  // namespace scaup::inline v0
