#pragma once
// HttpTransport: the seam through which the library talks HTTP; scaup::net has one on libcurl.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"
#include "scaup/secret.hpp"

namespace scaup::inline v0 {

struct HttpHeader {
  std::string name = {};
  std::string value = {};
};

/// A header whose value is a key. It is sent as `prefix` followed by the key, and no message holds it.
struct HttpSecretHeader {
  std::string name = {};    ///< for example "Authorization"
  std::string prefix = {};  ///< for example "Bearer "
  Secret secret = {};
};

/// What one exchange may cost. Zero is no limit for the times, and is refused for the bytes. Besides, the headers of an
/// answer may have 128 KiB and 512 lines.
struct HttpLimits {
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(5);
  /// Without a byte in either direction; the time that a sink takes does not count.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);
  /// From the call on, waiting for other exchanges to end included.
  std::chrono::milliseconds total_timeout = std::chrono::seconds(600);
  std::size_t max_response_bytes = std::size_t{64} << 20;  ///< of the body, counted after decompression
};

struct HttpRequest {
  std::string method = "POST";
  std::string url = {};  ///< absolute, https or (see HttpTransportOptions) http; without user name and password
  std::vector<HttpHeader> headers = {};
  std::vector<HttpSecretHeader> secret_headers = {};
  std::string body = {};
  HttpLimits limits = {};
};

struct HttpResponse {
  int status = 0;
  std::vector<HttpHeader> headers = {};  ///< as they came, the last answer's only
  std::string body = {};                 ///< decompressed

  /// The value of the first header of this name, case aside; empty if there is none.
  [[nodiscard]] SCAUP_API std::string_view header(std::string_view name) const noexcept;
};

/// Takes a piece of a body, on the thread that called `stream`. An error ends the exchange and is what `stream`
/// returns.
using HttpBodySink = std::function<Status(std::string_view bytes)>;

/// Sends requests. Users may implement it, for tests or for their own HTTP library.
/// Implementations may be called from several threads at once.
class SCAUP_API HttpTransport {
 public:
  virtual ~HttpTransport();
  /// One exchange. Every status is a response, not an error; redirects are not followed.
  ///
  /// A stop token that is asked to stop ends it at once, also while it waits for other exchanges.
  ///
  /// Errors: `invalid_argument` for a request that must not be sent (URL, plain http, line breaks in headers);
  /// `unavailable` for connections refused, reset or cut short, names not found, and time-outs;
  /// `bad_reply` for a certificate that does not fit, a body over the limit and a body that does not decompress;
  /// `cancelled`.
  [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop = {}) const = 0;
  /// The same, with the body of a 2xx answer given to `sink` as it comes; the transport holds no more than some 100 KB
  /// of it. The body of any other status is collected in the response.
  [[nodiscard]] virtual Result<HttpResponse> stream(const HttpRequest& request, const HttpBodySink& sink,
                                                    std::stop_token stop = {}) const = 0;
};

struct HttpTransportOptions {
  std::size_t max_concurrent_requests = 16;  ///< 1 to 1,024; further ones wait
  /// Certificates (PEM) to trust instead of the system's.
  std::filesystem::path ca_file = {};
  /// Hosts besides loopback that may be spoken to without TLS, as they are in the URL.
  std::vector<std::string> plain_http_hosts = {};
  /// "http://host:port" to send all but loopback requests through; https goes in a tunnel, so that the proxy sees host
  /// and port alone, plain http as it is, keys included. Empty: none. The environment's http_proxy, https_proxy and
  /// no_proxy are never read.
  std::string proxy = {};
  std::string user_agent = {};  ///< empty: "scaup/<version>"
};

/// A transport on libcurl: connections are kept and shared, HTTP/2 where the server offers it, TLS 1.2 or later and
/// verified, gzip and deflate. `stream` uses HTTP/1.1, asks for no compression and refuses it in a 2xx answer. In
/// scaup::net.
///
/// A request on a kept connection that the server closed before the first byte of an answer is sent once more on a new
/// one. One thread of its own while it lives. Destroying it ends the exchanges of other threads with `cancelled`. It
/// does not survive fork: a child must make its own, and not touch its parent's.
///
/// Errors: `invalid_argument` for options out of range, or a file without certificates; `io` for one that cannot be
/// read.
///
/// Thread-safe: any member from any thread at any time; a sink may call it too.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const HttpTransport>> make_http_transport(
    const HttpTransportOptions& options = {});

}  // namespace scaup::inline v0
