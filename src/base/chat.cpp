// What all chat models and observers share: the defaults of the interfaces.

#include "scaup/chat.hpp"

#include "base/boundary.hpp"
#include "scaup/call_observer.hpp"

namespace scaup::inline v0 {

ChatModel::~ChatModel() = default;

CallObserver::~CallObserver() = default;

Result<ChatReply> ChatModel::stream(std::span<const ChatMessage> messages, const ChatSink& sink,
                                    const ChatOptions& options, std::stop_token stop) const {
  return guarded([&]() -> Result<ChatReply> {
    Result<ChatReply> reply = chat(messages, options, std::move(stop));
    if (!reply || reply->text.empty()) return reply;
    if (Status delivered = sink(reply->text); !delivered) return std::move(delivered).error();
    return reply;
  });
}

}  // namespace scaup::inline v0
