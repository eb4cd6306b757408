#pragma once
// Embedders: from texts to vectors. The interface, the built-in static model, and a hash for tests.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// What an embedding will be used for; some models treat the two differently (prefixes, input types).
enum class TextKind : std::uint8_t { document, query };

/// The provider of static models, the built-in one among them.
inline constexpr std::string_view kStaticProvider = "scaup-static";

/// Who made a vector. Vectors of two identities must not be compared; a collection keeps the identity
/// of its embedder and refuses another.
struct EmbedderIdentity {
  std::string provider = {};         ///< for example "scaup-static", which is kStaticProvider
  std::string model = {};            ///< for example "static-en-256"
  std::size_t dimension = 0;         ///< components of a vector
  bool normalised = true;            ///< vectors have length 1
  std::string document_prefix = {};  ///< put before every document text
  std::string query_prefix = {};     ///< put before every query text

  friend bool operator==(const EmbedderIdentity&, const EmbedderIdentity&) = default;
};

/// One line for messages: `scaup-static/static-en-256, 256 dimensions, normalised`.
[[nodiscard]] SCAUP_API std::string to_string(const EmbedderIdentity& identity);

/// A matrix of vectors, one row a text, row-major: `values.size() == rows * dimension`.
struct Embeddings {
  std::size_t dimension = 0;
  std::vector<float> values = {};

  [[nodiscard]] std::size_t rows() const noexcept { return dimension == 0 ? 0 : values.size() / dimension; }
  [[nodiscard]] std::span<const float> row(std::size_t index) const noexcept {
    return std::span<const float>(values).subspan(index * dimension, dimension);
  }
};

/// A piece of a text that a model sees as one unit: bytes `[begin, end)`.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  friend bool operator==(const TokenRange&, const TokenRange&) = default;
};

/// Cuts a text into the tokens of a model, for chunk sizes in tokens.
/// Implementations may be called from several threads at once.
class SCAUP_API Tokenizer {
 public:
  virtual ~Tokenizer();
  /// The tokens of `text`, in order, not overlapping, at UTF-8 boundaries; unknown tokens count too.
  /// Errors: `invalid_argument` if `text` is not UTF-8.
  [[nodiscard]] virtual Result<std::vector<TokenRange>> tokenize(std::string_view text) const = 0;
};

/// Makes vectors of texts. Users may implement it.
/// Implementations may be called from several threads at once.
class SCAUP_API Embedder {
 public:
  virtual ~Embedder();
  /// One row for each text, in order; `identity().dimension` finite components a row. A text of which
  /// the model knows nothing gives a row of zeros. An empty list gives no rows.
  ///
  /// Errors: `invalid_argument` for a text that is not UTF-8; `cancelled`; whatever the provider adds.
  [[nodiscard]] virtual Result<Embeddings> embed(std::span<const std::string_view> texts, TextKind kind,
                                                 std::stop_token stop = {}) const = 0;
  /// Never changes during the life of the object.
  [[nodiscard]] virtual const EmbedderIdentity& identity() const noexcept = 0;
  /// The model's tokenizer where it is known here, else null; lives as long as the embedder.
  [[nodiscard]] virtual std::shared_ptr<const Tokenizer> tokenizer() const;
};

struct StaticEmbedderOptions {
  /// Threads for one call of `embed`; 0 means all cores. Small batches use one.
  std::size_t threads = 0;
};

/// The English model that comes with the library (static-en-256): no network, no key, no file.
/// In CMake it is the target scaup::model, part of scaup::scaup; a program that links scaup::core alone
/// can leave its 8 MB out. Other scripts than Latin are mostly unknown to it, see `Embedder::embed`.
/// Cost: reads the tokenizer at each call (some milliseconds), so keep the result.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> make_static_embedder(
    const StaticEmbedderOptions& options = {});

/// A static model in Model2Vec's layout from `folder`: model.safetensors (`embeddings` as f32, f16 or i8,
/// optional `weights` and `mapping`), tokenizer.json (WordPiece or WordLevel), config.json. The files
/// may come from anybody: every length, offset and number is checked. The model's name is the folder's.
///
/// Errors: `not_found`, `io`; `corruption` for files that contradict themselves; `unsupported_format`
/// for tensors and tokenizers that this version does not know.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> load_static_embedder(
    const std::filesystem::path& folder, const StaticEmbedderOptions& options = {});

struct HashEmbedderOptions {
  std::size_t dimension = 256;  ///< 1 to 65,536
  std::uint64_t seed = 0;       ///< other seeds give other vectors
};

/// Signed feature hashing of the words of a text: deterministic, of any dimension, normalised. For
/// tests and as a baseline; it knows spelling, not meaning. Errors of `embed`: `invalid_argument` if
/// the dimension is out of range.
[[nodiscard]] SCAUP_API Result<std::shared_ptr<const Embedder>> make_hash_embedder(
    const HashEmbedderOptions& options = {});

}  // namespace scaup::inline v0
