// The worker's loop.

#include "net/transport_worker.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <new>
#include <utility>

#include "base/boundary.hpp"

namespace scaup::inline v0 {

namespace {

constexpr std::chrono::milliseconds kLongestWait = std::chrono::seconds(60);

/// Signals are for the program's own threads; and a connection that breaks must not raise SIGPIPE here.
void block_signals() noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

/// Made on the worker's thread, where nothing may throw: where there is no memory for the text, it is left out.
Error cancelled_because(const char* reason) noexcept {
  try {
    return {ErrorCode::cancelled, reason};
  } catch (const std::bad_alloc&) {
    return {ErrorCode::cancelled, ""};
  }
}

Error stopped_error() noexcept {
  return cancelled_because("http: the transport was destroyed");
}

Error cancelled_error() noexcept {
  return cancelled_because("http: cancelled");
}

}  // namespace

Result<std::shared_ptr<TransportWorker>> TransportWorker::start(CurlSettings settings, std::size_t max_running) {
  Result<std::unique_ptr<CurlMulti>> curl = CurlMulti::make(std::move(settings));
  if (!curl) return std::move(curl).error();
  auto worker = std::make_shared<TransportWorker>(*std::move(curl), max_running);
  worker->thread_ = std::thread([raw = worker.get()] { raw->run(); });
  return worker;
}

TransportWorker::TransportWorker(std::unique_ptr<CurlMulti> curl, std::size_t max_running)
    : curl_(std::move(curl)), max_running_(max_running), next_deadline_(HttpClock::now() + kLongestWait) {
  running_.reserve(max_running);
}

TransportWorker::~TransportWorker() {
  stop();
}

Status TransportWorker::submit(std::shared_ptr<Exchange> exchange) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return stopped_error();
    inbox_.push_back(std::move(exchange));
  }
  curl_->wake();
  return {};
}

void TransportWorker::wake() noexcept {
  wishes_ = true;
  curl_->wake();
}

void TransportWorker::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_->wake();
  if (thread_.joinable()) thread_.join();
}

void TransportWorker::run() noexcept {
  block_signals();
  while (true) {
    // Before the inbox: a wish about an exchange that is not seen this time stays for the next.
    const bool wished = wishes_.exchange(false);
    if (!take_inbox()) break;
    if (wished) look_at_wishes();
    begin_waiting();
    curl_->run();
    const bool ended = take_ends();
    const HttpClock::time_point now = HttpClock::now();
    if (now >= next_deadline_) end_overdue(now);
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(next_deadline_ - now);
    // A free place may have been waited for.
    curl_->wait(ended ? std::chrono::milliseconds(0) : std::clamp(rest, std::chrono::milliseconds(0), kLongestWait));
  }
  end_all();
}

bool TransportWorker::take_inbox() {
  Exchanges taken;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    taken.splice(taken.end(), inbox_);
  }
  for (const auto& exchange : taken) note_deadline(*exchange);
  waiting_.splice(waiting_.end(), taken);
  return true;
}

void TransportWorker::begin_waiting() {
  while (!waiting_.empty() && running_.size() < max_running_) {
    std::shared_ptr<Exchange> exchange = std::move(waiting_.front());
    waiting_.pop_front();
    begin(std::move(exchange));
  }
}

void TransportWorker::begin(std::shared_ptr<Exchange> exchange) {
  Result<CurlTransfer> transfer = guarded([&] { return curl_->start(*exchange); });
  if (!transfer) return exchange->finish(std::move(transfer).error());
  note_deadline(*exchange);
  running_.push_back({std::move(exchange), *std::move(transfer)});
}

void TransportWorker::look_at_wishes() {
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const bool is_cancelled = (*at)->cancel_wanted();  // asked once: it may become true at any moment
    if (is_cancelled) (*at)->finish(cancelled_error());
    at = is_cancelled ? waiting_.erase(at) : std::next(at);
  }
  for (std::size_t i = running_.size(); i-- > 0;) {
    Running& running = running_[i];
    if (running.exchange->cancel_wanted()) {
      end(i, cancelled_error());
    } else if (running.exchange->take_resume()) {
      running.transfer.resume();
      note_deadline(*running.exchange);  // it had none of its own while it was paused
    }
  }
}

bool TransportWorker::take_ends() {
  bool any = false;
  while (std::optional<CurlEnd> ended = curl_->next_end()) {
    any = true;
    const auto is_it = [&](const Running& running) { return running.exchange.get() == ended->exchange; };
    const auto found = std::ranges::find_if(running_, is_it);
    end(static_cast<std::size_t>(found - running_.begin()), std::move(ended->error));
  }
  return any;
}

void TransportWorker::end_overdue(HttpClock::time_point now) {
  const auto overdue = [&](const Exchange& exchange) {
    const auto deadline = exchange.deadline();
    return deadline && *deadline <= now;
  };
  const auto late = [&](const Exchange& exchange) {
    return guarded([&]() -> Status { return exchange.time_out_error(now); }).error();
  };
  next_deadline_ = now + kLongestWait;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const bool is_late = overdue(**at);
    if (is_late) (*at)->finish(late(**at));
    if (!is_late) note_deadline(**at);
    at = is_late ? waiting_.erase(at) : std::next(at);
  }
  for (std::size_t i = running_.size(); i-- > 0;) {
    const Exchange& exchange = *running_[i].exchange;
    overdue(exchange) ? end(i, late(exchange)) : note_deadline(exchange);
  }
}

void TransportWorker::end(std::size_t index, std::optional<Error> error) noexcept {
  std::swap(running_[index], running_.back());
  const std::shared_ptr<Exchange> exchange = std::move(running_.back().exchange);
  running_.pop_back();  // with the transfer, which must not see the exchange after its end
  exchange->finish(std::move(error));
}

void TransportWorker::end_all() noexcept {
  while (!running_.empty()) end(running_.size() - 1, stopped_error());
  {
    const std::lock_guard lock(mutex_);
    waiting_.splice(waiting_.end(), inbox_);
  }
  for (const auto& exchange : waiting_) exchange->finish(stopped_error());
  waiting_.clear();
}

void TransportWorker::note_deadline(const Exchange& exchange) noexcept {
  const std::optional<HttpClock::time_point> deadline = exchange.deadline();
  if (deadline) next_deadline_ = std::min(next_deadline_, *deadline);
}

}  // namespace scaup::inline v0
