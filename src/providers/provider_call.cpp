// What becomes of an exchange: a body, or an error that says who answered what.

#include <algorithm>

#include "providers/api_client.hpp"
#include "providers/rate_headers.hpp"
#include "providers/reply_error.hpp"
#include "scaup/clock.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kShownBytes = 1024;
constexpr std::size_t kShownId = 100;
constexpr std::size_t kMaxErrorBody = std::size_t{1} << 20;  // more is not looked into

char first_character(std::string_view body) noexcept {
  const std::size_t at = body.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? '\0' : body[at];
}

std::string_view request_id_of(const HttpResponse& response) noexcept {
  for (const std::string_view name : {"x-request-id", "apim-request-id", "request-id"}) {
    if (const std::string_view id = response.header(name); !id.empty()) return id;
  }
  return {};
}

std::string_view describe(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::quota_exhausted: return "the account has no credit left";
    case ErrorCode::unauthorized: return "the key is refused";
    case ErrorCode::not_found: return "no such model or address";
    case ErrorCode::rate_limited: return "too many requests";
    case ErrorCode::unavailable: return "the provider is not available";
    case ErrorCode::invalid_argument: return "the request is refused";
    default: return "an answer of another kind, perhaps of another server";
  }
}

}  // namespace

ProviderCall::ProviderCall(const ApiClient& client)
    : client_(client), start_(system_clock()->now()), report_{.provider = client.table->name, .model = client.model} {}

ProviderCall::~ProviderCall() {
  report_.duration = system_clock()->now() - start_;
  for (const auto& observer : client_.endpoint.observers) {
    if (observer != nullptr) observer->on_call(report_);
  }
}

Result<HttpResponse> ProviderCall::send(const HttpRequest& request, std::stop_token stop) {
  return finish(client_.endpoint.transport->send(request, std::move(stop)));
}

Result<HttpResponse> ProviderCall::stream(const HttpRequest& request, const HttpBodySink& sink, std::stop_token stop) {
  const auto noting = [&](std::string_view bytes) {
    note_body(bytes);
    return sink(bytes);
  };
  return finish(client_.endpoint.transport->stream(request, noting, std::move(stop)));
}

Result<JsonTree> ProviderCall::send_for_json(const HttpRequest& request, std::stop_token stop) {
  auto response = send(request, std::move(stop));
  if (!response) return std::move(response).error();
  return read_json(std::move(response->body));
}

Result<JsonTree> ProviderCall::read_json(std::string body) {
  if (body.empty()) return bad_reply("an empty body");
  if (is_html_ || first_character(body) == '<') return bad_reply("HTML instead of JSON, perhaps of a proxy");
  auto tree = JsonTree::parse(std::move(body));
  if (!tree && tree.error().code() == ErrorCode::out_of_memory) return std::move(tree).error();
  if (!tree) return bad_reply(tree.error().message());
  const ErrorWords words = read_error_words(tree->root());
  if (words.found) return failure(code_of_words(words), "the provider reports an error");
  return tree;
}

Result<HttpResponse> ProviderCall::finish(Result<HttpResponse> response) {
  if (!response) {
    Error error = std::move(response).error();
    error.add_context(client_.table->name);
    return error;
  }
  report_.status = response->status;
  report_.requests = read_rate_limit(*response, "requests");
  report_.tokens = read_rate_limit(*response, "tokens");
  report_.retry_after = read_retry_after(*response, system_clock()->wall_time());
  request_id_ = excerpt(request_id_of(*response), client_.endpoint.key, kShownId);
  is_html_ = response->header("content-type").starts_with("text/html");
  note_body(response->body);
  if (response->status < 200 || response->status > 299) return status_error(*response);
  return response;
}

Error ProviderCall::status_error(const HttpResponse& response) const {
  ErrorWords words;
  if (response.body.size() <= kMaxErrorBody) {
    if (const auto tree = JsonTree::parse(response.body)) words = read_error_words(tree->root());
  }
  const ErrorCode code = code_of_status(response.status, words);
  Error error = failure(code, describe(code));
  if (report_.retry_after && (code == ErrorCode::unavailable || code == ErrorCode::rate_limited)) {
    error.set_retry_after(*report_.retry_after);
  }
  const std::string_view advice = response.header("x-should-retry");
  if (advice == "true") error.set_transient(true);
  if (advice == "false") error.set_transient(false);
  return error;
}

Error ProviderCall::failure(ErrorCode code, std::string_view what) const {
  std::string message(client_.table->name);
  if (report_.status != 0) message += ": HTTP " + std::to_string(report_.status);
  if (!request_id_.empty()) message += ", request " + request_id_;
  message += ": " + std::string(what);
  if (!head_.empty()) message += "; the body begins: " + excerpt(head_, client_.endpoint.key, kShownBytes);
  return {code, std::move(message), report_.status};
}

// As much more than is shown as a key at its end may take, so that no part of one is shown.
void ProviderCall::note_body(std::string_view bytes) {
  const std::size_t wanted = kShownBytes + client_.endpoint.key.size();
  if (head_.size() < wanted) head_ += bytes.substr(0, wanted - head_.size());
}

}  // namespace scaup::inline v0
