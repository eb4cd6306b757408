// Two protocols: OpenAI's members at the top, Ollama's in "options".

#include "providers/chat_request.hpp"

#include <algorithm>
#include <cmath>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "json/json_builder.hpp"
#include "json/json_tree.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxImage = 20'000'000;
constexpr std::size_t kMaxStops = 4;

Error argument_error(std::string what) {
  return {ErrorCode::invalid_argument, "chat: " + std::move(what)};
}

// "image/png": what may stand in a data URL.
bool is_media_type(std::string_view type) noexcept {
  const bool plain = std::ranges::all_of(
      type, [](char c) { return is_ascii_alphanumeric(c) || c == '/' || c == '-' || c == '+' || c == '.'; });
  return plain && type.starts_with("image/") && type.size() > 6 && type.size() < 64;
}

Status check_message(const ChatMessage& message, const std::string& place) {
  if (find_invalid_utf8(message.text)) return argument_error(place + " is not UTF-8");
  if (!message.images.empty() && message.role != ChatRole::user) {
    return argument_error(place + " has images, which only messages of the user may have");
  }
  for (const ChatImage& image : message.images) {
    if (!is_media_type(image.media_type))
      return argument_error(place + ": the media type of an image is not like image/png");
    if (image.bytes.empty() || image.bytes.size() > kMaxImage) {
      return argument_error(place + ": an image of " + std::to_string(image.bytes.size()) + " bytes, 1 to " +
                            std::to_string(kMaxImage) + " are accepted");
    }
  }
  return {};
}

Status check_options(const ChatOptions& options) {
  if (options.temperature && !(*options.temperature >= 0 && *options.temperature <= 2)) {
    return argument_error("temperature " + std::to_string(*options.temperature) + ", 0 to 2 is accepted");
  }
  if (options.max_tokens && (*options.max_tokens == 0 || *options.max_tokens > 100'000'000)) {
    return argument_error("max_tokens " + std::to_string(*options.max_tokens) + ", 1 to 100000000 is accepted");
  }
  if (options.stop_sequences.size() > kMaxStops) {
    return argument_error(std::to_string(options.stop_sequences.size()) + " stop sequences, at most 4 are accepted");
  }
  for (const std::string& stop : options.stop_sequences) {
    if (stop.empty() || find_invalid_utf8(stop)) return argument_error("a stop sequence is empty or not UTF-8");
  }
  if (options.json_schema.empty()) return {};
  const auto schema = JsonTree::parse(options.json_schema);
  if (!schema) return argument_error("json_schema: " + schema.error().message());
  return schema->root().kind == JsonKind::object ? Status() : argument_error("json_schema is no JSON object");
}

std::string_view role_name(ChatRole role) noexcept {
  switch (role) {
    case ChatRole::system: return "system";
    case ChatRole::user: return "user";
    case ChatRole::assistant: break;
  }
  return "assistant";
}

std::string base64_of(const ChatImage& image, std::string prefix) {
  append_base64(prefix, image.bytes);
  return prefix;
}

void add_parts(JsonBuilder& json, const ChatMessage& message) {
  json.key("content").open_array();
  if (!message.text.empty()) json.open_object().member("type", "text").member("text", message.text).close_object();
  for (const ChatImage& image : message.images) {
    json.open_object().member("type", "image_url").key("image_url").open_object();
    json.member("url", base64_of(image, "data:" + image.media_type + ";base64,")).close_object().close_object();
  }
  json.close_array();
}

void add_openai_message(JsonBuilder& json, const ChatMessage& message) {
  json.open_object().member("role", role_name(message.role));
  if (message.images.empty()) {
    json.member("content", message.text);
  } else {
    add_parts(json, message);
  }
  json.close_object();
}

void add_ollama_message(JsonBuilder& json, const ChatMessage& message) {
  json.open_object().member("role", role_name(message.role)).member("content", message.text);
  if (!message.images.empty()) {
    json.key("images").open_array();
    for (const ChatImage& image : message.images) json.string(base64_of(image, {}));
    json.close_array();
  }
  json.close_object();
}

void add_stops(JsonBuilder& json, const ChatOptions& options) {
  if (options.stop_sequences.empty()) return;
  json.key("stop").open_array();
  for (const std::string& stop : options.stop_sequences) json.string(stop);
  json.close_array();
}

// What both protocols have under names of their own.
void add_sampling(JsonBuilder& json, const ChatOptions& options, std::string_view max_tokens, std::string_view seed) {
  if (options.temperature) json.key("temperature").number(*options.temperature);
  if (options.max_tokens) json.key(max_tokens).integer(static_cast<std::int64_t>(*options.max_tokens));
  if (options.seed) json.key(seed).integer(*options.seed);
  add_stops(json, options);
}

std::string write_openai(const ApiClient& client, const ChatRequest& request) {
  const ChatFields& fields = chat_fields(client);
  JsonBuilder json;
  json.open_object();
  if (!client.model.empty()) json.member("model", client.model);
  json.key("messages").open_array();
  for (const ChatMessage& message : request.messages) add_openai_message(json, message);
  json.close_array();
  add_sampling(json, request.options, fields.max_tokens, fields.seed);
  if (!request.options.json_schema.empty()) {
    json.key("response_format").open_object().member("type", "json_schema").key("json_schema").open_object();
    json.member("name", "answer").key("strict").boolean(true).key("schema").raw(request.options.json_schema);
    json.close_object().close_object();
  }
  if (request.delivery == ChatDelivery::streamed) {
    json.key("stream").boolean(true);
    for (const FixedMember& member : fields.streamed) json.key(member.name).raw(member.json);
  }
  json.close_object();
  return json.take();
}

std::string write_ollama(const ApiClient& client, const ChatRequest& request) {
  JsonBuilder json;
  json.open_object().member("model", client.model).key("messages").open_array();
  for (const ChatMessage& message : request.messages) add_ollama_message(json, message);
  json.close_array().key("stream").boolean(request.delivery == ChatDelivery::streamed);
  if (!request.options.json_schema.empty()) json.key("format").raw(request.options.json_schema);
  json.key("options").open_object();
  add_sampling(json, request.options, "num_predict", "seed");
  json.close_object().close_object();
  return json.take();
}

}  // namespace

Status check_chat_request(const ChatRequest& request) {
  if (request.messages.empty()) return argument_error("no messages");
  for (std::size_t i = 0; i < request.messages.size(); ++i) {
    auto checked = check_message(request.messages[i], "message " + std::to_string(i));
    if (!checked) return checked;
  }
  return check_options(request.options);
}

const ChatFields& chat_fields(const ApiClient& client) noexcept {
  const bool compatible = !client.official && client.table->compatible_chat != nullptr;
  return compatible ? *client.table->compatible_chat : *client.table->chat;
}

std::string write_chat_request(const ApiClient& client, const ChatRequest& request) {
  return client.table->chat->protocol == ChatProtocol::ollama ? write_ollama(client, request)
                                                              : write_openai(client, request);
}

}  // namespace scaup::inline v0
