#pragma once
// Replies of OpenAI's form, and the texts that are sent for them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/embedder.hpp"
#include "scaup/providers.hpp"

namespace scaup::bench {

/// One vector as JSON: numbers with 9 significant digits, or base64 in quotes.
[[nodiscard]] std::string number_row(std::size_t dimension, unsigned seed);
[[nodiscard]] std::string base64_row(std::size_t dimension, unsigned seed);

/// A whole reply of `count` times the same row.
[[nodiscard]] std::string reply_of(const std::string& row, std::size_t count);

/// Texts of about this many bytes, all different, without characters that JSON escapes.
[[nodiscard]] std::vector<std::string> texts_of(std::size_t count, std::size_t bytes);
[[nodiscard]] std::vector<std::string_view> views(const std::vector<std::string>& texts);

/// An embedder of OpenAI's protocol at this server. Throws where it cannot be made.
[[nodiscard]] std::shared_ptr<const Embedder> embedder_at(const std::string& url, const BatchOptions& batches);

/// As many vectors as texts, or an exception.
Embeddings embed(const Embedder& embedder, const std::vector<std::string>& texts);

}  // namespace scaup::bench
