#pragma once
// The plain values of the library: Value and Metadata, Document, Origin, Match.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// The type of a metadata value; the numbers are stored on disk, do not change them.
enum class ValueType : std::uint8_t {
  string = 1,
  integer = 2,
  real = 3,
  boolean = 4,
  string_list = 5,
  integer_list = 6,
  real_list = 7,
  boolean_list = 8,
};

/// Every integer that fits into int64 without loss. A std::size_t does not: cast it, and know that it fits.
template <typename T>
concept SmallInteger = std::integral<T> && !std::same_as<std::remove_cv_t<T>, bool> &&
                       (std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t));

/// One typed metadata value: string, int64, double, bool, or a list of one of these.
/// Strings are UTF-8; a double stored in a collection must be finite.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Value {
 public:
  using StringList = std::vector<std::string>;
  using IntegerList = std::vector<std::int64_t>;
  using RealList = std::vector<double>;
  using BooleanList = std::vector<bool>;
  using Storage = std::variant<std::string, std::int64_t, double, bool, StringList, IntegerList, RealList, BooleanList>;

  // NOLINTBEGIN(google-explicit-constructor): `{"year", 2020}` is how metadata is written.
  Value(const char* text) : data_(std::string(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(std::string text) : data_(std::move(text)) {}
  template <SmallInteger T>
  Value(T number) : data_(static_cast<std::int64_t>(number)) {}
  template <std::floating_point T>
  Value(T number) : data_(static_cast<double>(number)) {}
  template <std::same_as<bool> T>  // a template, so that no pointer turns into a bool
  Value(T truth) : data_(truth) {}
  Value(StringList list) : data_(std::move(list)) {}
  Value(IntegerList list) : data_(std::move(list)) {}
  Value(RealList list) : data_(std::move(list)) {}
  Value(BooleanList list) : data_(std::move(list)) {}
  // NOLINTEND(google-explicit-constructor)

  // Not defaulted: libstdc++ 12 destroys a variant whose copy construction threw, although it holds nothing,
  // if each of its types moves without throwing. Constructing from the alternative is sound.
  Value(const Value& other)
      : data_(std::visit(
            [](const auto& value) { return Storage(std::in_place_type<std::remove_cvref_t<decltype(value)>>, value); },
            other.data_)) {}
  Value& operator=(const Value& other) {
    data_ = std::move(Value(other).data_);
    return *this;
  }
  Value(Value&&) noexcept = default;
  Value& operator=(Value&&) noexcept = default;
  ~Value() = default;

  [[nodiscard]] ValueType type() const noexcept { return static_cast<ValueType>(data_.index() + 1); }
  [[nodiscard]] bool is_list() const noexcept { return data_.index() >= 4; }
  [[nodiscard]] bool is_number() const noexcept { return data_.index() == 1 || data_.index() == 2; }

  /// The value if it has exactly this type, else null: `value.get_if<std::int64_t>()`.
  template <typename T>
  [[nodiscard]] const T* get_if() const noexcept {
    return std::get_if<T>(&data_);
  }
  /// The variant itself, for std::visit.
  [[nodiscard]] const Storage& storage() const noexcept { return data_; }

  /// Same type and same content: the integer 1 and the real 1.0 differ here (a Filter calls them equal).
  friend bool operator==(const Value&, const Value&) = default;

 private:
  Storage data_;
};

/// The name of a type as messages print it, for example "integer list". Never empty.
[[nodiscard]] SCAUP_API std::string_view to_string(ValueType type) noexcept;

/// Metadata of a document or a collection, ordered by key. Keys are non-empty UTF-8 of at most 1,024
/// bytes that do not begin with '$' and are not "#document": those belong to the filter language.
using Metadata = std::map<std::string, Value, std::less<>>;

/// Where a chunk came from. The range holds exactly the bytes of the chunk:
/// `source_text.substr(begin, end - begin) == document.text`, and never cuts a UTF-8 sequence.
struct Origin {
  std::string source_id = {};             ///< id of the document that was cut
  std::size_t begin = 0;                  ///< first byte in the source text
  std::size_t end = 0;                    ///< one past the last byte
  std::size_t chunk_index = 0;            ///< 0 for the first chunk of the source
  std::size_t first_line = 1;             ///< line of `begin`, counted from 1
  std::size_t last_line = 1;              ///< line of the last byte
  std::optional<std::size_t> page = {};   ///< counted from 1, where the source has pages
  std::vector<std::string> section = {};  ///< headings from the outermost inward, where there are any

  friend bool operator==(const Origin&, const Origin&) = default;
};

/// What a collection holds. `id` is unique in its collection and at most 65,536 bytes, `text` at most
/// 16 MiB; both are UTF-8. Without an embedding the collection's embedder makes one of `text`.
struct Document {
  std::string id = {};
  std::string text = {};
  Metadata metadata = {};
  std::optional<std::vector<float>> embedding = {};  ///< one vector, `dimension` finite floats
  std::optional<Origin> origin = {};                 ///< set for a chunk of a longer text

  friend bool operator==(const Document&, const Document&) = default;
};

/// The parts a score was made of; a part that played no role is absent.
struct ScoreParts {
  std::optional<double> dense = {};    ///< vector similarity, see Metric
  std::optional<double> keyword = {};  ///< BM25 of title and text together
  std::optional<double> title = {};    ///< BM25 of the title alone
  std::optional<double> rerank = {};   ///< relevance given by a reranker
};

/// One hit of a query.
struct Match {
  Document document = {};
  double score = 0;      ///< higher is nearer; the range is that of the metric, see Metric
  std::size_t rank = 0;  ///< 1 for the best
  ScoreParts parts = {};
};

}  // namespace scaup::inline v0
