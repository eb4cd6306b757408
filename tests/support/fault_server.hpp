#pragma once
// FaultServer: an HTTP/1.1 server on loopback that answers as a test tells it, faults included, and keeps what it was
// sent.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scaup::test {

/// Names and values, in the order of the wire.
using FaultHeaders = std::vector<std::pair<std::string, std::string>>;

/// What the server received.
struct FaultRequest {
  std::string method = {};
  std::string path = {};  ///< with the query, as in the request line
  FaultHeaders headers = {};
  std::string body = {};
  std::size_t number = 0;      ///< of this request, from 0, in the order in which they were complete
  std::size_t connection = 0;  ///< number of the connection that it came on, from 0

  /// The value of the first header of this name, case aside; empty if there is none.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// What becomes of the connection after a reply.
enum class FaultEnding : std::uint8_t {
  keep_alive,  ///< the next request may come on it
  close,       ///< closed in order, announced by no header
  reset,       ///< reset: the client's next call on the socket fails
};

/// An answer, sound by default. It is sent as: `delay`, head, the pieces of the body with `piece_delay` between them,
/// `ending`. All that waits is woken when the server stops.
struct FaultReply {
  int status = 200;
  FaultHeaders headers =
      {};  ///< besides Content-Length, Transfer-Encoding and Content-Encoding, which follow from below
  std::string body = {};
  std::chrono::milliseconds delay = {};  ///< before the head

  /// How the body is cut: behind each of these offsets, ascending ...
  std::vector<std::size_t> splits = {};
  /// ... or after every so many bytes; 0: in one piece. Pieces leave in packets of their own.
  std::size_t piece_bytes = 0;
  std::chrono::milliseconds piece_delay = {};
  bool chunked = false;    ///< chunked transfer coding, each piece a chunk
  bool last_chunk = true;  ///< false: the chunk of size 0 is left out
  bool gzip = false;       ///< the body is sent compressed

  /// The Content-Length that the head states, instead of the true one. With more than the body has and `ending` close,
  /// the body is cut short.
  std::optional<std::size_t> declared_length = {};
  /// `ending` comes after so many bytes of the whole answer, head included; 0: before anything is sent.
  std::optional<std::size_t> end_after = {};
  FaultEnding ending = FaultEnding::keep_alive;

  /// Where set, its pieces are the body instead of `body`, until it returns an empty one: for bodies without end. It is
  /// sent chunked if so asked; otherwise, without `declared_length`, the connection is closed behind it.
  std::function<std::string()> body_source = {};
  /// Where set, its pieces are all that is sent, head included, until it returns an empty one.
  std::function<std::string()> raw_source = {};

  /// A JSON body with its Content-Type.
  [[nodiscard]] static FaultReply json(std::string body, int status = 200);
  /// These bytes and nothing else, then the connection is closed.
  [[nodiscard]] static FaultReply raw(std::string bytes);
};

/// Serves until it is destroyed, on 127.0.0.1 and a port that the system chooses, each connection on a thread of its
/// own. Thread-safe.
class FaultServer {
 public:
  /// Makes the reply to each request. Called from the server's threads, one call at a time; it must not wait (a reply's
  /// `delay` does). An exception becomes status 500 with its text.
  using Handler = std::function<FaultReply(const FaultRequest&)>;

  explicit FaultServer(Handler handler);
  /// The replies in turn, whatever is asked; the last one again and again.
  explicit FaultServer(std::vector<FaultReply> replies);
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;
  ~FaultServer();

  [[nodiscard]] std::uint16_t port() const noexcept;
  /// "http://127.0.0.1:<port>" and `path`.
  [[nodiscard]] std::string url(std::string_view path = "") const;

  [[nodiscard]] std::vector<FaultRequest> requests() const;  ///< all so far
  [[nodiscard]] std::size_t connections() const;             ///< accepted so far
  [[nodiscard]] std::size_t most_at_once() const;            ///< the most requests that were being answered at one time
  [[nodiscard]] std::uint64_t bytes_sent() const noexcept;   ///< that the system took
  /// Waits until `count` requests have come; false if they have not after 20 seconds.
  [[nodiscard]] bool wait_for_requests(std::size_t count) const;

  /// Ends all connections and threads; further connections are refused. The destructor does the same.
  void stop() noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace scaup::test
