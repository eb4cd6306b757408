// FaultServer on POSIX sockets: one thread accepts, one thread a connection reads requests and writes replies.

#include "support/fault_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "support/gzip.hpp"

namespace scaup::test {

namespace {

constexpr std::size_t kMaxHeadBytes = std::size_t{1} << 20;
constexpr std::size_t kSendBytes = std::size_t{16} << 10;  // at once, so that bytes_sent keeps up

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

int listen_on_loopback(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  if (listener < 0 || bind(listener, where, size) != 0 || listen(listener, 1024) != 0 ||
      getsockname(listener, where, &size) != 0) {
    throw std::runtime_error("FaultServer: no port on loopback");
  }
  port = ntohs(address.sin_port);
  return listener;
}

/// The head of a request, without its last empty line, taken apart.
FaultRequest parse_head(std::string_view head) {
  FaultRequest request;
  const std::string_view first = head.substr(0, head.find("\r\n"));
  const std::size_t path = first.find(' ');
  const std::size_t version = first.rfind(' ');
  if (path == std::string_view::npos || version <= path) throw std::runtime_error("FaultServer: not HTTP");
  request.method = first.substr(0, path);
  request.path = first.substr(path + 1, version - path - 1);
  for (std::size_t at = first.size() + 2; at < head.size();) {
    const std::string_view line = head.substr(at, head.find("\r\n", at) - at);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::size_t value = std::min(line.find_first_not_of(" \t", colon + 1), line.size());
    request.headers.emplace_back(line.substr(0, colon), line.substr(value));
    at += line.size() + 2;
  }
  return request;
}

/// The body's pieces, as `splits` and `piece_bytes` say.
std::vector<std::string_view> pieces_of(std::string_view body, const FaultReply& reply) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  const auto cut_at = [&](std::size_t end) {
    end = std::min(end, body.size());
    if (end > begin) pieces.push_back(body.substr(begin, end - begin));
    begin = std::max(begin, end);
  };
  for (const std::size_t split : reply.splits) cut_at(split);
  while (reply.piece_bytes != 0 && begin < body.size()) cut_at(begin + reply.piece_bytes);
  cut_at(body.size());
  return pieces;
}

std::string head_of(const FaultReply& reply, std::size_t body_bytes) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + (reply.status == 200 ? " OK" : " Scripted") + "\r\n";
  for (const auto& [name, value] : reply.headers) head += name + ": " + value + "\r\n";
  if (reply.gzip) head += "Content-Encoding: gzip\r\n";
  if (reply.chunked) return head + "Transfer-Encoding: chunked\r\n\r\n";
  if (reply.declared_length) return head + "Content-Length: " + std::to_string(*reply.declared_length) + "\r\n\r\n";
  if (reply.body_source) return head + "\r\n";
  return head + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

std::string as_chunk(std::string_view piece) {
  std::array<char, 24> size = {};
  const int written = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
  return std::string(size.data(), static_cast<std::size_t>(written)) + std::string(piece) + "\r\n";
}

}  // namespace

std::string FaultRequest::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return same_name(header.first, name); });
  return found == headers.end() ? std::string() : found->second;
}

FaultReply FaultReply::json(std::string body, int status) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

FaultReply FaultReply::raw(std::string bytes) {
  FaultReply reply;
  reply.ending = FaultEnding::close;
  reply.raw_source = [rest = std::move(bytes)]() mutable { return std::exchange(rest, {}); };
  return reply;
}

struct FaultServer::State {
  explicit State(Handler handler_in) : handler(std::move(handler_in)), listener(listen_on_loopback(port)) {}

  void accept_all();
  void serve(int socket, std::size_t number);
  [[nodiscard]] FaultReply answer(FaultRequest& request);
  /// False if the server stops meanwhile.
  [[nodiscard]] bool pause(std::chrono::milliseconds time);
  void stop();

  std::uint16_t port = 0;
  Handler handler;
  int listener;
  std::mutex handler_mutex;  // held while `handler` runs; taken before `mutex`
  mutable std::mutex mutex;  // guards all that follows
  mutable std::condition_variable changed;
  bool stopping = false;
  std::set<int> sockets;  // open ones; a connection's thread takes its own out before it closes it
  std::vector<std::thread> threads;
  std::vector<FaultRequest> requests;
  std::size_t connections = 0;
  std::size_t at_once = 0;
  std::size_t most_at_once = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::thread acceptor;  // last: it uses all of the above
};

namespace {

/// One connection: reads requests, and writes replies until their `end_after`.
class Connection {
 public:
  Connection(int socket, std::atomic<std::uint64_t>& bytes_sent, std::function<bool(std::chrono::milliseconds)> pause)
      : socket_(socket), bytes_sent_(bytes_sent), pause_(std::move(pause)) {}

  /// The next request, or nothing if the client left.
  std::optional<FaultRequest> read() {
    std::size_t end = std::string::npos;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (input_.size() > kMaxHeadBytes || !receive()) return std::nullopt;
    }
    FaultRequest request = parse_head(std::string_view(input_).substr(0, end + 2));
    input_.erase(0, end + 4);
    const std::string length = request.header("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (input_.size() < size) {
      if (!receive()) return std::nullopt;
    }
    request.body = input_.substr(0, size);
    input_.erase(0, size);
    return request;
  }

  /// Whether the connection stays open.
  [[nodiscard]] bool write(const FaultReply& reply) {
    left_ = reply.end_after;
    const bool whole = pause_(reply.delay) && write_all(reply);
    if (reply.ending == FaultEnding::reset) set_reset();
    const bool unframed = (reply.body_source && !reply.chunked && !reply.declared_length) || reply.raw_source;
    return whole && reply.ending == FaultEnding::keep_alive && !unframed;
  }

