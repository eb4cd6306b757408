// What chat models are sent.

#include <cmath>
#include <string>
#include <vector>

#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr const char* kOpenaiReply =
    R"({"model":"m-1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}})";
constexpr const char* kOllamaReply =
    R"({"model":"m-1","message":{"role":"assistant","content":"Hi"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":1})";

std::vector<ChatMessage> conversation() {
  return {{.role = ChatRole::system, .text = "Be short."},
          {.role = ChatRole::user,
           .text = "What is this?",
           .images = {{.media_type = "image/jpeg", .bytes = "\xFF\xD8\xFF"}}},
          {.role = ChatRole::assistant, .text = "A \"JPEG\"."},
          {.role = ChatRole::user, .text = "And?"}};
}

ChatOptions options() {
  return {.temperature = 0.5,
          .max_tokens = 20,
          .seed = 7,
          .stop_sequences = {"END"},
          .json_schema = R"({"type":"object"})"};
}

std::string body_sent(Provider provider, const std::string& base_url, const char* reply) {
  const auto transport = transport_of(reply);
  const auto model =
      require_ok(make_chat_client(provider, {.model = "m", .endpoint = endpoint_on(transport, base_url)}));
  require_ok(model->chat(conversation(), options()));
  return transport->requests()[0].url + " " + transport->requests()[0].body;
}

const std::string kMessages =
    R"("messages":[{"role":"system","content":"Be short."},{"role":"user","content":[{"type":"text","text":"What is this?"},)"
    R"({"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/"}}]},{"role":"assistant","content":"A \"JPEG\"."},)"
    R"({"role":"user","content":"And?"}])";
const std::string kSchema =
    R"("response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object"}}})";

}  // namespace

TEST_CASE("chat request: OpenAI's members, with the token limit by the name that the server knows") {
  REQUIRE(body_sent(Provider::openai, "", kOpenaiReply) ==
          "https://api.openai.com/v1/chat/completions {\"model\":\"m\"," + kMessages +
              R"(,"temperature":0.5,"max_completion_tokens":20,"seed":7,"stop":["END"],)" + kSchema + "}");
  const std::string compatible = "{\"model\":\"m\"," + kMessages +
                                 R"(,"temperature":0.5,"max_tokens":20,"seed":7,"stop":["END"],)" + kSchema + "}";
  REQUIRE(body_sent(Provider::openai, "http://localhost:9/v1", kOpenaiReply) ==
          "http://localhost:9/v1/chat/completions " + compatible);
  REQUIRE(body_sent(Provider::vllm, "", kOpenaiReply) == "http://localhost:8000/v1/chat/completions " + compatible);
  REQUIRE(body_sent(Provider::mistral, "", kOpenaiReply).find(R"("random_seed":7)") != std::string::npos);
  REQUIRE(
      body_sent(Provider::azure_openai, "https://r.openai.azure.com", kOpenaiReply)
          .starts_with("https://r.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21 {"));
}

TEST_CASE("chat request: Ollama's members, with images beside the text") {
  REQUIRE(body_sent(Provider::ollama, "", kOllamaReply) ==
          R"(http://localhost:11434/api/chat {"model":"m","messages":[{"role":"system","content":"Be short."},)"
          R"({"role":"user","content":"What is this?","images":["/9j/"]},{"role":"assistant","content":"A \"JPEG\"."},)"
          R"({"role":"user","content":"And?"}],"stream":false,"format":{"type":"object"},)"
          R"("options":{"temperature":0.5,"num_predict":20,"seed":7,"stop":["END"]}})");
}

TEST_CASE("chat request: a streamed request says so and asks for usage where it does not come by itself") {
  const auto sent = [](Provider provider, const std::string& base_url) {
    const auto transport = transport_of(provider == Provider::ollama ? kOllamaReply : kOpenaiReply);
    const auto model =
        require_ok(make_chat_client(provider, {.model = "m", .endpoint = endpoint_on(transport, base_url)}));
    const std::vector<ChatMessage> messages = {{.text = "Hi"}};
    require_ok(model->stream(messages, [](std::string_view) { return Status(); }));
    const std::string body = transport->requests()[0].body;
    return body.substr(body.find("}]") + 3);
  };
  REQUIRE(sent(Provider::openai, "") ==
          R"("stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}})");
  REQUIRE(sent(Provider::openai, "http://localhost/v1") == R"("stream":true,"stream_options":{"include_usage":true}})");
  REQUIRE(sent(Provider::mistral, "") == R"("stream":true})");
  REQUIRE(sent(Provider::ollama, "") == R"("stream":true,"options":{}})");
}

