#pragma once
// One provider at one endpoint: how its requests are made, and what becomes of an exchange with it.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "json/json_tree.hpp"
#include "providers/provider_table.hpp"
#include "scaup/call_observer.hpp"
#include "scaup/http.hpp"
#include "scaup/providers.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Who is called. `endpoint` has a transport and a base URL. Thread-compatible: const members concurrently.
struct ApiClient {
  const ProviderTable* table = nullptr;
  std::string model = {};
  Endpoint endpoint = {};
  bool official = true;  ///< the provider's own address, not a server that speaks its protocol

  /// Errors: `invalid_argument` for a missing model or base URL, and for texts that are not UTF-8.
  [[nodiscard]] static Result<ApiClient> make(Provider provider, std::string_view model, const Endpoint& endpoint);

  /// Base URL and path, with the model put in where the provider wants it.
  [[nodiscard]] std::string url(std::string_view path) const;
  [[nodiscard]] HttpRequest request(std::string_view method, std::string_view path, std::string body = {}) const;
  [[nodiscard]] HttpRequest post(std::string_view path, std::string body) const {
    return request("POST", path, std::move(body));
  }
};

/// One exchange. When it goes it tells the observers, whatever came of it.
/// Single-threaded: one thread at a time, even for const members.
class ProviderCall {
 public:
  explicit ProviderCall(const ApiClient& client);
  ProviderCall(const ProviderCall&) = delete;
  ProviderCall& operator=(const ProviderCall&) = delete;
  ~ProviderCall();

  /// Sends, and turns every status but 2xx into an error.
  [[nodiscard]] Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop);
  /// The same with the body given to `sink`.
  [[nodiscard]] Result<HttpResponse> stream(const HttpRequest& request, const HttpBodySink& sink, std::stop_token stop);
  /// Sends and reads the body as JSON. Errors: `bad_reply` for anything else, HTML told apart.
  [[nodiscard]] Result<JsonTree> send_for_json(const HttpRequest& request, std::stop_token stop);
  /// The body as JSON. Errors as above; the code of the provider's error if that is what the body holds.
  [[nodiscard]] Result<JsonTree> read_json(std::string body);

  void set_usage(const TokenUsage& usage) noexcept { report_.usage = usage; }
  /// An error that names provider, status, request id, what is wrong, and how the body begins.
  [[nodiscard]] Error failure(ErrorCode code, std::string_view what) const;
  [[nodiscard]] Error bad_reply(std::string_view what) const { return failure(ErrorCode::bad_reply, what); }

 private:
  [[nodiscard]] Result<HttpResponse> finish(Result<HttpResponse> response);
  [[nodiscard]] Error status_error(const HttpResponse& response) const;
  void note_body(std::string_view bytes);

  const ApiClient& client_;
  std::chrono::steady_clock::time_point start_;
  CallReport report_;
  std::string head_;  // the first bytes of the body, for messages
  std::string request_id_;
  bool is_html_ = false;
};

}  // namespace scaup::inline v0
