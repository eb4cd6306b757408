// The hash embedder: words into buckets with a sign (feature hashing, Weinberger et al. 2009).

#include <string>
#include <utility>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "base/hash.hpp"
#include "base/utf8.hpp"
#include "embed/static_table.hpp"
#include "scaup/embedder.hpp"
#include "text/unicode.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxDimension = 65'536;

// Adds the words of `text`, lower case: runs of word characters.
void add_words(std::string_view text, std::uint64_t seed, std::string& word, std::span<float> out) {
  const auto finish_word = [&] {
    if (word.empty()) return;
    const std::uint64_t hash = hash64(word, seed);
    out[(hash >> 1U) % out.size()] += (hash & 1U) != 0 ? 1.0F : -1.0F;
    word.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    at += point.size;
    if (!is_word_character(point.value)) {
      finish_word();
      continue;
    }
    const CodePoints lower = to_lower(point.value);
    for (std::size_t i = 0; i < lower.size; ++i) append_utf8(word, lower.values[i]);
  }
  finish_word();
}

/// Thread-safe: any member from any thread at any time.
class HashEmbedder final : public Embedder {
 public:
  explicit HashEmbedder(const HashEmbedderOptions& options)
      : identity_{.provider = "scaup-hash",
                  .model = "words-seed-" + std::to_string(options.seed),
                  .dimension = options.dimension},
        seed_(options.seed) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind /*kind*/,
                           std::stop_token stop) const override {
    return guarded([&]() -> Result<Embeddings> { return embed_all(texts, stop); });
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  Result<Embeddings> embed_all(std::span<const std::string_view> texts, const std::stop_token& stop) const {
    const auto count = checked_multiply(texts.size(), identity_.dimension);
    if (!count) return out_of_memory_error();
    Embeddings result{.dimension = identity_.dimension, .values = std::vector<float>(*count)};
    std::string word;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embed: stopped on request");
      if (const auto invalid = find_invalid_utf8(texts[i])) {
        return Error(ErrorCode::invalid_argument,
                     "embed: text " + std::to_string(i) + ": not UTF-8 at byte " + std::to_string(*invalid));
      }
      const auto row = std::span(result.values).subspan(i * identity_.dimension, identity_.dimension);
      add_words(texts[i], seed_, word, row);
      normalise(row);
    }
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embed: stopped on request");
    return result;
  }

  EmbedderIdentity identity_;
  std::uint64_t seed_;
};

}  // namespace

Result<std::shared_ptr<const Embedder>> make_hash_embedder(const HashEmbedderOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    if (options.dimension == 0 || options.dimension > kMaxDimension) {
      return Error(ErrorCode::invalid_argument, "make_hash_embedder: a dimension of " +
                                                    std::to_string(options.dimension) + " is not in 1 to 65,536");
    }
    return std::make_shared<const HashEmbedder>(options);
  });
}

}  // namespace scaup::inline v0
