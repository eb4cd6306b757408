// How an answer is put together, within its limits.

#include "net/exchange.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/in_quotes.hpp"

namespace scaup::inline v0 {

namespace {

constexpr std::size_t kHighWater = std::size_t{64} << 10;
// Of all heads and trailers of an exchange together. Real ones have some 20 lines and 2 KB.
constexpr std::size_t kMaxHeadBytes = std::size_t{128} << 10;
constexpr std::size_t kMaxHeadLines = 512;

std::string milliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

}  // namespace

Error Exchange::error(ErrorCode code, std::string_view what) const {
  constexpr std::size_t kMaxPlaceBytes = 200;
  const std::string_view place = std::string_view(url_.place).substr(0, kMaxPlaceBytes);
  return {code, "http: " + request_.method + " " + std::string(place) + ": " + std::string(what)};
}

ExchangeEvent Exchange::wait(std::string& piece, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return finished_ || !pieces_.empty(); });
  if (stop.stop_requested()) return ExchangeEvent::stopped;
  if (pieces_.empty()) return ExchangeEvent::finished;
  piece.clear();
  std::swap(piece, pieces_);
  return ExchangeEvent::piece;
}

void Exchange::wait_finished() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return finished_; });
}

Result<HttpResponse> Exchange::take_outcome() {
  const std::lock_guard lock(mutex_);
  if (outcome_) return *std::move(outcome_);
  return std::move(response_);
}

bool Exchange::resume_if_paused() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(paused_, false)) return false;
  resume_wanted_ = true;
  return true;
}

bool Exchange::take_header_line(std::string_view line) {
  active_at_ = HttpClock::now();
  head_bytes_ += line.size();
  if (head_bytes_ > kMaxHeadBytes || ++head_lines_ > kMaxHeadLines) {
    fail(error(ErrorCode::bad_reply, "the headers of the answer have more than " + std::to_string(kMaxHeadBytes) +
                                         " bytes or " + std::to_string(kMaxHeadLines) + " lines"));
    return false;
  }
  if (head_complete_) return true;  // a trailer says nothing that a head should have said (RFC 9110, section 6.5.1)
  if (line.starts_with("HTTP/")) return take_status_line(line);
  const std::string_view text = trimmed(line);
  if (text.empty()) return end_head();
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  response_.headers.push_back(
      {std::string(trimmed(text.substr(0, colon))), std::string(trimmed(text.substr(colon + 1)))});
  return true;
}

bool Exchange::take_status_line(std::string_view line) {
  const std::string_view digits = line.substr(std::min(line.find(' '), line.size() - 1) + 1).substr(0, 3);
  if (digits.size() != 3 || !std::ranges::all_of(digits, is_ascii_digit)) {
    fail(error(ErrorCode::bad_reply, "the status line of the answer is " + in_quotes(trimmed(line))));
    return false;
  }
  response_.headers.clear();  // those of a "100 Continue" before
  response_.status = 0;
  for (const char digit : digits) response_.status = response_.status * 10 + (digit - '0');
  return true;
}

bool Exchange::end_head() {
  head_complete_ = response_.status >= 200;
  if (!head_complete_ || mode_ == BodyMode::whole || !is_success()) return true;
  // What unpacks cannot be paused: a few bytes from the network may become many, and all of them would have to be kept.
  const std::string coding = ascii_lower_case(response_.header("content-encoding"));
  const std::string transfer = ascii_lower_case(response_.header("transfer-encoding"));
  if ((coding.empty() || coding == "identity") && (transfer.empty() || transfer == "chunked")) return true;
  const std::string& foreign = coding.empty() || coding == "identity" ? transfer : coding;
  fail(error(ErrorCode::bad_reply,
             "a streamed body was asked for as it is, but came in the coding " + in_quotes(foreign)));
  return false;
}

BodyAnswer Exchange::take_body(std::string_view bytes) {
  active_at_ = HttpClock::now();
  if (bytes.size() > request_.limits.max_response_bytes - body_bytes_) {
    fail(error(ErrorCode::bad_reply, "the body of the answer (status " + std::to_string(response_.status) +
                                         ") has more than " + std::to_string(request_.limits.max_response_bytes) +
                                         " bytes; max_response_bytes can be raised"));
    return BodyAnswer::refused;
  }
  const bool streamed = mode_ == BodyMode::streamed && is_success();
  const BodyAnswer answer = streamed ? queue_piece(bytes) : BodyAnswer::taken;
  if (answer == BodyAnswer::pause) return answer;  // the same bytes will be offered again
  body_bytes_ += bytes.size();
  if (!streamed) response_.body.append(bytes);
  return answer;
}

BodyAnswer Exchange::queue_piece(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (pieces_.size() >= kHighWater) {
    transfer_paused_ = paused_ = true;
    return BodyAnswer::pause;
  }
  pieces_.append(bytes);
  changed_.notify_all();
  return BodyAnswer::taken;
}

void Exchange::note_sent(std::uint64_t bytes) noexcept {
  if (std::exchange(sent_bytes_, bytes) != bytes) active_at_ = HttpClock::now();
}

void Exchange::note_resumed() noexcept {
  transfer_paused_ = false;
  active_at_ = HttpClock::now();
}

void Exchange::fail(Error error) {
  if (!failure_) failure_ = std::move(error);
}

std::optional<HttpClock::time_point> Exchange::deadline() const noexcept {
  std::optional<HttpClock::time_point> earliest;
  const HttpLimits& limits = request_.limits;
  if (limits.total_timeout.count() > 0) earliest = begun_ + limits.total_timeout;
  // Not while the sink is what is waited for.
  if (limits.idle_timeout.count() == 0 || !active_at_ || transfer_paused_) return earliest;
  const HttpClock::time_point idle = *active_at_ + limits.idle_timeout;
  return earliest ? std::min(*earliest, idle) : idle;
}

Error Exchange::time_out_error(HttpClock::time_point now) const {
  const HttpLimits& limits = request_.limits;
  if (limits.total_timeout.count() > 0 && now >= begun_ + limits.total_timeout) {
    const std::string_view where = active_at_ ? "" : ", all of it waiting for other requests to end";
    return error(ErrorCode::unavailable,
                 "no whole answer within total_timeout, " + milliseconds(limits.total_timeout) + std::string(where));
  }
  return error(ErrorCode::unavailable, "no byte came or went for idle_timeout, " + milliseconds(limits.idle_timeout));
}

void Exchange::finish(std::optional<Error> error) noexcept {
  const std::lock_guard lock(mutex_);
  outcome_ = std::move(error);
  finished_ = true;
  changed_.notify_all();
}

}  // namespace scaup::inline v0
