#pragma once
// Policies: decorators over any Embedder, Reranker or ChatModel, that make calls over a network dependable and cheap.
// The usual order, from the inside: the provider, rate limit, retry, batches, fallback, cache.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "scaup/call_observer.hpp"
#include "scaup/chat.hpp"
#include "scaup/clock.hpp"
#include "scaup/config.hpp"
#include "scaup/embedder.hpp"
#include "scaup/reranker.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// How often a call that failed is made again, and when. The wait doubles each time, from `first_wait` to `max_wait`,
/// less up to a quarter of it by chance; where the provider asks for a time, that one.
struct RetryOptions {
  std::size_t max_attempts = 3;  ///< in all, 1 to 100; 1: no retry
  std::chrono::milliseconds first_wait = std::chrono::milliseconds(500);
  std::chrono::milliseconds max_wait = std::chrono::seconds(8);
  /// A provider that asks for more is not waited for.
  std::chrono::milliseconds max_asked_wait = std::chrono::seconds(120);
  /// No attempt begins later than this after the first.
  std::chrono::milliseconds max_total_time = std::chrono::seconds(600);
  std::shared_ptr<const Clock> clock = {};  ///< default: system_clock()
};

/// Makes a call again that failed with `Error::is_transient()`. A streamed answer is asked for again only as long as
/// nothing of it was delivered. The last error is what the call returns; its message says how many attempts were made.
///
/// Errors: `invalid_argument` for null and for options out of range; of calls, those of what is decorated.
/// Thread-safe, as all policies.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> with_retry(std::shared_ptr<const Embedder> embedder,
                                                                           const RetryOptions& options = {});
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Reranker>> with_retry(std::shared_ptr<const Reranker> reranker,
                                                                           const RetryOptions& options = {});
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const ChatModel>> with_retry(std::shared_ptr<const ChatModel> model,
                                                                            const RetryOptions& options = {});

/// What one call of a provider may hold. 0: no limit, or, in RemoteEmbedderOptions, the provider's.
struct BatchOptions {
  std::size_t max_texts = 0;
  /// Of all texts together: counted by the embedder's tokenizer if it has one, else a third of the bytes.
  std::size_t max_tokens = 0;
  std::size_t max_bytes = 0;             ///< of all texts together
  std::size_t max_concurrent_calls = 4;  ///< 1 to 64
};

/// Cuts long lists of texts into calls within the limits and makes several at once. A call that is refused
/// (`invalid_argument`, which "too large" is) is halved, down to the one text that is to blame, which the error names.
///
/// Errors: `invalid_argument` for null and for options out of range.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> with_batches(std::shared_ptr<const Embedder> embedder,
                                                                             const BatchOptions& options);

struct RateLimitOptions {
  double requests_per_minute = 0;  ///< 0: no limit, until the provider tells of one
  double tokens_per_minute = 0;    ///< the same for tokens of input
  /// A provider that asks for more is not waited for.
  std::chrono::milliseconds max_asked_wait = std::chrono::seconds(120);
  std::shared_ptr<const Clock> clock = {};  ///< default: system_clock()
};

/// A token bucket for requests and one for tokens, each as large as a minute's worth, shared by all who hold the
/// object. As an observer of a provider (Endpoint::observers) it learns limits, what remains of them, and when to come
/// back.
///
/// Thread-safe: any member from any thread at any time.
class SCAUP_API RateLimiter : public CallObserver {
 public:
  /// Waits until a request with so many tokens may be made. Requests go in the order in which they came.
  /// Errors: `cancelled`; `rate_limited`, with retry_after(), until the time has come that a provider asked for and
  /// that is more than `max_asked_wait` away.
  [[nodiscard]] virtual Status acquire(std::uint64_t tokens, std::stop_token stop) = 0;
};

/// Errors: `invalid_argument` for limits that are negative or not finite, and negative times.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<RateLimiter>> make_rate_limiter(const RateLimitOptions& options = {});

/// Asks the limiter before each call. Tokens are estimated as in BatchOptions. Errors: `invalid_argument` for null.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> with_rate_limit(
    std::shared_ptr<const Embedder> embedder, std::shared_ptr<RateLimiter> limiter);
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Reranker>> with_rate_limit(
    std::shared_ptr<const Reranker> reranker, std::shared_ptr<RateLimiter> limiter);
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const ChatModel>> with_rate_limit(std::shared_ptr<const ChatModel> model,
                                                                                 std::shared_ptr<RateLimiter> limiter);

/// Asks `second` where `first` fails for reasons that are not the caller's: `unavailable`, `rate_limited`,
/// `quota_exhausted`, `unauthorized`, `not_found`, `bad_reply`. A streamed answer only while nothing was delivered.
/// Of two embedders the vectors must be comparable: model, dimension, normalisation and prefixes are the same, the
/// provider may differ. The identity is that of `first`. Where both fail, the message has both errors.
///
/// Errors: `invalid_argument` for null; `embedder_mismatch`.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> with_fallback(std::shared_ptr<const Embedder> first,
                                                                              std::shared_ptr<const Embedder> second);
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Reranker>> with_fallback(std::shared_ptr<const Reranker> first,
                                                                              std::shared_ptr<const Reranker> second);
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const ChatModel>> with_fallback(std::shared_ptr<const ChatModel> first,
                                                                               std::shared_ptr<const ChatModel> second);

/// What a model costs, in any currency, for a million tokens.
struct TokenPrice {
  std::string model = {};  ///< as in CallReport::model
  double input_per_million = 0;
  double output_per_million = 0;
};

/// The calls of one model since the meter was made.
struct ModelUsage {
  std::string provider = {};
  std::string model = {};
  std::uint64_t calls = 0;
  std::uint64_t failed_calls = 0;  ///< of these, without an answer or with a status of 400 and above
  TokenUsage tokens = {};
  double cost = 0;  ///< by the prices given; 0 without one
  std::chrono::nanoseconds duration = {};
};

/// Counts what providers report; give it to Endpoint::observers. Thread-safe: any member from any thread at any time.
class SCAUP_API UsageMeter : public CallObserver {
 public:
  /// By provider and model. Calls that could not be counted for want of memory are missing.
  [[nodiscard]] virtual std::vector<ModelUsage> usage() const = 0;
};

/// Errors: `invalid_argument` for prices that are negative or not finite, and for a model with two.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<UsageMeter>> make_usage_meter(std::vector<TokenPrice> prices = {});

}  // namespace scaup::inline v0
