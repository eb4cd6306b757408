// The static embedder: tokenise, look up, average, normalise.

#include "embed/static_embedder.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/boundary.hpp"
#include "base/checked_math.hpp"
#include "base/parallel.hpp"
#include "base/utf8.hpp"
#include "embed/json_fields.hpp"
#include "embed/safetensors.hpp"
#include "embed/static_table.hpp"
#include "embed/tokenizer_json.hpp"

namespace scaup::inline v0 {
namespace {

// Texts that a thread takes at a time; the stop token is looked at between two such blocks.
constexpr std::size_t kBlockTexts = 64;
// Below this many bytes, starting a thread costs more than it saves.
constexpr std::size_t kBytesPerThread = 64U << 10U;
constexpr std::size_t kMaxTextBytes = std::numeric_limits<std::uint32_t>::max();

Error with_context(Error error, std::string_view place) {
  error.add_context(place);
  return error;
}

Status check_text(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return Error(ErrorCode::invalid_argument,
                 std::to_string(text.size()) + " bytes, more than the limit of " + std::to_string(kMaxTextBytes));
  }
  const auto invalid = find_invalid_utf8(text);
  if (!invalid) return {};
  return Error(ErrorCode::invalid_argument, "not UTF-8 at byte " + std::to_string(*invalid));
}

// Ascending ranges that do not overlap. A token that would begin before the end of the last one is
// cut at its front; one of which nothing is left is a part of the same character, and left out.
std::vector<TokenRange> disjoint_ranges(std::span<const Token> tokens) {
  std::vector<TokenRange> ranges;
  ranges.reserve(tokens.size());
  std::size_t last = 0;
  for (const Token& token : tokens) {
    const std::size_t begin = std::max<std::size_t>(token.begin, last);
    if (begin >= token.end) continue;
    ranges.push_back({begin, token.end});
    last = token.end;
  }
  return ranges;
}

/// Thread-safe: any member from any thread at any time.
class StaticTokenizer final : public Tokenizer {
 public:
  explicit StaticTokenizer(TextTokenizer tokenizer) : tokenizer_(std::move(tokenizer)) {}

  [[nodiscard]] const TextTokenizer& text_tokenizer() const noexcept { return tokenizer_; }

  Result<std::vector<TokenRange>> tokenize(std::string_view text) const override {
    return guarded([&]() -> Result<std::vector<TokenRange>> {
      if (auto status = check_text(text); !status) return with_context(std::move(status).error(), "tokenize");
      TokenizerScratch scratch;
      std::vector<Token> tokens;
      tokenizer_.tokenize(text, scratch, tokens);
      return disjoint_ranges(tokens);
    });
  }

 private:
  TextTokenizer tokenizer_;
};

/// Thread-safe: any member from any thread at any time.
class StaticEmbedder final : public Embedder {
 public:
  StaticEmbedder(EmbedderIdentity identity, std::shared_ptr<const StaticTokenizer> tokenizer, StaticTable table,
                 std::size_t threads)
      : identity_(std::move(identity)), tokenizer_(std::move(tokenizer)), table_(std::move(table)), threads_(threads) {}

  Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind /*kind*/,
                           std::stop_token stop) const override {
    return guarded([&]() -> Result<Embeddings> { return embed_all(texts, stop); });
  }
  const EmbedderIdentity& identity() const noexcept override { return identity_; }
  std::shared_ptr<const Tokenizer> tokenizer() const override { return tokenizer_; }

 private:
  Result<Embeddings> embed_all(std::span<const std::string_view> texts, const std::stop_token& stop) const;
  Status embed_block(std::span<const std::string_view> texts, std::size_t first, std::span<float> out) const;
  void embed_one(std::string_view text, TokenizerScratch& scratch, std::vector<Token>& tokens,
                 std::vector<std::uint32_t>& known, std::span<float> out) const;

  EmbedderIdentity identity_;
  std::shared_ptr<const StaticTokenizer> tokenizer_;
  StaticTable table_;
  std::size_t threads_;
};

Result<Embeddings> StaticEmbedder::embed_all(std::span<const std::string_view> texts,
                                             const std::stop_token& stop) const {
  const std::size_t dimension = identity_.dimension;
  const auto count = checked_multiply(texts.size(), dimension);
  if (!count) return out_of_memory_error();
  Embeddings result{.dimension = dimension, .values = std::vector<float>(*count)};
  std::size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size();
  const std::size_t blocks = (texts.size() + kBlockTexts - 1) / kBlockTexts;
  const std::size_t threads = std::min(thread_count(threads_, blocks), bytes / kBytesPerThread + 1);
  auto status = parallel_for(blocks, threads, [&](std::size_t block) -> Status {
    if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embed: stopped on request");
    const std::size_t first = block * kBlockTexts;
    const auto part = texts.subspan(first, std::min(kBlockTexts, texts.size() - first));
    return embed_block(part, first, std::span(result.values).subspan(first * dimension, part.size() * dimension));
  });
  if (!status) return std::move(status).error();
  if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embed: stopped on request");
  return result;
}

// Embeds `texts`, the first of which is number `first` of the call.
Status StaticEmbedder::embed_block(std::span<const std::string_view> texts, std::size_t first,
                                   std::span<float> out) const {
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  std::vector<std::uint32_t> known;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto status = check_text(texts[i]); !status) {
      return with_context(std::move(status).error(), "embed: text " + std::to_string(first + i));
    }
    embed_one(texts[i], scratch, tokens, known, out.subspan(i * identity_.dimension, identity_.dimension));
  }
  return {};
}

void StaticEmbedder::embed_one(std::string_view text, TokenizerScratch& scratch, std::vector<Token>& tokens,
                               std::vector<std::uint32_t>& known, std::span<float> out) const {
  const TextTokenizer& tokenizer = tokenizer_->text_tokenizer();
  tokenizer.tokenize(text, scratch, tokens);
  known.clear();
  for (const Token& token : tokens) {
    if (token.id != tokenizer.unknown()) known.push_back(token.id);
  }
  table_.sum(known, out);
  if (identity_.normalised) return normalise(out);
  divide(out, std::max<std::size_t>(known.size(), 1));
}

// Whether the model's config.json asks for vectors of length 1; Model2Vec's default is no.
Result<bool> read_normalise(std::string_view config) {
  const auto root = parse_json_file(config, "config.json");
  if (!root) return root.error();
  auto truth = boolean_member(*root, "normalize", false);
  if (!truth) return with_context(std::move(truth).error(), "config.json");
  return truth;
}

}  // namespace

Result<std::shared_ptr<const Embedder>> make_static_embedder_from(const StaticModelFiles& files, std::string model,
                                                                  const StaticEmbedderOptions& options) {
  return guarded([&]() -> Result<std::shared_ptr<const Embedder>> {
    const auto tensors = parse_safetensors(files.tensors);
    if (!tensors) return tensors.error();
    auto table = StaticTable::from_tensors(*tensors, files.owner);
    if (!table) return std::move(table).error();
    auto tokenizer = parse_tokenizer_json(files.tokenizer, table->tokens());
    if (!tokenizer) return std::move(tokenizer).error();
    const auto is_normalised = read_normalise(files.config);
    if (!is_normalised) return is_normalised.error();
    EmbedderIdentity identity{.provider = std::string(kStaticProvider),
                              .model = std::move(model),
                              .dimension = table->dimension(),
                              .normalised = *is_normalised};
    return std::make_shared<const StaticEmbedder>(std::move(identity),
                                                  std::make_shared<const StaticTokenizer>(*std::move(tokenizer)),
                                                  *std::move(table), options.threads);
  });
}

}  // namespace scaup::inline v0
