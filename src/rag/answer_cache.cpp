// AnswerCache.

#include "scaup/answer_cache.hpp"

#include <algorithm>
#include <list>
#include <mutex>
#include <vector>

#include "base/boundary.hpp"
#include "base/option_check.hpp"
#include "rag/passage_sentences.hpp"
#include "scaup/rag.hpp"

namespace scaup::inline v0 {
namespace {

struct Entry {
  std::string question;
  std::vector<float> vector;
  std::uint64_t context = 0;
  std::chrono::steady_clock::time_point made;
  std::shared_ptr<const Answer> answer;
};

class MemoryAnswerCache final : public AnswerCache {
 public:
  MemoryAnswerCache(const AnswerCacheOptions& options, std::shared_ptr<const Clock> clock)
      : options_(options), clock_(std::move(clock)) {}

  std::shared_ptr<const Answer> find(const AnswerKey& key) override {
    const std::lock_guard lock(mutex_);
    drop_expired();
    auto found = std::ranges::find_if(
        entries_, [&](const Entry& one) { return one.context == key.context && one.question == key.question; });
    if (found != entries_.end()) {
      ++stats_.exact_hits;
      return used(found);
    }
    found = nearest(key);
    if (found != entries_.end()) {
      ++stats_.semantic_hits;
      return used(found);
    }
    ++stats_.misses;
    return nullptr;
  }

  void keep(const AnswerKey& key, std::shared_ptr<const Answer> answer) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_,
                  [&](const Entry& one) { return one.context == key.context && one.question == key.question; });
    entries_.push_front({.question = std::string(key.question),
                         .vector = {key.vector.begin(), key.vector.end()},
                         .context = key.context,
                         .made = clock_->now(),
                         .answer = std::move(answer)});
    if (entries_.size() > options_.max_entries) entries_.pop_back();
  }

  AnswerCacheStats stats() const override {
    const std::lock_guard lock(mutex_);
    AnswerCacheStats stats = stats_;
    stats.entries = entries_.size();
    return stats;
  }

 private:
  using Place = std::list<Entry>::iterator;

  std::shared_ptr<const Answer> used(Place place) {
    entries_.splice(entries_.begin(), entries_, place);
    return entries_.front().answer;
  }

  // The entry whose question is nearest, if it is near enough.
  Place nearest(const AnswerKey& key) {
    auto best = entries_.end();
    if (!options_.min_similarity || key.vector.empty()) return best;
    double similarity = *options_.min_similarity;
    for (auto one = entries_.begin(); one != entries_.end(); ++one) {
      if (one->context != key.context || one->vector.size() != key.vector.size()) continue;
      const double cosine = cosine_of(one->vector, key.vector);
      if (cosine < similarity) continue;
      similarity = cosine;
      best = one;
    }
    return best;
  }

  void drop_expired() {
    if (!options_.time_to_live) return;
    const auto now = clock_->now();
    // In seconds: the largest time to live has more nanoseconds than can be counted.
    std::erase_if(entries_, [&](const Entry& one) {
      return std::chrono::floor<std::chrono::seconds>(now - one.made) >= *options_.time_to_live;
    });
  }

  const AnswerCacheOptions options_;
  const std::shared_ptr<const Clock> clock_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // under mutex_, as the stats; what was used last first
  AnswerCacheStats stats_;
};

Status check(const AnswerCacheOptions& options) {
  constexpr std::size_t kMostEntries = 100'000;
  if (options.max_entries < 1 || options.max_entries > kMostEntries) {
    return Error(ErrorCode::invalid_argument, "answer cache: max_entries is " + std::to_string(options.max_entries) +
                                                  ", allowed are 1 to " + std::to_string(kMostEntries));
  }
  if (options.min_similarity && !(*options.min_similarity >= 0 && *options.min_similarity <= 1)) {
    return Error(ErrorCode::invalid_argument,
                 "answer cache: min_similarity is " + std::to_string(*options.min_similarity) + ", allowed are 0 to 1");
  }
  return check_time_to_live(options.time_to_live, "answer cache");
}

}  // namespace

AnswerCache::~AnswerCache() = default;

Result<std::shared_ptr<AnswerCache>> make_answer_cache(const AnswerCacheOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<AnswerCache>> {
    if (Status valid = check(options); !valid) return std::move(valid).error();
    return std::make_shared<MemoryAnswerCache>(options, clock_or_default(options.clock));
  });
}

}  // namespace scaup::inline v0
