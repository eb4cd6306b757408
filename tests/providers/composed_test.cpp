// Remote embedders as users get them: batches, retries, limits, counters and caches around a provider.

#include <algorithm>
#include <atomic>

#include "json/json_reader.hpp"
#include "provider_samples.hpp"
#include "scaup/database.hpp"
#include "scaup/embedding_cache.hpp"
#include "support/fault_server.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// The texts of a request for embeddings.
std::vector<std::string> inputs_of(const FaultRequest& request) {
  std::vector<std::string> texts;
  const JsonValue tree = require_ok(parse_json(request.body));
  for (const JsonValue& text : *tree.find("input")->get_if<JsonArray>()) texts.push_back(*text.get_if<std::string>());
  return texts;
}

// What an OpenAI server answers, the last text first; the vector of a text is made of its length.
FaultReply openai_reply(const FaultRequest& request) {
  const auto texts = inputs_of(request);
  std::string rows;
  for (std::size_t i = texts.size(); i-- > 0;) {
    rows += (rows.empty() ? "" : ",") + std::string("{\"object\":\"embedding\",\"index\":") + std::to_string(i) +
            ",\"embedding\":[" + std::to_string(texts[i].size()) + ",1.0]}";
  }
  return FaultReply::json("{\"object\":\"list\",\"data\":[" + rows + "],\"model\":\"m\",\"usage\":{\"prompt_tokens\":" +
                          std::to_string(texts.size()) + ",\"total_tokens\":" + std::to_string(texts.size()) + "}}");
}

RemoteEmbedderOptions options_at(const FaultServer& server) {
  RemoteEmbedderOptions options{.model = "m", .dimension = 2};
  options.endpoint = {.base_url = server.url("/v1"), .key = Secret::from_string(kCanaryKey)};
  options.retry.first_wait = std::chrono::milliseconds(1);
  return options;
}

std::vector<std::string> texts_of(std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(std::string(1 + i % 50, 'x'));
  return texts;
}

