// The transport of scaup::net: checks a request, hands it to the worker, and waits for the answer.

#include <memory>
#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "net/exchange.hpp"
#include "net/request_check.hpp"
#include "net/transport_worker.hpp"
#include "scaup/http.hpp"
#include "scaup/version.hpp"

namespace scaup::inline v0 {

namespace {

std::string default_user_agent() {
  return "scaup/" + std::to_string(SCAUP_VERSION_MAJOR) + "." + std::to_string(SCAUP_VERSION_MINOR) + "." +
         std::to_string(SCAUP_VERSION_PATCH);
}

/// An exchange that the worker has. However the caller leaves, it is over then, and what it borrowed is the caller's
/// again.
class Submitted {
 public:
  static Result<Submitted> submit(std::shared_ptr<TransportWorker> worker, std::shared_ptr<Exchange> exchange) {
    if (Status taken = worker->submit(exchange); !taken) return std::move(taken).error();
    return Submitted(std::move(worker), std::move(exchange));
  }
  Submitted(Submitted&& other) noexcept = default;
  Submitted& operator=(Submitted&&) = delete;
  ~Submitted() {
    if (!exchange_) return;  // over, or moved from
    exchange_->cancel();
    worker_->wake();
    exchange_->wait_finished();
  }

  /// Gives pieces to the sink until the end.
  [[nodiscard]] Result<HttpResponse> wait(const HttpBodySink& sink, const std::stop_token& stop) {
    std::string piece;
    while (true) {
      switch (exchange_->wait(piece, stop)) {
        case ExchangeEvent::finished: return std::exchange(exchange_, nullptr)->take_outcome();
        case ExchangeEvent::stopped: return exchange_->error(ErrorCode::cancelled, "cancelled");
        case ExchangeEvent::piece: break;
      }
      if (Status taken = sink(piece); !taken) return std::move(taken).error();
      if (exchange_->resume_if_paused()) worker_->wake();
    }
  }

 private:
  Submitted(std::shared_ptr<TransportWorker> worker, std::shared_ptr<Exchange> exchange)
      : worker_(std::move(worker)), exchange_(std::move(exchange)) {}

  std::shared_ptr<TransportWorker> worker_;  // kept: the transport may be destroyed meanwhile
  std::shared_ptr<Exchange> exchange_;
};

class CurlTransport final : public HttpTransport {
 public:
  CurlTransport(HttpTransportOptions options, std::shared_ptr<TransportWorker> worker)
      : options_(std::move(options)), worker_(std::move(worker)) {}
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;
  ~CurlTransport() override { worker_->stop(); }

  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) const override {
    return guarded([&] { return exchange(request, BodyMode::whole, {}, stop); });
  }

  [[nodiscard]] Result<HttpResponse> stream(const HttpRequest& request, const HttpBodySink& sink,
                                            std::stop_token stop) const override {
    return guarded([&]() -> Result<HttpResponse> {
      if (!sink) return Error(ErrorCode::invalid_argument, "http: the sink for the body is empty");
      return exchange(request, BodyMode::streamed, sink, stop);
    });
  }

 private:
  [[nodiscard]] Result<HttpResponse> exchange(const HttpRequest& request, BodyMode mode, const HttpBodySink& sink,
                                              const std::stop_token& stop) const {
    Result<HttpUrl> url = check_request(request, options_);
    if (!url) return std::move(url).error();
    auto exchange = std::make_shared<Exchange>(request, *std::move(url), mode);
    if (stop.stop_requested()) return exchange->error(ErrorCode::cancelled, "cancelled before it was sent");
    Result<Submitted> submitted = Submitted::submit(worker_, std::move(exchange));
    if (!submitted) return std::move(submitted).error();
    return submitted->wait(sink, stop);
  }

  const HttpTransportOptions options_;
  const std::shared_ptr<TransportWorker> worker_;
};

}  // namespace

Result<std::shared_ptr<const HttpTransport>> make_http_transport(const HttpTransportOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const HttpTransport>> {
    if (Status checked = check_options(options); !checked) return std::move(checked).error();
    CurlSettings settings = {.ca_file = options.ca_file,
                             .proxy = options.proxy,
                             .user_agent = options.user_agent.empty() ? default_user_agent() : options.user_agent,
                             .max_connections = options.max_concurrent_requests};
    auto worker = TransportWorker::start(std::move(settings), options.max_concurrent_requests);
    if (!worker) return std::move(worker).error();
    return std::make_shared<CurlTransport>(options, *std::move(worker));
  });
}

}  // namespace scaup::inline v0
