#pragma once
// TransportWorker: the thread that runs all exchanges of one transport.
//
// Callers put exchanges into a queue and wait on them; the worker takes as many as may run at once, moves them along,
// and finishes each. It is woken for new exchanges, for those that are to be cancelled or resumed, and to stop. Locks:
// `mutex_` here and each exchange's own. No thread holds two of them, or one of them while in libcurl.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/curl.hpp"
#include "net/exchange.hpp"

namespace scaup::inline v0 {

/// Thread-safe, but for `stop` and the destructor.
class TransportWorker {
 public:
  /// Errors: what `CurlMulti::make` returns.
  [[nodiscard]] static Result<std::shared_ptr<TransportWorker>> start(CurlSettings settings, std::size_t max_running);
  TransportWorker(std::unique_ptr<CurlMulti> curl, std::size_t max_running);
  TransportWorker(const TransportWorker&) = delete;
  TransportWorker& operator=(const TransportWorker&) = delete;
  ~TransportWorker();

  /// Takes the exchange, which it will finish. Error: `cancelled` after `stop`.
  [[nodiscard]] Status submit(std::shared_ptr<Exchange> exchange);
  /// Looks at what the callers asked of their exchanges.
  void wake() noexcept;
  /// Finishes all exchanges with `cancelled` and ends the thread. A second call does nothing.
  void stop() noexcept;

 private:
  struct Running {
    std::shared_ptr<Exchange> exchange;
    CurlTransfer transfer;
  };

  using Exchanges = std::list<std::shared_ptr<Exchange>>;  // splicing allocates nothing

  void run() noexcept;
  /// False if the worker is to stop.
  [[nodiscard]] bool take_inbox();
  void begin_waiting();
  void begin(std::shared_ptr<Exchange> exchange);
  void look_at_wishes();
  /// Whether any transfer ended.
  [[nodiscard]] bool take_ends();
  void end_overdue(HttpClock::time_point now);
  void end(std::size_t index, std::optional<Error> error) noexcept;
  void end_all() noexcept;
  void note_deadline(const Exchange& exchange) noexcept;

  const std::unique_ptr<CurlMulti> curl_;
  const std::size_t max_running_;
  std::atomic<bool> wishes_ = false;  // somebody asked for something since the worker last looked

  // The worker's alone.
  std::vector<Running> running_;         // has room for max_running_
  Exchanges waiting_;                    // for their turn
  HttpClock::time_point next_deadline_;  // no exchange's is before it

  std::mutex mutex_;  // guards what follows
  Exchanges inbox_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace scaup::inline v0
