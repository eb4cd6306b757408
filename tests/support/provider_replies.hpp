#pragma once
// What providers answer to sound requests: well formed, with vectors that tell which text they belong to. The official
// clients read them (tests/conformance/official_clients), and so does scaup (tests/providers).

#include <string_view>

#include "support/fault_server.hpp"

namespace scaup::test {

inline constexpr std::string_view kReplyText = "A \xF0\x9F\xA6\x86 says \xC3\xA9.";  ///< of every chat
inline constexpr std::string_view kReplyModel = "model-1";

/// The reply of OpenAI's, Ollama's, Cohere's or text-embeddings-inference's interface to this request, by its path and
/// body. The first component of a vector is the bytes of its text, the others are 1; it has the dimension asked for, or
/// 4. OpenAI's rows come in reverse order. A reranked text scores 1 / (1 + its bytes). 404 for other paths.
[[nodiscard]] FaultReply well_formed_reply(const FaultRequest& request);

}  // namespace scaup::test
