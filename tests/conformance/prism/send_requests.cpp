// send_requests WHAT URL COUNT SEED: sends random requests to a validating server at URL, which stands for the
// provider, and prints what it finds wrong with them. WHAT is one of kKinds. Ends with 1 if there is anything.

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "json/json_reader.hpp"
#include "scaup/scaup.hpp"

namespace {

using namespace scaup;

/// Sends requests for `from` to `to` and keeps what the validator says of them, which is in a header of its answers.
class ValidatedTransport final : public HttpTransport {
 public:
  ValidatedTransport(std::shared_ptr<const HttpTransport> inner, std::string from, std::string to)
      : inner_(std::move(inner)), from_(std::move(from)), to_(std::move(to)) {}

  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) const override {
    return note(request, inner_->send(redirected(request), stop));
  }
  Result<HttpResponse> stream(const HttpRequest& request, const HttpBodySink& sink,
                              std::stop_token stop) const override {
    return note(request, inner_->stream(redirected(request), sink, stop));
  }

  /// Whether the validator finds fault with the last request once its body is another.
  [[nodiscard]] bool refuses(std::string body) const {
    HttpRequest request = redirected(last_);
    request.body = std::move(body);
    const auto before = violations_.size();
    (void)note(request, inner_->send(request, {}));
    return violations_.size() > before;
  }
  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] const std::set<std::string>& violations() const { return violations_; }

 private:
  HttpRequest redirected(HttpRequest request) const {
    if (request.url.starts_with(from_)) request.url.replace(0, from_.size(), to_);
    return request;
  }

  Result<HttpResponse> note(const HttpRequest& request, Result<HttpResponse> response) const {
    ++sent_;
    last_ = request;
    if (!response) return response;
    if (response->status == 422 || response->status == 404) violations_.insert(request.url + ": " + response->body);
    const auto list = parse_json(response->header("sl-violations"));
    const JsonArray* const items = list ? list->get_if<JsonArray>() : nullptr;
    if (items == nullptr) return response;
    for (const JsonValue& item : *items) note_violation(request, item);
    return response;
  }

  // Its findings about responses are about the server behind it.
  void note_violation(const HttpRequest& request, const JsonValue& item) const {
    const JsonValue* const location = item.find("location");
    const JsonArray* const parts = location == nullptr ? nullptr : location->get_if<JsonArray>();
    const bool of_request = parts != nullptr && !parts->empty() && *parts->front().get_if<std::string>() == "request";
    if (!of_request) return;
    const std::string* const message = item.find("message")->get_if<std::string>();
    violations_.insert(request.url + ": " + *message + "\n  " + request.body.substr(0, 500));
  }

  std::shared_ptr<const HttpTransport> inner_;
  std::string from_;
  std::string to_;
  mutable std::size_t sent_ = 0;  // one request at a time
  mutable HttpRequest last_;
  mutable std::set<std::string> violations_;
};

/// Texts and options by chance.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance() { return below(2) == 0; }
  std::string text() {
    static constexpr std::array<const char*, 12> kPieces = {
        "harbour ", "\"", "\\", "\n", "\t", "\x01", "\xC3\xA9", "\xF0\x9F\xA6\x86", "</script>", "42 ", "{}", "tide "};
    std::string text = "x";
    for (std::size_t i = below(20); i > 0; --i) text += kPieces.at(below(kPieces.size()));
    return text;
  }
  std::vector<std::string> texts(std::size_t most) {
    std::vector<std::string> list(1 + below(most));
    for (std::string& item : list) item = text();
    return list;
  }
  /// Temperatures up to 1.5, which every provider takes; Mistral refuses more.
  ChatOptions chat_options() {
    ChatOptions options;
    if (chance()) options.temperature = static_cast<double>(below(16)) / 10;
    if (chance()) options.max_tokens = 1 + below(1000);
    if (chance()) options.seed = static_cast<std::int64_t>(below(1U << 30U));
    for (std::size_t i = below(4); i > 0; --i) options.stop_sequences.push_back(text());
    if (below(3) == 0) options.json_schema = R"({"type":"object","properties":{"answer":{"type":"string"}}})";
    return options;
  }
  std::vector<ChatMessage> messages() {
    std::vector<ChatMessage> list;
    if (chance()) list.push_back({.role = ChatRole::system, .text = text()});
    for (std::size_t i = below(3); i > 0; --i) {
      list.push_back({.text = text()});
      list.push_back({.role = ChatRole::assistant, .text = text()});
    }
    list.push_back({.text = text()});
    if (below(4) == 0) list.back().images.push_back({.bytes = "\x89PNG" + text()});
    return list;
  }

 private:
  std::mt19937_64 random_;
};

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

