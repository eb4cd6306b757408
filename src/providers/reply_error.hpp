#pragma once
// From a provider's refusal to an error: by the status, and by the words in the body.

#include <string>
#include <string_view>

#include "json/json_tree.hpp"
#include "scaup/http.hpp"
#include "scaup/result.hpp"
#include "scaup/secret.hpp"

namespace scaup::inline v0 {

/// The words for an error in a body, lower case, in all shapes that providers use: {"error":{"code","type","status"}},
/// {"error":"text","error_type"}, {"message","type","code"}, {"detail":"text"}, and a list of one of these.
struct ErrorWords {
  bool found = false;  ///< the body tells of an error
  int status = 0;      ///< where the code is an HTTP status
  std::string code = {};
  std::string type = {};
};

[[nodiscard]] ErrorWords read_error_words(const JsonNode& root);

/// The code for a status that is not 2xx; `words` may say more.
[[nodiscard]] ErrorCode code_of_status(int status, const ErrorWords& words) noexcept;
/// The code for an error that came with status 200; `unavailable` where the words say nothing.
[[nodiscard]] ErrorCode code_of_words(const ErrorWords& words) noexcept;

/// At most the first `max_bytes` bytes of `text` for a message: UTF-8 on one line, each occurrence of `key` as "[key]".
[[nodiscard]] std::string excerpt(std::string_view text, const Secret& key, std::size_t max_bytes);

}  // namespace scaup::inline v0
