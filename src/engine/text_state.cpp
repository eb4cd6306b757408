#include "engine/text_state.hpp"

#include <algorithm>

#include "base/metadata_value.hpp"
#include "base/parallel.hpp"

namespace scaup::inline v0 {
namespace {

// Documents analysed as one batch, and made one part of the index.
constexpr std::size_t kBatch = 4096;
// Fewer are not worth a thread.
constexpr std::size_t kWorthThreads = 256;

Result<TextBatch> analyze_slots(const Snapshot& snapshot, const Analyzer& analyzer, std::span<const Slot> slots,
                                const std::stop_token& stop) {
  TextBatch batch;
  AnalyzerScratch scratch;
  for (const Slot slot : slots) {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "cancelled while words were indexed");
    const DocumentView document = snapshot.document(slot);
    batch.add(analyzer, scratch, title_of(document, snapshot.schema.title_key), document.text());
  }
  if (Status intact = snapshot.intact(); !intact) return std::move(intact).error();
  return batch;
}

/// Documents that go from one snapshot to another: slots in ascending order.
struct Difference {
  std::vector<Slot> removed;
  std::vector<Slot> added;
};

// A change of metadata changes neither text nor vector, and seldom the title.
bool same_title(const Snapshot& from, const Snapshot& to, Slot slot) {
  if (from.record(slot) == to.record(slot)) return true;
  const std::string& key = to.schema.title_key;
  return title_of(from.document(slot), key) == title_of(to.document(slot), key);
}

void compare(const Snapshot& from, const Snapshot& to, Slot slot, Difference& out) {
  const bool was = from.visible(slot);
  const bool is = to.visible(slot);
  if (was && is && same_title(from, to, slot)) return;
  if (was) out.removed.push_back(slot);
  if (is) out.added.push_back(slot);
}

Difference difference(const Snapshot& from, const Snapshot& to, std::optional<std::span<const Slot>> touched) {
  Difference found;
  if (touched) {
    std::vector<Slot> old(touched->begin(), touched->end());
    std::ranges::sort(old);
    old.erase(std::unique(old.begin(), old.end()), old.end());
    for (const Slot slot : old) {
      if (slot < from.rows) compare(from, to, slot, found);
    }
  } else {
    for (std::size_t row = 0; row < from.rows; ++row) compare(from, to, static_cast<Slot>(row), found);
  }
  for (std::size_t row = from.rows; row < to.rows; ++row) {
    if (to.visible(static_cast<Slot>(row))) found.added.push_back(static_cast<Slot>(row));
  }
  return found;
}

/// Goes from one state to another in batches.
class TextAdvance {
 public:
  TextAdvance(TextState& state, const Snapshot& from, const std::stop_token& stop)
      : state_(state), from_(from), stop_(stop) {}

  Status remove(std::span<const Slot> slots) {
    for (; !slots.empty(); slots = slots.subspan(std::min(kBatch, slots.size()))) {
      const auto some = slots.first(std::min(kBatch, slots.size()));
      auto batch = analyze_slots(from_, *state_.analyzer, some, stop_);
      if (!batch) return std::move(batch).error();
      if (Status done = change({.removed = &*batch, .removed_slots = some}); !done) return done;
      for (const Slot slot : some) state_.mean.remove(from_, slot);
    }
    return {};
  }

  Status add(std::span<const Slot> slots, std::size_t threads) {
    const std::size_t batches = (slots.size() + kBatch - 1) / kBatch;
    const std::size_t together = slots.size() < kWorthThreads ? 1 : thread_count(threads, batches);
    for (std::size_t first = 0; first < batches; first += together) {
      if (Status added = add_batches(slots.subspan(first * kBatch), together); !added) return added;
    }
    return {};
  }

 private:
  Status add_batches(std::span<const Slot> slots, std::size_t count) {
    const auto part = [&](std::size_t i) {
      const std::size_t begin = std::min(slots.size(), i * kBatch);
      return slots.subspan(begin, std::min(kBatch, slots.size() - begin));
    };
    std::vector<TextBatch> batches(count);
    Status analysed = parallel_for(count, count, [&](std::size_t i) -> Status {
      auto batch = analyze_slots(*state_.snapshot, *state_.analyzer, part(i), stop_);
      if (!batch) return std::move(batch).error();
      batches[i] = *std::move(batch);
      return {};
    });
    for (std::size_t i = 0; analysed && i < count; ++i) {
      if (part(i).empty()) break;
      analysed = change({.added = &batches[i], .added_slots = part(i)});
      for (const Slot slot : part(i)) state_.mean.add(*state_.snapshot, slot);
    }
    return analysed;
  }

  Status change(const TextChange& change) {
    auto changed = state_.index->changed(change);
    if (!changed) return std::move(changed).error();
    state_.index = *std::move(changed);
    return {};
  }

  TextState& state_;
  const Snapshot& from_;
  const std::stop_token& stop_;
};

}  // namespace

std::string title_of(const DocumentView& document, const std::string& key) {
  std::string title;
  if (const auto* const text = metadata_value<std::string>(document.metadata(), key)) title = *text;
  if (const Origin* const origin = document.origin()) {
    for (const std::string& heading : origin->section) {
      if (!title.empty()) title += '\n';  // ends a word, and is none
      title += heading;
    }
  }
  return title;
}

Result<TextStatePointer> make_text_state(std::shared_ptr<const Snapshot> snapshot, std::size_t threads,
                                         const std::stop_token& stop) {
  auto analyzer = find_analyzer(snapshot->schema.analysis);
  if (!analyzer) return std::move(analyzer).error();
  auto index = TextIndex::empty();
  if (!index) return std::move(index).error();
  const auto nothing = std::make_shared<const Snapshot>();
  const TextState empty{.snapshot = nothing, .analyzer = *std::move(analyzer), .index = *std::move(index)};
  return advance_text_state(empty, std::move(snapshot), std::nullopt, threads, stop);
}

Result<TextStatePointer> advance_text_state(const TextState& from, std::shared_ptr<const Snapshot> to,
                                            std::optional<std::span<const Slot>> touched, std::size_t threads,
                                            const std::stop_token& stop) {
  const Difference changed = difference(*from.snapshot, *to, touched);
  auto next = std::make_shared<TextState>(from);
  next->snapshot = std::move(to);
  TextAdvance advance(*next, *from.snapshot, stop);
  if (Status removed = advance.remove(changed.removed); !removed) return std::move(removed).error();
  if (Status added = advance.add(changed.added, threads); !added) return std::move(added).error();
  return TextStatePointer(std::move(next));
}

}  // namespace scaup::inline v0
