// Replies by the path of a request, written as the providers' documentation shows them.

#include "support/provider_replies.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "json/json_reader.hpp"

namespace scaup::test {
namespace {

using Strings = std::vector<std::string>;

const std::string kModel(kReplyModel);
const std::string kText(kReplyText);

JsonValue parse_body(const FaultRequest& request) {
  auto tree = parse_json(request.body);
  if (!tree) throw std::runtime_error("the body is no JSON: " + tree.error().message());
  return *std::move(tree);
}

template <typename T>
const T& as(const JsonValue* value, std::string_view what) {
  const T* const found = value == nullptr ? nullptr : value->get_if<T>();
  if (found == nullptr) throw std::runtime_error("no sound member " + std::string(what));
  return *found;
}

// A list of strings, or one string.
Strings strings_of(const JsonValue& body, std::string_view key) {
  const JsonValue* const member = body.find(key);
  if (member != nullptr && member->get_if<std::string>() != nullptr) return {*member->get_if<std::string>()};
  Strings strings;
  for (const JsonValue& item : as<JsonArray>(member, key)) strings.push_back(as<std::string>(&item, key));
  return strings;
}

bool is_true(const JsonValue& body, std::string_view key, bool otherwise) {
  const JsonValue* const member = body.find(key);
  const bool* const truth = member == nullptr ? nullptr : member->get_if<bool>();
  return truth == nullptr ? otherwise : *truth;
}

std::size_t dimension_of(const JsonValue& body) {
  for (const std::string_view key : {"dimensions", "output_dimension"}) {
    const JsonValue* const member = body.find(key);
    const auto* const count = member == nullptr ? nullptr : member->get_if<std::int64_t>();
    if (count != nullptr) return static_cast<std::size_t>(*count);
  }
  return 4;
}

// ---- vectors ----

std::string numbers(const std::string& text, std::size_t dimension) {
  std::string row = "[" + std::to_string(text.size());
  for (std::size_t i = 1; i < dimension; ++i) row += ",1.0";
  return row + "]";
}

std::string base64(const std::string& text, std::size_t dimension) {
  std::vector<float> row(dimension, 1.0F);
  row[0] = static_cast<float>(text.size());
  std::string bytes(row.size() * sizeof(float), '\0'), out;
  std::memcpy(bytes.data(), row.data(), bytes.size());
  append_base64(out, bytes);
  return '"' + out + '"';
}

std::string rows_of(const Strings& texts, std::size_t dimension) {
  std::string rows;
  for (const std::string& text : texts) rows += (rows.empty() ? "" : ",") + numbers(text, dimension);
  return "[" + rows + "]";
}

FaultReply openai_embeddings(const JsonValue& body) {
  const Strings texts = strings_of(body, "input");
  const JsonValue* const format = body.find("encoding_format");
  const bool coded = format != nullptr && as<std::string>(format, "encoding_format") == "base64";
  std::string rows;
  for (std::size_t i = texts.size(); i-- > 0;) {
    if (!rows.empty()) rows += ',';
    rows += R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":)";
    rows += coded ? base64(texts[i], dimension_of(body)) : numbers(texts[i], dimension_of(body));
    rows += '}';
  }
  return FaultReply::json(R"({"object":"list","data":[)" + rows + R"(],"model":")" + kModel +
                          R"(","usage":{"prompt_tokens":7,"total_tokens":7}})");
}

FaultReply ollama_embeddings(const JsonValue& body) {
  return FaultReply::json(R"({"model":")" + kModel + R"(","embeddings":)" +
                          rows_of(strings_of(body, "input"), dimension_of(body)) +
                          R"(,"total_duration":14143917,"load_duration":1019500,"prompt_eval_count":7})");
}

FaultReply cohere_embeddings(const JsonValue& body) {
  const Strings texts = strings_of(body, "texts");
  return FaultReply::json(R"({"id":"5807ee2e","texts":[],"embeddings":{"float":)" + rows_of(texts, dimension_of(body)) +
                          R"(},"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":7}},)" +
                          R"("response_type":"embeddings_by_type"})");
}

FaultReply bare_embeddings(const JsonValue& body) {
  return FaultReply::json(rows_of(strings_of(body, "inputs"), dimension_of(body)));
}

// ---- scores ----

// `member` is what the score is called.
std::string scores_of(const Strings& texts, const std::string& member) {
  std::string scores;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const double score = 1.0 / (1.0 + static_cast<double>(texts[i].size()));
    scores += (i == 0 ? "" : ",") + std::string(R"({"index":)") + std::to_string(i) + ",\"" + member +
              "\":" + std::to_string(score) + "}";
  }
  return "[" + scores + "]";
}

