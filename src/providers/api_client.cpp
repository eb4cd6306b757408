// Addresses and headers.

#include "providers/api_client.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/in_quotes.hpp"
#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kModelPlace = "{model}";
constexpr std::string_view kDeployment = "/deployments/{model}";

bool is_unreserved(char c) noexcept {
  return is_ascii_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// A model's name as a part of a path (RFC 3986, section 2.1).
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      out += "%" + hex_digits(c);
    }
  }
  return out;
}

void replace_model(std::string& path, std::string_view model) {
  const std::size_t at = path.find(kModelPlace);
  if (at != std::string::npos) path.replace(at, kModelPlace.size(), percent_encoded(model));
}

Error argument_error(const ProviderTable& table, std::string_view what) {
  return {ErrorCode::invalid_argument, std::string(table.name) + ": " + std::string(what)};
}

std::string_view without_slash(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  return url;
}

}  // namespace

Result<ApiClient> ApiClient::make(Provider provider, std::string_view model, const Endpoint& endpoint) {
  ApiClient client = {.table = &table_of(provider), .model = std::string(model), .endpoint = endpoint};
  const ProviderTable& table = *client.table;
  if (find_invalid_utf8(model)) return argument_error(table, "the model's name is not UTF-8");
  if (model.empty() && table.needs_model) return argument_error(table, "needs the name of a model");
  if (endpoint.base_url.empty() && table.base_url.empty()) {
    return argument_error(table, "needs Endpoint::base_url, since each account has its own address");
  }
  if (endpoint.base_url.empty()) client.endpoint.base_url = table.base_url;
  client.official = without_slash(client.endpoint.base_url) == table.base_url || table.base_url.empty();
  if (client.endpoint.transport != nullptr) return client;
  auto transport = make_http_transport();
  if (!transport) return std::move(transport).error();
  client.endpoint.transport = *std::move(transport);
  return client;
}

std::string ApiClient::url(std::string_view path) const {
  const std::string_view base = endpoint.base_url;
  const std::size_t mark = std::min(base.find('?'), base.size());
  const std::string_view address = without_slash(base.substr(0, mark));
  std::string query(base.substr(mark));
  // The newer addresses of Azure have neither deployments nor versions; the model stands in the body.
  const bool plain = address.ends_with("/openai/v1");
  if (plain && path.starts_with(kDeployment)) path.remove_prefix(kDeployment.size());
  std::string rest = (plain ? std::string() : std::string(table->prefix)) + std::string(path);
  replace_model(rest, model);
  if (query.empty() && !plain && !table->query.empty()) query = "?" + std::string(table->query);
  if (!query.empty() && rest.find('?') != std::string::npos) query.front() = '&';  // a path may have a query of its own
  return std::string(address) + rest + query;
}

HttpRequest ApiClient::request(std::string_view method, std::string_view path, std::string body) const {
  HttpRequest request = {.method = std::string(method), .url = url(path), .headers = {{"Accept", "application/json"}}};
  if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  request.headers.insert(request.headers.end(), endpoint.headers.begin(), endpoint.headers.end());
  if (!endpoint.key.empty()) {
    request.secret_headers.push_back(
        {.name = std::string(table->key_header), .prefix = std::string(table->key_prefix), .secret = endpoint.key});
  }
  request.body = std::move(body);
  request.limits = endpoint.limits;
  return request;
}

}  // namespace scaup::inline v0
