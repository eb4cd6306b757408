// Streamed replies: bytes to events or lines, to chunks, to text.

#include <utility>

#include "providers/chat_reply.hpp"
#include "providers/chat_words.hpp"
#include "providers/reply_error.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxOther = std::size_t{1} << 20;
constexpr std::size_t kMaxIgnored = std::size_t{64} << 10;

Error stream_error(ErrorCode code, std::string_view what) {
  return {code, std::string(what)};
}

}  // namespace

Status ChatStream::feed(std::string_view bytes) {
  if (failure_) {
    ignored_ += bytes.size();
    return ignored_ > kMaxIgnored ? Status(*failure_) : Status();
  }
  auto status = route(bytes);
  if (status) return status;
  if (sink_failed_) return status;
  failure_ = std::move(status).error();
  return {};
}

Status ChatStream::route(std::string_view bytes) {
  if (form_ == Form::unknown) form_ = form_of(bytes);
  if (form_ == Form::stream && other_.empty()) return decode(bytes);
  if (bytes.size() > kMaxOther - other_.size())
    return stream_error(ErrorCode::bad_reply, "a long body that is no stream");
  other_ += bytes;
  return form_ == Form::stream ? decode(std::exchange(other_, {})) : Status();
}

// By its first character that is not blank: lines of Ollama are objects, server-sent events begin with a name.
ChatStream::Form ChatStream::form_of(std::string_view bytes) const noexcept {
  const std::size_t at = bytes.find_first_not_of(" \t\r\n");
  if (at == std::string_view::npos) return Form::unknown;
  const char first = bytes[at];
  if (first == '<') return Form::other;
  const bool json = first == '{' || first == '[';
  return json && protocol_ == ChatProtocol::openai ? Form::other : Form::stream;
}

Status ChatStream::decode(std::string_view bytes) {
  if (protocol_ == ChatProtocol::ollama) {
    return lines_.feed(bytes, [this](std::string_view line) { return take_json(line); });
  }
  return events_.feed(bytes, [this](const SseEvent& event) {
    if (event.data == "[DONE]") closed_ = true;
    return closed_ ? Status() : take_json(event.data);
  });
}

Status ChatStream::take_json(std::string_view text) {
  if (closed_) return {};
  const auto tree = JsonTree::parse(std::string(text));
  if (!tree && tree.error().code() == ErrorCode::out_of_memory) return tree.error();
  if (!tree) return stream_error(ErrorCode::bad_reply, "a piece of the stream: " + tree.error().message());
  const ErrorWords words = read_error_words(tree->root());
  if (words.found) return stream_error(code_of_words(words), "the provider reports an error in the stream");
  return protocol_ == ChatProtocol::ollama ? take_ollama_chunk(tree->root()) : take_openai_chunk(tree->root());
}

Status ChatStream::take_openai_chunk(const JsonNode& chunk) {
  if (reply_.model.empty()) reply_.model = chunk.find_text("model");
  // Usage comes in a last chunk without choices, or with the last choice; cumulative where in each.
  if (const TokenUsage usage = openai_usage(chunk); usage != TokenUsage()) reply_.usage = usage;
  const JsonNode* const choices = chunk.find("choices");
  if (choices == nullptr || choices->children.empty()) return {};
  const JsonNode& choice = choices->children.front();
  if (choice.find_unsigned("index").value_or(0) != 0) return {};
  if (const JsonNode* const delta = choice.find("delta")) {
    if (auto delivered = deliver(content_text(*delta)); !delivered) return delivered;
    if (auto delivered = deliver(delta->find_text("refusal")); !delivered) return delivered;
  }
  const std::string_view word = choice.find_text("finish_reason");
  if (!word.empty()) {
    set_finish(reply_, word);
    finished_ = true;
  }
  return {};
}

Status ChatStream::take_ollama_chunk(const JsonNode& chunk) {
  if (reply_.model.empty()) reply_.model = chunk.find_text("model");
  if (const JsonNode* const message = chunk.find("message")) {
    if (auto delivered = deliver(content_text(*message)); !delivered) return delivered;
  }
  const JsonNode* const done = chunk.find("done");
  if (done == nullptr || !done->truth) return {};
  set_finish(reply_, chunk.find_text("done_reason"));
  reply_.usage = ollama_usage(chunk);
  finished_ = true;
  closed_ = true;
  return {};
}

Status ChatStream::deliver(std::string_view text) {
  if (text.empty()) return {};
  reply_.text += text;
  auto status = sink_(text);
  sink_failed_ = !status;
  return status;
}

Result<ChatReply> ChatStream::finish() {
  if (!failure_ && protocol_ == ChatProtocol::ollama && form_ == Form::stream) {
    auto last = lines_.finish([this](std::string_view line) { return take_json(line); });
    if (!last && sink_failed_) return std::move(last).error();
    if (!last) failure_ = std::move(last).error();
  }
  if (failure_) return *failure_;
  if (form_ == Form::other) return stream_error(ErrorCode::bad_reply, "a body that is no stream");
  // Compatible servers may leave out the end mark, but whoever comes to an end says why.
  if (!finished_ && !(closed_ && !reply_.text.empty())) {
    return stream_error(ErrorCode::unavailable, "the stream ends in the middle of the answer");
  }
  if (reply_.finish_word.empty()) set_finish(reply_, {});
  return std::move(reply_);
}

}  // namespace scaup::inline v0