Status embed_once(Provider provider, const Endpoint& endpoint, Generator& random) {
  const bool bare = provider == Provider::text_embeddings_inference;
  const RemoteEmbedderOptions options = {
      .model = bare ? "" : "m", .endpoint = endpoint, .dimension = 1 + random.below(64), .retry = {.max_attempts = 1}};
  const auto embedder = make_remote_embedder(provider, options);
  if (!embedder) return embedder.error();
  const auto texts = random.texts(8);
  const auto rows = (*embedder)->embed(views(texts), random.chance() ? TextKind::document : TextKind::query);
  return rows ? Status() : Status(rows.error());
}

Status rerank_once(Provider provider, const Endpoint& endpoint, Generator& random) {
  const auto reranker =
      make_remote_reranker(provider, {.model = "", .endpoint = endpoint, .retry = {.max_attempts = 1}});
  if (!reranker) return reranker.error();
  const auto texts = random.texts(8);
  const auto scores = (*reranker)->rerank(random.text(), views(texts));
  return scores ? Status() : Status(scores.error());
}

Status chat_once(Provider provider, const Endpoint& endpoint, Generator& random) {
  const auto model =
      make_remote_chat_model(provider, {.model = "m", .endpoint = endpoint, .retry = {.max_attempts = 1}});
  if (!model) return model.error();
  const auto messages = random.messages();
  const auto options = random.chat_options();
  const auto reply = random.chance() ? (*model)->chat(messages, options)
                                     : (*model)->stream(
                                           messages, [](std::string_view) { return Status(); }, options);
  return reply ? Status() : Status(reply.error());
}

struct Kind {
  std::string_view name;
  Provider provider;
  std::string_view base_url;  // the provider's own, for which the validator stands
  Status (*once)(Provider provider, const Endpoint& endpoint, Generator& random);
};

constexpr std::array kKinds = {
    Kind{"openai-embed", Provider::openai, "https://api.openai.com/v1", embed_once},
    Kind{"openai-chat", Provider::openai, "https://api.openai.com/v1", chat_once},
    Kind{"compatible-chat", Provider::openai, "https://compatible.invalid", chat_once},
    Kind{"ollama-embed", Provider::ollama, "http://localhost:11434", embed_once},
    Kind{"ollama-chat", Provider::ollama, "http://localhost:11434", chat_once},
    Kind{"mistral-embed", Provider::mistral, "https://api.mistral.ai", embed_once},
    Kind{"mistral-chat", Provider::mistral, "https://api.mistral.ai", chat_once},
    Kind{"tei-embed", Provider::text_embeddings_inference, "http://localhost:8080", embed_once},
    Kind{"tei-rerank", Provider::text_embeddings_inference, "http://localhost:8080", rerank_once},
};

int run(const Kind& kind, const std::string& url, std::size_t count, std::uint64_t seed) {
  auto inner = make_http_transport();
  if (!inner) return 1;
  const auto transport = std::make_shared<const ValidatedTransport>(*inner, std::string(kind.base_url), url);
  Endpoint endpoint = {.key = Secret::from_string("sk-none"), .transport = transport};
  if (kind.name == "compatible-chat") endpoint.base_url = kind.base_url;
  Generator random(seed);
  std::size_t failures = 0;
  while (transport->sent() < count) {
    const Status status = kind.once(kind.provider, endpoint, random);
    if (status) continue;
    if (++failures <= 3) std::printf("%s\n", status.error().message().c_str());
    if (failures >= count) break;
  }
  for (const std::string& violation : transport->violations()) std::printf("%s\n", violation.c_str());
  std::printf("%s: %zu requests, %zu violations, %zu failed\n", std::string(kind.name).c_str(), transport->sent(),
              transport->violations().size(), failures);
  if (!transport->violations().empty() || failures != 0) return 1;
  if (transport->refuses(R"({"model":1,"input":1,"inputs":1,"messages":1,"texts":1})")) return 0;
  std::printf("but the validator finds no fault with nonsense either\n");
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const auto found = std::ranges::find(kKinds, std::string_view(count == 5 ? arguments[1] : ""), &Kind::name);
  if (found != kKinds.end()) return run(*found, arguments[2], std::stoul(arguments[3]), std::stoull(arguments[4]));
  std::fputs("usage: send_requests WHAT URL COUNT SEED\n", stderr);
  return 2;
}
