// The one file that speaks with libcurl.

#include "net/curl.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>
#include <utility>
#include <vector>

#include "base/boundary.hpp"

static_assert(LIBCURL_VERSION_NUM >= 0x075700, "scaup::net needs libcurl 7.87 or later");

namespace scaup::inline v0 {

namespace {

// Of a whole body; a streamed one keeps libcurl's 16 KiB, so that pauses hold little.
constexpr long kReceiveBytes = 128L << 10;
constexpr std::size_t kMaxErrorText = 200;

/// libcurl's text about a failure, which may quote the other side: printable ASCII, one line, not long.
std::string clean_text(std::string_view text) {
  std::string clean(text.substr(0, kMaxErrorText));
  std::ranges::replace_if(
      clean, [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

/// Once a process, and never undone: other parts of the program may use libcurl too.
CURLcode initialise() noexcept {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code;
}

}  // namespace

struct CurlTransfer::Parts {
  Parts(CURLM* multi_in, Exchange& exchange_in) : multi(multi_in), exchange(exchange_in) {}
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts() {
    if (added) curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
  }

  CURLM* multi;
  Exchange& exchange;
  CURL* easy = curl_easy_init();
  bool added = false;
  std::vector<curl_slist> nodes;  // of the header lines, which lie in the exchange: nothing is copied
  std::array<char, CURL_ERROR_SIZE> text = {};
};

struct CurlMulti::Handle {
  explicit Handle(CurlSettings settings_in) : settings(std::move(settings_in)) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_multi_cleanup(multi); }

  CurlSettings settings;
  CURLM* multi = curl_multi_init();
};

namespace {

using Parts = CurlTransfer::Parts;

/// Runs a callback's body; an exception, which C code must not see, becomes the exchange's failure.
template <typename Body>
std::size_t shielded(Exchange& exchange, std::size_t refused, Body&& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    exchange.fail(out_of_memory_error());
  } catch (const std::exception& exception) {
    exchange.fail(unexpected_exception_error(exception));
  }
  return refused;
}

// libcurl takes any other number than the one that it gave as a refusal.
std::size_t refusal_of(std::size_t size) noexcept {
  return size == 0 ? 1 : 0;
}

std::size_t on_header(char* data, std::size_t /*one*/, std::size_t size, void* user) noexcept {
  Exchange& exchange = static_cast<Parts*>(user)->exchange;
  return shielded(exchange, refusal_of(size), [&] {
    return exchange.take_header_line({data, size}) ? size : refusal_of(size);
  });
}

std::size_t on_body(char* data, std::size_t /*one*/, std::size_t size, void* user) noexcept {
  Exchange& exchange = static_cast<Parts*>(user)->exchange;
  return shielded(exchange, refusal_of(size), [&]() -> std::size_t {
    switch (exchange.take_body({data, size})) {
      case BodyAnswer::taken: return size;
      case BodyAnswer::pause: return CURL_WRITEFUNC_PAUSE;
      case BodyAnswer::refused: break;
    }
    return refusal_of(size);
  });
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t /*to send*/, curl_off_t sent) noexcept {
  static_cast<Parts*>(user)->exchange.note_sent(static_cast<std::uint64_t>(sent));
  return 0;
}

/// Sets options and remembers the first refusal.
class Options {
 public:
  explicit Options(CURL* easy) noexcept : easy_(easy) {}

  template <typename Value>
  Options& set(CURLoption option, Value value) noexcept {
    const CURLcode code = curl_easy_setopt(easy_, option, value);
    if (code_ == CURLE_OK) code_ = code;
    return *this;
  }
  [[nodiscard]] CURLcode code() const noexcept { return code_; }

 private:
  CURL* easy_;
  CURLcode code_ = CURLE_OK;
};

/// Links the lines where they are; libcurl only reads them.
curl_slist* link_lines(Parts& parts) {
  const auto lines = parts.exchange.lines().lines();
  parts.nodes.reserve(lines.size());
  for (std::string& line : lines) parts.nodes.push_back({line.data(), nullptr});
  for (std::size_t i = 1; i < parts.nodes.size(); ++i) parts.nodes[i - 1].next = &parts.nodes[i];
  return parts.nodes.empty() ? nullptr : parts.nodes.data();
}

void set_request(Options& options, Parts& parts) {
  const HttpRequest& request = parts.exchange.request();
  options.set(CURLOPT_URL, request.url.c_str()).set(CURLOPT_HTTPHEADER, link_lines(parts));
  const bool takes_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (takes_body || !request.body.empty()) {
    options.set(CURLOPT_POST, 1L)
        .set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()))
        .set(CURLOPT_POSTFIELDS, request.body.c_str());
  } else if (request.method == "HEAD") {
    options.set(CURLOPT_NOBODY, 1L);
  }
  options.set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_callbacks(Options& options, Parts& parts) {
  options.set(CURLOPT_HEADERFUNCTION, &on_header)
      .set(CURLOPT_HEADERDATA, &parts)
      .set(CURLOPT_WRITEFUNCTION, &on_body)
      .set(CURLOPT_WRITEDATA, &parts)
      .set(CURLOPT_XFERINFOFUNCTION, &on_progress)
      .set(CURLOPT_XFERINFODATA, &parts)
      .set(CURLOPT_NOPROGRESS, 0L)
      .set(CURLOPT_PRIVATE, &parts)
      .set(CURLOPT_ERRORBUFFER, parts.text.data());
}

/// Nothing from the environment, no redirects, no cookies, no user names; TLS 1.2 or later, verified.
void set_safety(Options& options, const CurlSettings& settings, const HttpUrl& url) {
  options.set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_FOLLOWLOCATION, 0L)
      .set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)
      .set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED))
      .set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2))
      .set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      .set(CURLOPT_PROXY, is_loopback(url.host) ? "" : settings.proxy.c_str())  // "": not even the environment's
      .set(CURLOPT_NOPROXY, "")
      .set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
      .set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_QUICK_EXIT, 1L);  // looking up a name is left behind, not waited for, when a transfer ends
  if (settings.ca_file.empty()) return;
  options.set(CURLOPT_CAINFO, settings.ca_file.c_str()).set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
}

