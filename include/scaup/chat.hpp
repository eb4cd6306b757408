#pragma once
// ChatModel: from a conversation to its next message, whole or streamed.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Who speaks. `system` are the instructions of the program; text from outside never belongs there.
enum class ChatRole : std::uint8_t { system, user, assistant };

/// A picture beside the text of a user's message.
struct ChatImage {
  std::string media_type = "image/png";
  std::string bytes = {};  ///< the file as it is, at most 20 MB
};

struct ChatMessage {
  ChatRole role = ChatRole::user;
  std::string text = {};  ///< UTF-8
  std::vector<ChatImage> images = {};
};

struct ChatOptions {
  std::optional<double> temperature = {};        ///< 0 to 2; default: the model's
  std::optional<std::size_t> max_tokens = {};    ///< of the answer; default: the model's
  std::optional<std::int64_t> seed = {};         ///< same seed, same answer, as far as the provider keeps that
  std::vector<std::string> stop_sequences = {};  ///< texts that end the answer; at most 4
  std::string json_schema = {};                  ///< a JSON schema that the answer must follow; empty: free text
};

/// Why an answer ended. `other` keeps the provider's word in ChatReply::finish_word.
enum class FinishReason : std::uint8_t { stop, length, content_filter, other };

/// Tokens as the provider counts them; 0 where it does not say.
struct TokenUsage {
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;

  friend bool operator==(const TokenUsage&, const TokenUsage&) = default;
};

struct ChatReply {
  std::string text = {};
  FinishReason finish = FinishReason::stop;
  std::string finish_word = {};  ///< the provider's own word for `finish`
  std::string model = {};        ///< as the provider names what answered
  TokenUsage usage = {};
};

/// Who answers.
struct ChatIdentity {
  std::string provider = {};
  std::string model = {};

  friend bool operator==(const ChatIdentity&, const ChatIdentity&) = default;
};

/// Takes a piece of the answer, UTF-8 whole, on the caller's thread. An error ends the call and is what it returns.
using ChatSink = std::function<Status(std::string_view piece)>;

/// Answers conversations. Users may implement it.
/// Implementations may be called from several threads at once.
class SCAUP_API ChatModel {
 public:
  virtual ~ChatModel();
  /// The next message. An answer that was cut at `max_tokens` is a reply whose `finish` says so, not an error.
  ///
  /// Errors: `invalid_argument` for no messages, text that is not UTF-8, options out of range; `cancelled`; what the
  /// provider adds.
  [[nodiscard]] virtual Result<ChatReply> chat(std::span<const ChatMessage> messages, const ChatOptions& options = {},
                                               std::stop_token stop = {}) const = 0;
  /// The same, with the text given to `sink` as it comes; the reply holds all of it again. An answer that ends in the
  /// middle is an error (`unavailable`), whatever was delivered before. The default calls `chat` and delivers once.
  [[nodiscard]] virtual Result<ChatReply> stream(std::span<const ChatMessage> messages, const ChatSink& sink,
                                                 const ChatOptions& options = {}, std::stop_token stop = {}) const;
  /// Never changes during the life of the object.
  [[nodiscard]] virtual const ChatIdentity& identity() const noexcept = 0;
};

}  // namespace scaup::inline v0
