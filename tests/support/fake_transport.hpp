#pragma once
// An HttpTransport of scripted replies that keeps the requests, for tests of what stands above HTTP.

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "scaup/http.hpp"

namespace scaup::test {

struct FakeReply {
  int status = 200;
  std::string body = {};
  std::vector<HttpHeader> headers = {{"Content-Type", "application/json"}};
  std::vector<std::size_t> splits = {};  ///< where a streamed body is cut, ascending
  std::size_t piece_bytes = 0;           ///< or: pieces of this size
  bool refused = false;                  ///< no answer at all: the error `unavailable`
  bool cut_off = false;                  ///< the connection breaks behind the body
};

/// Gives the replies in turn, the last one again and again. Thread-safe.
class FakeTransport final : public HttpTransport {
 public:
  explicit FakeTransport(std::vector<FakeReply> replies) : replies_(std::move(replies)) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) const override {
    const FakeReply reply = next(request);
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "transport: cancelled");
    if (reply.refused || reply.cut_off) return Error(ErrorCode::unavailable, "transport: the connection broke");
    return HttpResponse{.status = reply.status, .headers = reply.headers, .body = reply.body};
  }

  Result<HttpResponse> stream(const HttpRequest& request, const HttpBodySink& sink,
                              std::stop_token stop) const override {
    const FakeReply reply = next(request);
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "transport: cancelled");
    if (reply.refused) return Error(ErrorCode::unavailable, "transport: the connection broke");
    HttpResponse response = {.status = reply.status, .headers = reply.headers, .body = {}};
    if (reply.status < 200 || reply.status > 299) {
      response.body = reply.body;
      return response;
    }
    std::size_t at = 0;
    while (at < reply.body.size()) {
      const std::size_t end = end_of_piece(reply, at);
      if (auto taken = sink(std::string_view(reply.body).substr(at, end - at)); !taken) return std::move(taken).error();
      at = end;
    }
    if (reply.cut_off) return Error(ErrorCode::unavailable, "transport: the connection broke");
    return response;
  }

  [[nodiscard]] std::vector<HttpRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  FakeReply next(const HttpRequest& request) const {
    const std::lock_guard lock(mutex_);
    const std::size_t turn = std::min(requests_.size(), replies_.size() - 1);
    requests_.push_back(request);
    return replies_[turn];
  }

  static std::size_t end_of_piece(const FakeReply& reply, std::size_t at) {
    const std::size_t size = reply.body.size();
    if (reply.piece_bytes != 0) return std::min(at + reply.piece_bytes, size);
    const auto split = std::ranges::upper_bound(reply.splits, at);
    return split == reply.splits.end() ? size : std::min(*split, size);
  }

  std::vector<FakeReply> replies_;
  mutable std::mutex mutex_;
  mutable std::vector<HttpRequest> requests_;
};

}  // namespace scaup::test