/// A streamed body has a connection of its own: pausing one stream of HTTP/2 would hold up all of its connection, among
/// them, perhaps, the request that the sink itself waits for.
void set_connection(Options& options, const CurlSettings& settings, const Exchange& exchange) {
  const bool whole = exchange.mode() == BodyMode::whole;
  const bool shared = whole && exchange.url().scheme == HttpScheme::https;
  const auto connect = exchange.request().limits.connect_timeout.count();
  options.set(CURLOPT_HTTP_VERSION, static_cast<long>(shared ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1))
      .set(CURLOPT_PIPEWAIT, shared ? 1L : 0L)  // rather wait for a handshake than have a second one
      .set(CURLOPT_CONNECTTIMEOUT_MS, connect == 0 ? long{INT_MAX} : static_cast<long>(connect))
      .set(CURLOPT_TCP_KEEPALIVE, 1L)
      .set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  if (whole) options.set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate").set(CURLOPT_BUFFERSIZE, kReceiveBytes);
}

struct Failure {
  ErrorCode code;
  std::string_view what;
};

Failure failure_of(CURLcode code) noexcept {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY: return {ErrorCode::unavailable, "the name of the host was not found"};
    case CURLE_COULDNT_CONNECT:
      return {ErrorCode::unavailable, "no connection; check the address and whether the service runs"};
    case CURLE_OPERATION_TIMEDOUT: return {ErrorCode::unavailable, "no connection within connect_timeout"};
    case CURLE_PARTIAL_FILE: return {ErrorCode::unavailable, "the answer was cut short"};
    case CURLE_GOT_NOTHING: return {ErrorCode::unavailable, "the connection was closed without an answer"};
    case CURLE_SSL_CONNECT_ERROR: return {ErrorCode::unavailable, "the TLS handshake failed"};
    case CURLE_PEER_FAILED_VERIFICATION: return {ErrorCode::bad_reply, "the certificate of the server does not fit"};
    case CURLE_SSL_CACERT_BADFILE: return {ErrorCode::invalid_argument, "the certificates to trust cannot be used"};
    case CURLE_BAD_CONTENT_ENCODING: return {ErrorCode::bad_reply, "the body of the answer does not decompress"};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY: return {ErrorCode::bad_reply, "what answered does not speak HTTP"};
    case CURLE_URL_MALFORMAT: return {ErrorCode::invalid_argument, "the URL cannot be used"};
    case CURLE_OUT_OF_MEMORY: return {ErrorCode::out_of_memory, "out of memory"};
    default: return {ErrorCode::unavailable, "the connection failed"};
  }
}

