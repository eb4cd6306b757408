// ChatModel over HTTP, for both protocols.

#include "base/boundary.hpp"
#include "providers/chat_reply.hpp"
#include "providers/chat_request.hpp"
#include "providers/clients.hpp"

namespace scaup::inline v0 {
namespace {

using Messages = std::span<const ChatMessage>;

class ChatClient final : public ChatModel {
 public:
  explicit ChatClient(ApiClient client)
      : client_(std::move(client)),
        identity_{.provider = std::string(client_.table->name), .model = client_.model},
        protocol_(client_.table->chat->protocol) {}

  Result<ChatReply> chat(Messages messages, const ChatOptions& options, std::stop_token stop) const override {
    return guarded([&]() -> Result<ChatReply> {
      auto request = prepare({.messages = messages, .options = options, .delivery = ChatDelivery::whole}, stop);
      if (!request) return std::move(request).error();
      ProviderCall call(client_);
      const auto tree = call.send_for_json(*request, stop);
      return tree ? read_whole(call, tree->root()) : tree.error();
    });
  }

  Result<ChatReply> stream(Messages messages, const ChatSink& sink, const ChatOptions& options,
                           std::stop_token stop) const override {
    return guarded([&]() -> Result<ChatReply> {
      if (!sink) return Error(ErrorCode::invalid_argument, "chat: the sink for the answer is empty");
      auto request = prepare({.messages = messages, .options = options, .delivery = ChatDelivery::streamed}, stop);
      if (!request) return std::move(request).error();
      // The user's sink may throw, and what calls it may be written in C. Its error is the call's, as it is.
      Status delivered;
      const ChatSink safe = [&](std::string_view piece) {
        delivered = guarded([&] { return sink(piece); });
        return delivered;
      };
      auto reply = receive(*request, safe, stop);
      return delivered ? std::move(reply) : std::move(delivered).error();
    });
  }

  const ChatIdentity& identity() const noexcept override { return identity_; }

 private:
  Result<HttpRequest> prepare(const ChatRequest& chat, const std::stop_token& stop) const {
    if (auto checked = check_chat_request(chat); !checked) return std::move(checked).error();
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "chat: cancelled");
    return client_.post(chat_fields(client_).path, write_chat_request(client_, chat));
  }

  Result<ChatReply> read_whole(ProviderCall& call, const JsonNode& root) const {
    auto reply = read_chat_reply(protocol_, root);
    if (!reply) return call.bad_reply(reply.error().message());
    call.set_usage(reply->usage);
    return reply;
  }

  Result<ChatReply> receive(const HttpRequest& request, const ChatSink& sink, const std::stop_token& stop) const {
    ProviderCall call(client_);
    ChatStream chat_stream(protocol_, sink);
    const auto feed = [&](std::string_view bytes) { return guarded([&] { return chat_stream.feed(bytes); }); };
    const auto response = call.stream(request, feed, stop);
    // Where the stream itself went wrong, that is the error, also if the connection broke behind it.
    if (chat_stream.failure()) return call.failure(chat_stream.failure()->code(), chat_stream.failure()->message());
    if (!response) return response.error();
    if (chat_stream.is_other_body()) return receive_other(call, chat_stream.take_other_body(), sink);
    auto reply = chat_stream.finish();
    if (!reply) return call.failure(reply.error().code(), reply.error().message());
    call.set_usage(reply->usage);
    return reply;
  }

  // A server that does not stream answers whole, or with an error.
  Result<ChatReply> receive_other(ProviderCall& call, std::string body, const ChatSink& sink) const {
    const auto tree = call.read_json(std::move(body));
    if (!tree) return tree.error();
    auto reply = read_whole(call, tree->root());
    if (!reply || reply->text.empty()) return reply;
    if (auto delivered = sink(reply->text); !delivered) return std::move(delivered).error();
    return reply;
  }

  ApiClient client_;
  ChatIdentity identity_;
  ChatProtocol protocol_;
};

}  // namespace

Result<std::shared_ptr<const ChatModel>> make_chat_client(Provider provider, const RemoteChatOptions& options) {
  const ProviderTable& table = table_of(provider);
  if (table.chat == nullptr) {
    return Error(ErrorCode::invalid_argument, std::string(table.name) + " has no chat here");
  }
  auto client = ApiClient::make(provider, options.model, options.endpoint);
  if (!client) return std::move(client).error();
  return std::make_shared<ChatClient>(*std::move(client));
}

}  // namespace scaup::inline v0