 private:
  [[nodiscard]] bool receive() {
    std::array<char, 65536> buffer;
    const ssize_t received = recv(socket_, buffer.data(), buffer.size(), 0);
    if (received <= 0) return false;
    input_.append(buffer.data(), static_cast<std::size_t>(received));
    return true;
  }

  [[nodiscard]] bool send_bytes(std::string_view bytes) {
    const bool cut = left_ && *left_ < bytes.size();
    if (cut) bytes = bytes.substr(0, *left_);
    if (left_) *left_ -= bytes.size();
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), std::min(bytes.size(), kSendBytes), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes_sent_ += static_cast<std::uint64_t>(sent);
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return !cut;
  }

  [[nodiscard]] bool write_all(const FaultReply& reply) {
    if (left_ && *left_ == 0) return false;
    if (reply.raw_source) return write_source(reply.raw_source, reply, false);
    const std::string body = reply.gzip ? gzip(reply.body) : reply.body;
    if (!send_bytes(head_of(reply, body.size()))) return false;
    if (reply.body_source) {
      if (!write_source(reply.body_source, reply, reply.chunked)) return false;
    } else if (!write_pieces(body, reply)) {
      return false;
    }
    return !reply.chunked || !reply.last_chunk || send_bytes("0\r\n\r\n");
  }

  [[nodiscard]] bool write_pieces(std::string_view body, const FaultReply& reply) {
    for (const std::string_view piece : pieces_of(body, reply)) {
      if (!send_bytes(reply.chunked ? as_chunk(piece) : std::string(piece)) || !pause_(reply.piece_delay)) return false;
    }
    return true;
  }

  [[nodiscard]] bool write_source(const std::function<std::string()>& source, const FaultReply& reply, bool chunked) {
    while (true) {
      const std::string piece = source();
      if (piece.empty()) return true;
      if (!send_bytes(chunked ? as_chunk(piece) : piece) || !pause_(reply.piece_delay)) return false;
    }
  }

  void set_reset() const {
    const linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  }

  int socket_;
  std::atomic<std::uint64_t>& bytes_sent_;
  std::function<bool(std::chrono::milliseconds)> pause_;
  std::string input_;
  std::optional<std::size_t> left_;  // bytes of the reply until its `end_after`
};

}  // namespace

void FaultServer::State::accept_all() {
  while (true) {
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex);
    if (stopping || socket < 0) {
      if (socket >= 0) close(socket);
      return;
    }
    const int on = 1;  // each piece a packet of its own
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const int buffer = 64 << 10;  // small, so that bytes_sent is not far from what the client took
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    sockets.insert(socket);
    threads.emplace_back([this, socket, number = connections] { serve(socket, number); });
    ++connections;
  }
}

void FaultServer::State::serve(int socket, std::size_t number) {
  Connection connection(socket, bytes_sent, [this](auto time) { return pause(time); });
  bool open = true;
  while (open) {
    try {
      std::optional<FaultRequest> request = connection.read();
      if (!request) break;
      request->connection = number;
      const FaultReply reply = answer(*request);
      open = connection.write(reply);
    } catch (const std::exception&) {
      break;  // what came was not HTTP
    }
    const std::lock_guard lock(mutex);
    --at_once;
  }
  const std::lock_guard lock(mutex);
  sockets.erase(socket);
  close(socket);
}

FaultReply FaultServer::State::answer(FaultRequest& request) {
  const std::lock_guard handler_lock(handler_mutex);
  {
    const std::lock_guard lock(mutex);
    request.number = requests.size();
    requests.push_back(request);
    most_at_once = std::max(most_at_once, ++at_once);
    changed.notify_all();
  }
  try {
    return handler(request);
  } catch (const std::exception& exception) {
    return {.status = 500, .body = exception.what()};
  }
}

bool FaultServer::State::pause(std::chrono::milliseconds time) {
  if (time.count() == 0) return true;
  std::unique_lock lock(mutex);
  return !changed.wait_for(lock, time, [&] { return stopping; });
}

void FaultServer::State::stop() {
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(stopping, true)) return;
    changed.notify_all();
    shutdown(listener, SHUT_RDWR);  // wakes the thread that accepts
    for (const int socket : sockets) shutdown(socket, SHUT_RDWR);
  }
  acceptor.join();
  close(listener);
  for (std::thread& thread : threads) thread.join();
}

FaultServer::FaultServer(Handler handler) : state_(std::make_unique<State>(std::move(handler))) {
  state_->acceptor = std::thread([state = state_.get()] { state->accept_all(); });
}

FaultServer::FaultServer(std::vector<FaultReply> replies)
    : FaultServer([replies = std::move(replies)](const FaultRequest& request) {
        return replies.at(std::min(request.number, replies.size() - 1));
      }) {}

FaultServer::~FaultServer() {
  stop();
}

void FaultServer::stop() noexcept {
  state_->stop();
}

std::uint16_t FaultServer::port() const noexcept {
  return state_->port;
}

std::string FaultServer::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

std::vector<FaultRequest> FaultServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::size_t FaultServer::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections;
}

std::size_t FaultServer::most_at_once() const {
  const std::lock_guard lock(state_->mutex);
  return state_->most_at_once;
}

std::uint64_t FaultServer::bytes_sent() const noexcept {
  return state_->bytes_sent;
}

bool FaultServer::wait_for_requests(std::size_t count) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, std::chrono::seconds(20), [&] { return state_->requests.size() >= count; });
}

}  // namespace scaup::test
