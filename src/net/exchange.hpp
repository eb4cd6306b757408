#pragma once
// Exchange: one request and its answer, shared by the thread that called and the transport's own.
//
// The calling thread makes it, hands it to the worker and waits; the worker feeds it from libcurl and finishes it.
// Invariants:
//  1. The request is borrowed. The caller does not leave before the exchange is finished, and the worker does not touch
//     the request after it has finished it.
//  2. What the worker alone uses (the first group of members) needs no lock: the caller reads the response only
//     after it saw `finished_`.
//  3. `mutex_` guards the rest. Nobody holds it while calling libcurl, the sink, or taking another mutex.
//  4. At most kHighWater bytes wait for the sink before one more piece (libcurl's are at most 16 KiB) is taken; then
//     libcurl is paused until the caller took all of them and asked to go on.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "net/header_lines.hpp"
#include "net/url.hpp"
#include "scaup/http.hpp"

namespace scaup::inline v0 {

using HttpClock = std::chrono::steady_clock;

/// What the worker does with bytes that it offered.
enum class BodyAnswer : std::uint8_t { taken, pause, refused };

/// What a caller that waited has to do next.
enum class ExchangeEvent : std::uint8_t { piece, finished, stopped };

class Exchange {
 public:
  Exchange(const HttpRequest& request, HttpUrl url, BodyMode mode)
      : request_(request), url_(std::move(url)), lines_(request, mode), mode_(mode), begun_(HttpClock::now()) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // For either thread; constant.
  [[nodiscard]] const HttpRequest& request() const noexcept { return request_; }
  [[nodiscard]] const HttpUrl& url() const noexcept { return url_; }
  [[nodiscard]] BodyMode mode() const noexcept { return mode_; }
  /// "http: POST api.example.com/v1/embeddings: " and `what`, as an error.
  [[nodiscard]] Error error(ErrorCode code, std::string_view what) const;

  // For the caller.
  /// Waits for a piece of the body, which replaces `piece`, for the end, or for `stop`, which goes before the others.
  [[nodiscard]] ExchangeEvent wait(std::string& piece, const std::stop_token& stop);
  void wait_finished();
  /// The response or the error, once; only after the end.
  [[nodiscard]] Result<HttpResponse> take_outcome();
  /// Asks the worker to end the exchange; it must be woken.
  void cancel() noexcept { cancel_wanted_ = true; }
  /// Whether the worker waits for `resume` since all pieces were taken; if so, it must be woken.
  [[nodiscard]] bool resume_if_paused();

  // For the worker.
  [[nodiscard]] HeaderLines& lines() noexcept { return lines_; }
  [[nodiscard]] bool cancel_wanted() const noexcept { return cancel_wanted_; }
  [[nodiscard]] bool take_resume() noexcept { return resume_wanted_.exchange(false); }
  void begin_transfer() noexcept { active_at_ = HttpClock::now(); }
  /// A line of a head or a trailer, with its line break; false if the exchange failed by it.
  [[nodiscard]] bool take_header_line(std::string_view line);
  [[nodiscard]] BodyAnswer take_body(std::string_view bytes);
  /// How many bytes of the body were sent so far.
  void note_sent(std::uint64_t bytes) noexcept;
  /// libcurl goes on from a pause.
  void note_resumed() noexcept;
  /// Whether the head of the final answer came whole.
  [[nodiscard]] bool head_complete() const noexcept { return head_complete_; }
  /// Notes why a call of libcurl is going to fail; the first reason stands.
  void fail(Error error);
  /// The reason that was noted, if any.
  [[nodiscard]] std::optional<Error> take_failure() noexcept { return std::move(failure_); }
  /// When the total or the idle time ends, whichever is first; nothing where there is no limit.
  [[nodiscard]] std::optional<HttpClock::time_point> deadline() const noexcept;
  /// The error of a time that ended.
  [[nodiscard]] Error time_out_error(HttpClock::time_point now) const;
  /// The last call of the worker. Does not throw.
  void finish(std::optional<Error> error) noexcept;

 private:
  [[nodiscard]] bool take_status_line(std::string_view line);
  [[nodiscard]] bool end_head();
  [[nodiscard]] BodyAnswer queue_piece(std::string_view bytes);
  [[nodiscard]] bool is_success() const noexcept { return response_.status >= 200 && response_.status < 300; }

  const HttpRequest& request_;
  const HttpUrl url_;
  HeaderLines lines_;
  const BodyMode mode_;
  const HttpClock::time_point begun_;

  // The worker's, until it finishes the exchange.
  HttpResponse response_;
  std::optional<Error> failure_;
  std::size_t head_bytes_ = 0;  // of all heads and trailers of this exchange
  std::size_t head_lines_ = 0;
  std::size_t body_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  bool head_complete_ = false;  // the head of the final answer; what follows are trailers
  bool transfer_paused_ = false;
  std::optional<HttpClock::time_point> active_at_;  // the last byte; nothing while it waits for its turn

  std::atomic<bool> cancel_wanted_ = false;
  std::atomic<bool> resume_wanted_ = false;

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::string pieces_;  // of a streamed body, for the sink
  bool paused_ = false;
  bool finished_ = false;
  std::optional<Error> outcome_;  // of a finished exchange; nothing: the response
};

}  // namespace scaup::inline v0
