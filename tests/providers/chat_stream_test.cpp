// Streamed answers: good ones cut anywhere, and bad ones.

#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "provider_samples.hpp"
#include "providers/chat_reply.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// As recorded from the API's documentation, with a text in four pieces.
const std::string kSse =
    ": ping\n\n"
    "data: "
    "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{"
    "\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"finish_reason\":null}],\"usage\":null,\"obfuscation\":"
    "\"x\"}\n\n"
    "data: {\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"A "
    "\xF0\x9F\xA6\x86\"},\"finish_reason\":null}]}\r\n\r\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" says \\u00e9\"}}]}\n\n"
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n"
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13}}\n\n"
    "data: [DONE]\n\n";
const std::string kNdjson =
    "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"A \xF0\x9F\xA6\x86\"},\"done\":false}\n"
    "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\" says \\u00e9\"},\"done\":false}\n"
    "{\"model\":\"m-1\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
    "\"prompt_eval_count\":9,\"eval_count\":4}\n";
const std::string kText = "A \xF0\x9F\xA6\x86 says \xC3\xA9";

struct Streamed {
  std::string text;
  Result<ChatReply> reply;
};

Streamed stream(const FakeReply& reply, Provider provider = Provider::openai) {
  const std::vector<ChatMessage> messages = {{.text = "Hi"}};
  std::string text;
  auto result = chat_on(transport_of({reply}), provider)->stream(messages, [&](std::string_view piece) {
    if (find_invalid_utf8(piece) || piece.empty())
      return Status(Error(ErrorCode::internal, "a piece that is not whole"));
    text += piece;
    return Status();
  });
  return {text, std::move(result)};
}

void require_error_of(const std::string& body, ErrorCode code, std::initializer_list<std::string_view> parts,
                      Provider provider = Provider::openai) {
  INFO(body.substr(0, 1000));
  require_error(stream({.body = body}, provider).reply, code, parts);
}

}  // namespace

TEST_CASE("chat stream: the pieces make the text, and the reply has it all with usage and reason") {
  for (const auto& [provider, body] : {std::pair(Provider::openai, kSse), std::pair(Provider::ollama, kNdjson)}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
      const Streamed streamed = stream({.body = body, .piece_bytes = piece}, provider);
      const ChatReply reply = require_ok(streamed.reply);
      REQUIRE(streamed.text == kText);
      REQUIRE(reply.text == kText);
      REQUIRE(reply.finish == FinishReason::stop);
      REQUIRE(reply.model == "m-1");
      REQUIRE(reply.usage == TokenUsage{.input_tokens = 9, .output_tokens = 4});
    }
  }
}

TEST_CASE("chat stream: every one-cut split and many two-cut splits give the same answer") {
  for (const auto& [protocol, body] :
       {std::pair(ChatProtocol::openai, kSse), std::pair(ChatProtocol::ollama, kNdjson)}) {
    std::size_t different = 0;
    for (std::size_t a = 0; a <= body.size(); ++a) {
      for (std::size_t b = a; b <= body.size(); b += 1 + (b - a) * 2) {
        std::string text;
        const ChatSink sink = [&](std::string_view piece) {
          text += piece;
          return Status();
        };
        ChatStream chat_stream(protocol, sink);
        const std::string_view whole = body;
        for (const std::string_view piece : {whole.substr(0, a), whole.substr(a, b - a), whole.substr(b)}) {
          if (!chat_stream.feed(piece)) ++different;
        }
        const auto reply = chat_stream.finish();
        if (!reply || text != kText || reply->text != kText || reply->usage.output_tokens != 4) ++different;
      }
    }
    REQUIRE(different == 0);
  }
}

TEST_CASE("chat stream: a stream cut off anywhere is an error, or the answer was complete") {
  for (const auto& [provider, body, finish] :
       {std::tuple(Provider::openai, kSse, kSse.find("\"finish_reason\":\"stop\"")),
        std::tuple(Provider::ollama, kNdjson, kNdjson.find("\"done\":true"))}) {
    for (std::size_t size = 0; size < body.size(); ++size) {
      const Streamed streamed = stream({.body = body.substr(0, size)}, provider);
      INFO(size);
      if (streamed.reply) {
        REQUIRE(size > finish);
        REQUIRE(streamed.reply->text == kText);
      } else {
        const ErrorCode code = streamed.reply.error().code();
        REQUIRE((code == ErrorCode::unavailable || code == ErrorCode::bad_reply));
      }
    }
  }
  require_error(stream({.body = kSse.substr(0, 400)}).reply, ErrorCode::unavailable, {"HTTP 200", "middle"});
  require_error(stream({.body = kSse.substr(0, 400), .cut_off = true}).reply, ErrorCode::unavailable, {"openai"});
}