/// What a transfer's end with this code means; `code` may be CURLE_OK for an answer that has no whole head.
Error error_of(const Parts& parts, CURLcode code) {
  if (std::optional<Error> noted = parts.exchange.take_failure()) return *std::move(noted);
  if (code == CURLE_OK) return parts.exchange.error(ErrorCode::unavailable, "the answer was cut short in its headers");
  // libcurl says so, too, when it stops reading a header line that has more than 100 KB.
  const bool in_head = code == CURLE_OUT_OF_MEMORY && !parts.exchange.head_complete();
  const Failure failure =
      in_head ? Failure{ErrorCode::bad_reply, "a header line of the answer takes too much memory"} : failure_of(code);
  const std::string_view text = parts.text[0] != '\0' ? parts.text.data() : curl_easy_strerror(code);
  return parts.exchange.error(failure.code, std::string(failure.what) + " (" + clean_text(text) + ")");
}

}  // namespace

CurlTransfer::CurlTransfer(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {}
CurlTransfer::CurlTransfer(CurlTransfer&& other) noexcept = default;
CurlTransfer& CurlTransfer::operator=(CurlTransfer&& other) noexcept = default;
CurlTransfer::~CurlTransfer() = default;

void CurlTransfer::resume() noexcept {
  parts_->exchange.note_resumed();
  curl_easy_pause(parts_->easy, CURLPAUSE_CONT);
}

CurlMulti::CurlMulti(std::unique_ptr<Handle> handle) noexcept : handle_(std::move(handle)) {}
CurlMulti::~CurlMulti() = default;

Result<std::unique_ptr<CurlMulti>> CurlMulti::make(CurlSettings settings) {
  const CURLcode initialised = initialise();
  auto handle = initialised == CURLE_OK ? std::make_unique<Handle>(std::move(settings)) : nullptr;
  if (!handle || handle->multi == nullptr) {
    return Error(ErrorCode::internal,
                 "http: libcurl cannot be initialised: " + std::string(curl_easy_strerror(initialised)));
  }
  curl_multi_setopt(handle->multi, CURLMOPT_MAXCONNECTS, static_cast<long>(handle->settings.max_connections));
  return std::unique_ptr<CurlMulti>(new CurlMulti(std::move(handle)));
}

Result<CurlTransfer> CurlMulti::start(Exchange& exchange) {
  auto parts = std::make_unique<Parts>(handle_->multi, exchange);
  if (parts->easy == nullptr) return out_of_memory_error();
  Options options(parts->easy);
  set_request(options, *parts);
  set_callbacks(options, *parts);
  set_safety(options, handle_->settings, exchange.url());
  set_connection(options, handle_->settings, exchange);
  if (options.code() == CURLE_OUT_OF_MEMORY) return out_of_memory_error();
  if (options.code() != CURLE_OK) {
    return exchange.error(ErrorCode::internal,
                          "libcurl refused an option: " + std::string(curl_easy_strerror(options.code())));
  }
  exchange.begin_transfer();
  parts->added = curl_multi_add_handle(handle_->multi, parts->easy) == CURLM_OK;
  if (!parts->added) return exchange.error(ErrorCode::internal, "libcurl refused the transfer");
  return CurlTransfer(std::move(parts));
}

void CurlMulti::run() noexcept {
  int running = 0;
  curl_multi_perform(handle_->multi, &running);
}

std::optional<CurlEnd> CurlMulti::next_end() {
  int left = 0;
  const CURLMsg* message = nullptr;
  do {
    message = curl_multi_info_read(handle_->multi, &left);
    if (message == nullptr) return std::nullopt;
  } while (message->msg != CURLMSG_DONE);
  const Parts* parts = nullptr;
  curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &parts);
  const CURLcode code = message->data.result;
  if (code == CURLE_OK && parts->exchange.head_complete()) return CurlEnd{&parts->exchange, std::nullopt};
  // An end must not be lost: where there is no memory for its error, that is the error.
  Status status = guarded([&]() -> Status { return error_of(*parts, code); });
  return CurlEnd{&parts->exchange, std::move(status).error()};
}

void CurlMulti::wait(std::chrono::milliseconds time) noexcept {
  curl_multi_poll(handle_->multi, nullptr, 0, static_cast<int>(time.count()), nullptr);
}

void CurlMulti::wake() noexcept {
  curl_multi_wakeup(handle_->multi);
}

}  // namespace scaup::inline v0