void require_rows(const Embeddings& rows, const std::vector<std::string>& texts) {
  REQUIRE(rows.rows() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto size = static_cast<float>(texts[i].size());
    REQUIRE(rows.row(i)[0] / rows.row(i)[1] == Approx(size));
  }
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

TEST_CASE("remote embedder: a long list goes in calls within the limits, and comes back in order") {
  const FaultServer server(openai_reply);
  RemoteEmbedderOptions options = options_at(server);
  options.batches = {.max_texts = 100, .max_concurrent_calls = 4};
  const auto embedder = require_ok(make_remote_embedder(Provider::openai, options));
  const auto texts = texts_of(1234);
  require_rows(require_ok(embedder->embed(views(texts), TextKind::document)), texts);
  REQUIRE(server.requests().size() == 13);
  REQUIRE(server.connections() <= 4);
}

TEST_CASE("remote embedder: the provider's own limit holds where the caller sets none") {
  const FaultServer server(openai_reply);
  const auto embedder = require_ok(make_remote_embedder(Provider::openai, options_at(server)));
  const auto texts = texts_of(3000);
  require_rows(require_ok(embedder->embed(views(texts), TextKind::document)), texts);
  for (const FaultRequest& request : server.requests()) REQUIRE(inputs_of(request).size() <= 2048);
  REQUIRE(server.requests().size() == 2);
}

TEST_CASE("remote embedder: refusals for a while are waited out, and no text is lost") {
  const FaultServer server([](const FaultRequest& request) {
    if (request.number % 3 != 2) {
      FaultReply refusal =
          FaultReply::json(R"({"error":{"message":"slow down"}})", request.number % 2 == 0 ? 429 : 503);
      refusal.headers.emplace_back("retry-after-ms", "2");
      return refusal;
    }
    return openai_reply(request);
  });
  RemoteEmbedderOptions options = options_at(server);
  options.batches = {.max_texts = 10, .max_concurrent_calls = 1};
  const auto embedder = require_ok(make_remote_embedder(Provider::openai, options));
  const auto texts = texts_of(100);
  require_rows(require_ok(embedder->embed(views(texts), TextKind::document)), texts);
  REQUIRE(server.requests().size() == 30);
}

TEST_CASE("remote embedder: a text that the provider refuses is named") {
  const FaultServer server([](const FaultRequest& request) {
    const auto texts = inputs_of(request);
    const bool bad = std::ranges::find(texts, "bad") != texts.end();
    return bad ? FaultReply::json(R"({"error":{"message":"too long"}})", 400) : openai_reply(request);
  });
  auto texts = texts_of(64);
  texts[41] = "bad";
  const auto embedder = require_ok(make_remote_embedder(Provider::openai, options_at(server)));
  require_error(embedder->embed(views(texts), TextKind::document), ErrorCode::invalid_argument,
                {"text 41", "openai", "HTTP 400", "too long"});
}

TEST_CASE("remote embedder: a limiter is told of what the provider says, and a meter counts") {
  const FaultServer server([](const FaultRequest& request) {
    FaultReply reply = openai_reply(request);
    reply.headers.emplace_back("x-ratelimit-limit-requests", "6000");
    reply.headers.emplace_back("x-ratelimit-remaining-requests", "0");
    reply.headers.emplace_back("x-ratelimit-reset-requests", "30ms");
    return reply;
  });
  const auto meter = require_ok(make_usage_meter({{.model = "m", .input_per_million = 10}}));
  RemoteEmbedderOptions options = options_at(server);
  options.endpoint.limiter = require_ok(make_rate_limiter());
  options.endpoint.observers = {meter};
  const auto embedder = require_ok(make_remote_embedder(Provider::openai, options));
  const auto texts = texts_of(3);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 4; ++i) require_ok(embedder->embed(views(texts), TextKind::document));
  REQUIRE(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(90));
  const auto usage = meter->usage();
  REQUIRE(usage.size() == 1);
  REQUIRE(usage[0].calls == 4);
  REQUIRE(usage[0].tokens.input_tokens == 12);
  REQUIRE(usage[0].cost == Approx(12 * 10 / 1e6));
}

TEST_CASE("remote embedder: with a persistent cache a second run sends nothing") {
  const FaultServer server(openai_reply);
  const TempFolder folder;
  for (int run = 0; run < 2; ++run) {
    auto database = require_ok(Database::open(folder / "db"));
    const auto remote = require_ok(make_remote_embedder(Provider::openai, options_at(server)));
    const auto cache = require_ok(make_persistent_embedding_cache(database));
    const auto embedder = require_ok(with_cache(remote, cache));
    auto notes = require_ok(Database::in_memory().create_collection("notes", {.embedder = embedder}));
    require_ok(notes.add({{.id = "a", .text = "one text"}, {.id = "b", .text = "another, longer text"}}));
    REQUIRE(require_ok(notes.query("a question!!", {.k = 2})).matches.size() == 2);
    REQUIRE(server.requests().size() == 2);
    require_ok(database.close());
  }
}

TEST_CASE("remote embedder: the second provider answers while the first is down") {
  const FaultServer down(std::vector<FaultReply>{FaultReply::json("{}", 503)});
  const FaultServer up(openai_reply);
  RemoteEmbedderOptions options = options_at(down);
  options.retry.max_attempts = 2;
  const auto first = require_ok(make_remote_embedder(Provider::openai, options));
  const auto second = require_ok(make_remote_embedder(Provider::vllm, options_at(up)));
  const auto embedder = require_ok(with_fallback(first, second));
  const auto texts = texts_of(5);
  require_rows(require_ok(embedder->embed(views(texts), TextKind::document)), texts);
  REQUIRE(down.requests().size() == 2);
  REQUIRE(up.requests().size() == 1);
}