FaultReply cohere_scores(const JsonValue& body) {
  return FaultReply::json(R"({"id":"07734bd2","results":)" +
                          scores_of(strings_of(body, "documents"), "relevance_score") +
                          R"(,"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}})");
}

FaultReply bare_scores(const JsonValue& body) {
  return FaultReply::json(scores_of(strings_of(body, "texts"), "score"));
}

// ---- chat ----

// The text in pieces of three bytes that begin and end between characters.
Strings pieces_of_text() {
  Strings pieces(1);
  for (const char c : kText) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues && pieces.back().size() >= 3) pieces.emplace_back();
    pieces.back() += c;
  }
  return pieces;
}

FaultReply streamed(std::string body, const char* content_type) {
  return {.headers = {{"Content-Type", content_type}}, .body = std::move(body), .piece_bytes = 11, .chunked = true};
}

std::string openai_chunk(const std::string& delta, const char* finish_reason) {
  return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1762000000,"model":")" + kModel +
         R"(","choices":[{"index":0,"delta":)" + delta + R"(,"logprobs":null,"finish_reason":)" + finish_reason +
         "}]}\n\n";
}

FaultReply openai_stream() {
  std::string body = openai_chunk(R"({"role":"assistant","content":"","refusal":null})", "null");
  for (const std::string& piece : pieces_of_text()) body += openai_chunk(R"({"content":")" + piece + "\"}", "null");
  body += openai_chunk("{}", "\"stop\"");
  body += R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1762000000,"model":")" + kModel +
          R"(","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}})" + "\n\n";
  return streamed(body + "data: [DONE]\n\n", "text/event-stream; charset=utf-8");
}

FaultReply openai_chat(const JsonValue& body) {
  if (is_true(body, "stream", false)) return openai_stream();
  return FaultReply::json(R"({"id":"chatcmpl-1","object":"chat.completion","created":1762000000,"model":")" + kModel +
                          R"(","choices":[{"index":0,"message":{"role":"assistant","content":")" + kText +
                          R"(","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],)" +
                          R"("usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}})");
}

std::string ollama_message(const std::string& piece, const std::string& rest) {
  return R"({"model":")" + kModel +
         R"(","created_at":"2026-08-21T12:00:00.123456789Z","message":{"role":"assistant",)" + R"("content":")" +
         piece + "\"}," + rest + "}";
}

FaultReply ollama_chat(const JsonValue& body) {
  static const std::string kLast =
      R"("done":true,"done_reason":"stop","total_duration":4883583458,"load_duration":1334875,)"
      R"("prompt_eval_count":9,"prompt_eval_duration":342546000,"eval_count":4,"eval_duration":4535599000)";
  if (!is_true(body, "stream", true)) return FaultReply::json(ollama_message(kText, kLast));
  std::string lines;
  for (const std::string& piece : pieces_of_text()) lines += ollama_message(piece, "\"done\":false") + "\n";
  return streamed(lines + ollama_message("", kLast) + "\n", "application/x-ndjson");
}

// ---- the paths ----

FaultReply reply_to_get(std::string_view path) {
  if (path.ends_with("/models")) {
    return FaultReply::json(R"({"object":"list","data":[{"id":")" + kModel +
                            R"(","object":"model","created":1762000000,"owned_by":"nobody"}]})");
  }
  if (path == "/api/version") return FaultReply::json(R"({"version":"0.21.0"})");
  if (path == "/info") return FaultReply::json(R"({"model_id":"model-1","max_client_batch_size":32})");
  return FaultReply::json(R"({"error":"no such path"})", 404);
}

struct Route {
  std::string_view end_of_path;
  FaultReply (*reply)(const JsonValue& body);
};

}  // namespace

FaultReply well_formed_reply(const FaultRequest& request) {
  static constexpr std::array kRoutes = {
      Route{"/api/embed", ollama_embeddings},  Route{"/api/chat", ollama_chat},
      Route{"/v2/embed", cohere_embeddings},   Route{"/v2/rerank", cohere_scores},
      Route{"/embeddings", openai_embeddings}, Route{"/chat/completions", openai_chat},
      Route{"/embed", bare_embeddings},        Route{"/rerank", bare_scores}};
  const std::string_view path = std::string_view(request.path).substr(0, request.path.find('?'));
  if (request.method == "GET") return reply_to_get(path);
  const auto found =
      std::ranges::find_if(kRoutes, [&](const Route& route) { return path.ends_with(route.end_of_path); });
  if (found == kRoutes.end()) return FaultReply::json(R"({"error":"no such path"})", 404);
  return found->reply(parse_body(request));
}

}  // namespace scaup::test
