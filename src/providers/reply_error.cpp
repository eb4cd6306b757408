// Shapes of error bodies, and which code they mean.

#include "providers/reply_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kLongestWord = 100;

// A member that is a string, or a number as it is written; its first part in small letters.
std::string word(const JsonNode& object, std::string_view key) {
  const JsonNode* const member = object.find(key);
  if (member == nullptr) return {};
  return member->kind == JsonKind::string || member->kind == JsonKind::number
             ? ascii_lower_case(std::string_view(member->text).substr(0, kLongestWord))
             : std::string();
}

int status_of(std::string_view code) noexcept {
  int status = 0;
  const auto [stop, error] = std::from_chars(code.data(), code.data() + code.size(), status);
  const bool whole = error == std::errc() && stop == code.data() + code.size();
  return whole && status >= 400 && status <= 599 ? status : 0;
}

ErrorWords words_of(const JsonNode& error) {
  ErrorWords words = {.found = true, .code = word(error, "code"), .type = word(error, "type")};
  if (words.type.empty()) words.type = word(error, "error_type");  // text-embeddings-inference
  if (words.type.empty()) words.type = word(error, "status");      // Google
  words.status = status_of(words.code);
  return words;
}

bool says(const ErrorWords& words, std::string_view part) {
  return words.code.find(part) != std::string::npos || words.type.find(part) != std::string::npos;
}

bool says_any(const ErrorWords& words, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(parts, [&](std::string_view part) { return says(words, part); });
}

// An account with nothing left: the one refusal with status 429 that no waiting heals.
bool says_exhausted(const ErrorWords& words) {
  return says_any(words, {"insufficient_quota", "credit_balance", "billing_hard_limit", "insufficient_balance"});
}

bool starts_with_secret(std::string_view text, const Secret& key) {
  const auto bytes = key.reveal();
  return !bytes.empty() &&
         text.starts_with(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

}  // namespace

ErrorWords read_error_words(const JsonNode& root) {
  if (root.kind == JsonKind::array && root.children.size() == 1) return read_error_words(root.children.front());
  if (root.kind != JsonKind::object) return {};
  if (const JsonNode* const error = root.find("error")) {
    // Beside a text, what is said more stands in the object around it. `false` and 0 are no errors.
    if (error->kind == JsonKind::object) return words_of(*error);
    return error->kind == JsonKind::string ? words_of(root) : ErrorWords();
  }
  const bool flat = root.find("detail") != nullptr || !root.find_text("message").empty();
  return flat || root.find_text("object") == "error" ? words_of(root) : ErrorWords();
}

ErrorCode code_of_status(int status, const ErrorWords& words) noexcept {
  if (status == 402 || (status == 429 && says_exhausted(words))) return ErrorCode::quota_exhausted;
  switch (status) {
    case 401:
    case 403:
    case 498: return ErrorCode::unauthorized;  // 498: an invalid token, at Cohere
    case 404: return ErrorCode::not_found;
    case 408:
    case 409:
    case 425:
    case 499: return ErrorCode::unavailable;  // 499: the request was dropped on the way
    case 429: return ErrorCode::rate_limited;
    default: break;
  }
  if (status >= 500) return ErrorCode::unavailable;
  return status >= 400 ? ErrorCode::invalid_argument : ErrorCode::bad_reply;
}

ErrorCode code_of_words(const ErrorWords& words) noexcept {
  if (says_exhausted(words)) return ErrorCode::quota_exhausted;
  if (words.status != 0) return code_of_status(words.status, words);
  if (says_any(words, {"rate_limit", "slow_down", "overloaded_requests", "resource_exhausted"}))
    return ErrorCode::rate_limited;
  if (says_any(words, {"authentication", "permission", "invalid_api_key", "unauthenticated"}))
    return ErrorCode::unauthorized;
  if (says_any(words, {"invalid_request", "context_length", "invalid_argument", "validation"})) {
    return ErrorCode::invalid_argument;
  }
  return says(words, "not_found") ? ErrorCode::not_found : ErrorCode::unavailable;
}

std::string excerpt(std::string_view text, const Secret& key, std::size_t max_bytes) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && at < max_bytes) {
    if (starts_with_secret(text.substr(at), key)) {
      out += "[key]";
      at += key.size();
      continue;
    }
    const CodePoint point = decode_utf8(text, at);
    const bool printable = point.size != 0 && point.value >= 0x20 && (point.value < 0x7F || point.value > 0x9F);
    if (printable) {
      out += text.substr(at, point.size);
    } else {
      out += point.size == 0 ? '?' : ' ';
    }
    at += std::max<std::size_t>(point.size, 1);
  }
  return out;
}

}  // namespace scaup::inline v0