TEST_CASE("chat request: a reply is read whole, with finish reason and usage") {
  for (const auto& [provider, body] :
       {std::pair(Provider::openai, kOpenaiReply), std::pair(Provider::ollama, kOllamaReply)}) {
    const ChatReply reply = require_ok(chat_on(transport_of(body), provider)->chat(conversation()));
    REQUIRE(reply.text == "Hi");
    REQUIRE(reply.finish == FinishReason::stop);
    REQUIRE(reply.model == "m-1");
    REQUIRE(reply.usage == TokenUsage{.input_tokens = 3, .output_tokens = 1});
  }
}

TEST_CASE("chat request: finish reasons in the provider's words, refusals and lists of parts") {
  const auto reply = [](const std::string& message, const char* word) {
    return require_ok(
        chat_on(transport_of(R"({"choices":[{"message":)" + message + R"(,"finish_reason":")" + word + "\"}]}"))
            ->chat(conversation()));
  };
  REQUIRE(reply(R"({"content":"a"})", "length").finish == FinishReason::length);
  REQUIRE(reply(R"({"content":"a"})", "model_length").finish == FinishReason::length);
  REQUIRE(reply(R"({"content":"a"})", "content_filter").finish == FinishReason::content_filter);
  REQUIRE(reply(R"({"content":"a"})", "tool_calls").finish == FinishReason::other);
  REQUIRE(reply(R"({"content":"a"})", "tool_calls").finish_word == "tool_calls");
  const ChatReply refusal = reply(R"({"content":null,"refusal":"No."})", "stop");
  REQUIRE(refusal.text == "No.");
  REQUIRE(refusal.finish == FinishReason::content_filter);
  REQUIRE(
      reply(R"({"content":[{"type":"thinking","thinking":[]},{"type":"text","text":"a"},{"type":"text","text":"b"}]})",
            "stop")
          .text == "ab");
}

TEST_CASE("chat request: replies without a message are refused") {
  for (const char* body : {"{}", R"({"choices":[]})", R"({"choices":[{}]})", R"({"choices":[1]})",
                           R"({"choices":{"message":{}}})", "[]"}) {
    INFO(body);
    require_error(chat_on(transport_of(body))->chat(conversation()), ErrorCode::bad_reply, {"openai: HTTP 200"});
    require_error(chat_on(transport_of(body), Provider::ollama)->chat(conversation()), ErrorCode::bad_reply,
                  {"ollama: HTTP 200"});
  }
}

TEST_CASE("chat request: what is out of range is refused before anything is sent") {
  const auto transport = transport_of(kOpenaiReply);
  const auto model = chat_on(transport);
  const std::vector<ChatMessage> fine = {{.text = "Hi"}};
  const auto refused = [&](std::vector<ChatMessage> messages, const ChatOptions& chat_options, std::string_view part) {
    require_error(model->chat(messages, chat_options), ErrorCode::invalid_argument, {"chat: ", part});
  };
  refused({}, {}, "no messages");
  refused({{.text = "\xFF"}}, {}, "message 0 is not UTF-8");
  refused({{.role = ChatRole::system, .images = {{.bytes = "x"}}}}, {}, "images");
  refused({{.images = {{.bytes = ""}}}}, {}, "0 bytes");
  refused({{.images = {{.media_type = "image/png;x=\"", .bytes = "x"}}}}, {}, "media type");
  refused(fine, {.temperature = 2.5}, "temperature 2.5");
  refused(fine, {.temperature = std::nan("")}, "temperature");
  refused(fine, {.max_tokens = 0}, "max_tokens 0");
  refused(fine, {.stop_sequences = {"a", "b", "c", "d", "e"}}, "5 stop sequences");
  refused(fine, {.stop_sequences = {""}}, "stop sequence");
  refused(fine, {.json_schema = "{"}, "json_schema");
  refused(fine, {.json_schema = "[]"}, "json_schema");
  REQUIRE(transport->requests().empty());
}
