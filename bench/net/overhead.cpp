// Small exchanges one after another, in turns of a hundred through HttpTransport and through libcurl alone, on kept
// connections.

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "scaup/http.hpp"
#include "storage/measuring.hpp"
#include "workloads.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kTurn = 100;  // by single turns, the end of one exchange would disturb the next
constexpr const char* kBody = R"({"model":"bench","input":["fog"]})";

std::size_t append(char* data, std::size_t /*one*/, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

/// libcurl as its manual shows it: one handle, performed again and again.
class BareCurl {
 public:
  explicit BareCurl(const std::string& url) {
    for (const char* line : {"Content-Type: application/json", "Accept: application/json", "Expect:"}) {
      headers_.reset(curl_slist_append(headers_.release(), line));
    }
    curl_easy_setopt(easy_.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDS, kBody);
    curl_easy_setopt(easy_.get(), CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(easy_.get(), CURLOPT_PROXY, "");  // not even the environment's, as with HttpTransport
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, &body_);
  }
  BareCurl(const BareCurl&) = delete;
  BareCurl& operator=(const BareCurl&) = delete;

  void send() {
    body_.clear();
    if (curl_easy_perform(easy_.get()) != CURLE_OK || body_.empty()) throw std::runtime_error("libcurl failed");
  }

 private:
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_{curl_easy_init(), curl_easy_cleanup};
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers_{nullptr, curl_slist_free_all};
  std::string body_;
};

void send(const HttpTransport& transport, const HttpRequest& request) {
  const auto response = transport.send(request);
  if (!response) throw std::runtime_error(response.error().message());
  if (response->status != 200 || response->body.empty()) throw std::runtime_error("not the reply of the server");
}

}  // namespace

void measure_overhead(const std::string& url, std::size_t exchanges) {
  const auto transport = make_http_transport();
  if (!transport) throw std::runtime_error(transport.error().message());
  const HttpRequest request{.url = url + "/embeddings",
                            .headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}},
                            .body = kBody};
  BareCurl bare(request.url);
  std::vector<double> ours, theirs;
  while (ours.size() < exchanges) {
    for (std::size_t i = 0; i < kTurn; ++i) ours.push_back(seconds_of([&] { send(**transport, request); }) * 1e6);
    for (std::size_t i = 0; i < kTurn; ++i) theirs.push_back(seconds_of([&] { bare.send(); }) * 1e6);
  }
  report("transport_us", median(ours));
  report("bare_curl_us", median(theirs));
  report("request_overhead_us", median(ours) - median(theirs));
}

}  // namespace scaup::bench
