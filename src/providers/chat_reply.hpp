#pragma once
// Replies of chat models, whole and in pieces, for the two protocols.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "json/json_tree.hpp"
#include "providers/ndjson_decoder.hpp"
#include "providers/provider_table.hpp"
#include "providers/sse_decoder.hpp"
#include "scaup/chat.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Reads a whole reply. Errors: `bad_reply` for one without a message.
[[nodiscard]] Result<ChatReply> read_chat_reply(ChatProtocol protocol, const JsonNode& root);

/// Puts a streamed reply together. After an error of the stream it takes what follows and looks at nothing more, so
/// that the exchange ends in order and the error can name it; more than some 64 KB is not waited for. Single-threaded:
/// one thread at a time, even for const members.
class ChatStream {
 public:
  /// `sink` is borrowed and gets each piece of text that is not empty.
  ChatStream(ChatProtocol protocol, const ChatSink& sink) : protocol_(protocol), sink_(sink) {}

  /// Errors: those of the sink. Errors of the stream are told by `finish`.
  [[nodiscard]] Status feed(std::string_view bytes);
  /// The whole reply, when the stream is at its end.
  ///
  /// Errors: what the provider reported; `bad_reply` for what is no stream of this protocol; `unavailable` for a stream
  /// that ends in the middle.
  [[nodiscard]] Result<ChatReply> finish();

  /// The body that came instead of a stream: a JSON text or HTML. Empty where a stream came.
  [[nodiscard]] std::string take_other_body() { return std::move(other_); }
  [[nodiscard]] bool is_other_body() const noexcept { return form_ == Form::other; }
  /// What went wrong in the stream, if anything did.
  [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

 private:
  enum class Form : std::uint8_t { unknown, stream, other };

  [[nodiscard]] Status route(std::string_view bytes);
  [[nodiscard]] Status decode(std::string_view bytes);
  [[nodiscard]] Status take_json(std::string_view text);
  [[nodiscard]] Status take_openai_chunk(const JsonNode& chunk);
  [[nodiscard]] Status take_ollama_chunk(const JsonNode& chunk);
  [[nodiscard]] Status deliver(std::string_view text);
  [[nodiscard]] Form form_of(std::string_view bytes) const noexcept;

  ChatProtocol protocol_;
  const ChatSink& sink_;
  SseDecoder events_;
  NdjsonDecoder lines_;
  Form form_ = Form::unknown;
  ChatReply reply_;
  bool finished_ = false;  // a finish reason has come
  bool closed_ = false;    // the end mark has come: what follows does not count
  bool sink_failed_ = false;
  std::string other_;        // blanks while the form is not known, then a body of another form
  std::size_t ignored_ = 0;  // bytes after a failure
  std::optional<Error> failure_;
};

}  // namespace scaup::inline v0