TEST_CASE("chat stream: servers may leave out the end mark, or send it without a reason") {
  const std::string chunk = R"(data: {"choices":[{"delta":{"content":"a"},"finish_reason":"length"}]})"
                            "\n\n";
  const Streamed bare = stream({.body = chunk});
  REQUIRE(require_ok(bare.reply).finish == FinishReason::length);
  const Streamed marked = stream({.body = R"(data: {"choices":[{"delta":{"content":"a"}}]})"
                                          "\n\ndata: [DONE]\n\n"});
  REQUIRE(require_ok(marked.reply).text == "a");
  require_error_of("data: [DONE]\n\n", ErrorCode::unavailable, {"middle"});
}

TEST_CASE("chat stream: an error in the middle is the error of the call") {
  const std::string first = R"(data: {"choices":[{"delta":{"content":"a"}}]})"
                            "\n\n";
  require_error_of(first + R"(data: {"error":{"message":"m","type":"server_error","code":null}})"
                           "\n\n",
                   ErrorCode::unavailable, {"openai: HTTP 200", "error in the stream"});
  require_error_of(first + R"(data: {"error":{"message":"m","type":"insufficient_quota"}})"
                           "\n\ndata: [DONE]\n\n",
                   ErrorCode::quota_exhausted, {});
  require_error_of(first + R"(data: {"object":"error","message":"m","type":"BadRequestError","code":400})"
                           "\n\n",
                   ErrorCode::invalid_argument, {});
  const std::string line = R"({"message":{"content":"a"},"done":false})"
                           "\n";
  require_error_of(line + R"({"error":"model runner has stopped"})"
                          "\n",
                   ErrorCode::unavailable, {"ollama: HTTP 200"}, Provider::ollama);
  require_error_of(line + R"({"error":"no line end"})", ErrorCode::unavailable, {"ollama"}, Provider::ollama);
}

TEST_CASE("chat stream: what is no JSON in a stream is refused") {
  require_error_of("data: {\"choices\":[\n\n", ErrorCode::bad_reply, {"piece of the stream", "JSON"});
  require_error_of("data: hello\n\n", ErrorCode::bad_reply, {"JSON"});
  require_error_of("{\"message\":\n", ErrorCode::bad_reply, {"JSON"}, Provider::ollama);
  require_error_of("hello\n", ErrorCode::bad_reply, {"JSON"}, Provider::ollama);
}

TEST_CASE("chat stream: bodies that are no stream are told apart") {
  require_error_of("<html>proxy</html>", ErrorCode::bad_reply, {"HTML"});
  require_error_of("<html>proxy</html>", ErrorCode::bad_reply, {"HTML"}, Provider::ollama);
  require_error_of(R"( {"error":{"message":"m","code":"rate_limit_exceeded"}})", ErrorCode::rate_limited, {});
  require_error_of("", ErrorCode::unavailable, {"middle"});
  require_error(stream({.status = 503, .body = R"({"error":"busy"})"}, Provider::ollama).reply, ErrorCode::unavailable,
                {"HTTP 503"});
  const Streamed whole =
      stream({.body = R"({"choices":[{"message":{"content":"all at once"},"finish_reason":"stop"}]})"});
  REQUIRE(require_ok(whole.reply).text == "all at once");
  REQUIRE(whole.text == "all at once");
}

TEST_CASE("chat stream: what follows an error is not waited for without end") {
  const std::string endless(1 << 20, 'x');
  require_error_of("data: hello\n\n" + endless, ErrorCode::bad_reply, {"JSON"});
}

TEST_CASE("chat stream: the sink's error ends the call and is what it returns, also when it throws") {
  const std::vector<ChatMessage> messages = {{.text = "Hi"}};
  int calls = 0;
  const auto refused =
      chat_on(transport_of({FakeReply{.body = kSse, .piece_bytes = 10}}))->stream(messages, [&](std::string_view) {
        ++calls;
        return Status(Error(ErrorCode::cancelled, "enough"));
      });
  require_error(refused, ErrorCode::cancelled);
  REQUIRE(refused.error().message() == "enough");
  REQUIRE(calls == 1);
  const auto thrown = chat_on(transport_of(kSse))->stream(messages, [](std::string_view) -> Status {
    throw std::runtime_error("mine");
  });
  require_error(thrown, ErrorCode::internal, {"mine"});
}

TEST_CASE("chat stream: an empty sink is refused before anything is sent") {
  const auto transport = transport_of(kSse);
  const std::vector<ChatMessage> messages = {{.text = "Hi"}};
  require_error(chat_on(transport)->stream(messages, ChatSink()), ErrorCode::invalid_argument, {"chat: the sink"});
  REQUIRE(transport->requests().empty());
}
