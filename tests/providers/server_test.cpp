// Providers through the real transport, at a scripted server.

#include <string>
#include <string_view>
#include <vector>

#include "provider_samples.hpp"
#include "scaup/collection.hpp"
#include "scaup/database.hpp"
#include "support/fault_server.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Endpoint endpoint_at(const FaultServer& server) {
  return {.base_url = server.url(), .key = Secret::from_string(kCanaryKey)};
}

Result<ChatReply> stream_from(FaultReply reply, std::string& text) {
  const FaultServer server(std::vector<FaultReply>{std::move(reply)});
  const auto model =
      require_ok(make_remote_chat_model(Provider::ollama, {.model = "m", .endpoint = endpoint_at(server)}));
  const std::vector<ChatMessage> messages = {{.text = "Hi"}};
  return model->stream(messages, [&](std::string_view piece) {
    text += piece;
    return Status();
  });
}

}  // namespace

TEST_CASE("providers: a collection with a remote embedder answers") {
  const FaultServer server([](const FaultRequest& request) {
    const bool asks_for_fog = request.body.find("fog?") != std::string::npos;
    const char* const rows = request.body.find("storm") == std::string::npos ? "[[1,0.1]]" : "[[2,0],[0,3]]";
    return FaultReply::json(std::string("{\"embeddings\":") + (asks_for_fog ? "[[1,0.1]]" : rows) + "}");
  });
  const auto embedder = require_ok(
      make_remote_embedder(Provider::ollama, {.model = "m", .endpoint = endpoint_at(server), .dimension = 2}));
  auto db = Database::in_memory();
  auto notes = require_ok(db.create_collection("notes", {.embedder = embedder}));
  require_ok(notes.add({{.id = "fog", .text = "fog rules"}, {.id = "storm", .text = "storm rules"}}));
  const auto matches = require_ok(notes.query("fog?", {.k = 1}));
  REQUIRE(matches[0].document.id == "fog");
  REQUIRE(server.requests()[0].path == "/api/embed");
  // Not within REQUIRE, which prints what it compares.
  const bool has_key = server.requests()[0].header("authorization") == "Bearer " + std::string(kCanaryKey);
  REQUIRE(has_key);
  REQUIRE(server.requests()[0].header("content-type") == "application/json");
}

TEST_CASE("providers: a stream arrives whole in packets of any size, and an end in the middle is an error") {
  const std::string body =
      "{\"message\":{\"content\":\"A "
      "\xF0\x9F\xA6\x86\"},\"done\":false}\n{\"message\":{\"content\":\".\"},\"done\":true}\n";
  std::string text;
  REQUIRE(require_ok(stream_from({.body = body, .piece_bytes = 1, .chunked = true}, text)).text ==
          "A \xF0\x9F\xA6\x86.");
  REQUIRE(text == "A \xF0\x9F\xA6\x86.");
  const auto cut =
      stream_from({.body = body.substr(0, 60), .declared_length = body.size(), .ending = FaultEnding::close}, text);
  require_error(cut, ErrorCode::unavailable, {"ollama"});
}

TEST_CASE("providers: nobody there and a refusal are errors without the key") {
  const auto refused = [](int status, const std::string& body) {
    const FaultServer server({FaultReply::json(body, status)});
    return check_health(Provider::openai, endpoint_at(server));
  };
  require_error(refused(401, R"({"error":{"message":"no such key )" + std::string(kCanaryKey) + R"("}})"),
                ErrorCode::unauthorized, {"openai: HTTP 401", "no such key [key]"});
  require_error(refused(429, R"({"error":{"code":"insufficient_quota"}})"), ErrorCode::quota_exhausted);
  Endpoint nobody;
  {
    const FaultServer gone({FaultReply::json("{}")});
    nobody = endpoint_at(gone);
  }
  const auto health = check_health(Provider::openai, nobody);
  require_error(health, ErrorCode::unavailable, {"openai"});
  REQUIRE(health.error().message().find("canary") == std::string::npos);
}
