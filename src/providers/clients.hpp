#pragma once
// The raw clients, one request a call: without retry, batches and limits, which the policies put around them.

#include <memory>
#include <stop_token>
#include <string_view>

#include "providers/provider_table.hpp"
#include "scaup/providers.hpp"

namespace scaup::inline v0 {

/// How much one call of an embedder client may carry.
[[nodiscard]] BatchLimits limits_of(Provider provider, std::string_view model) noexcept;

/// An embedder of one request a call, however many texts; an empty text is not sent and gives zeros. Where the
/// dimension is not known, one text is embedded here to learn it; the endpoint's limiter is asked before.
[[nodiscard]] Result<std::shared_ptr<const Embedder>> make_embedder_client(Provider provider,
                                                                           const RemoteEmbedderOptions& options,
                                                                           std::stop_token stop = {});
[[nodiscard]] Result<std::shared_ptr<const Reranker>> make_reranker_client(Provider provider,
                                                                           const RemoteRerankerOptions& options);
[[nodiscard]] Result<std::shared_ptr<const ChatModel>> make_chat_client(Provider provider,
                                                                        const RemoteChatOptions& options);

}  // namespace scaup::inline v0
