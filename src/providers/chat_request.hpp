#pragma once
// What a conversation becomes on the wire, for the two protocols.

#include <cstdint>
#include <span>
#include <string>

#include "providers/api_client.hpp"
#include "scaup/chat.hpp"

namespace scaup::inline v0 {

enum class ChatDelivery : std::uint8_t { whole, streamed };

struct ChatRequest {
  std::span<const ChatMessage> messages;
  const ChatOptions& options;
  ChatDelivery delivery = ChatDelivery::whole;
};

/// Errors: `invalid_argument` for no messages, texts that are not UTF-8, images in the wrong place or too large, and
/// options out of range; the message names which.
[[nodiscard]] Status check_chat_request(const ChatRequest& request);

/// The fields for this client: those of the provider, or of servers that only speak its protocol.
[[nodiscard]] const ChatFields& chat_fields(const ApiClient& client) noexcept;

/// The body; the request must have been checked.
[[nodiscard]] std::string write_chat_request(const ApiClient& client, const ChatRequest& request);

}  // namespace scaup::inline v0
