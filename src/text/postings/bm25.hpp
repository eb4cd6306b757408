#pragma once
// The BM25 formulas, in the form and order of operations that every score of the library has.

#include <cmath>
#include <cstdint>

namespace scaup::inline v0 {

/// How one field is scored.
struct Bm25Field {
  double k1 = 1.2;
  double b = 0.75;
};

inline constexpr Bm25Field kBodyField = {.k1 = 1.2, .b = 0.75};
inline constexpr Bm25Field kTitleField = {.k1 = 1.2, .b = 0.5};

/// Lucene's idf, which is above 0 for every df of 0 to N.
[[nodiscard]] inline double inverse_document_frequency(std::uint64_t documents, std::uint64_t df) noexcept {
  const auto n = static_cast<double>(documents);
  const auto with = static_cast<double>(df);
  return std::log(1.0 + (n - with + 0.5) / (with + 0.5));
}

/// tf / (tf + K), K = k1 (1 - b + b length / average): in [0, 1).
[[nodiscard]] inline double saturation(const Bm25Field& field, std::uint32_t tf, std::uint32_t length,
                                       double average) noexcept {
  const double share = average > 0 ? static_cast<double>(length) / average : 0;
  const auto frequency = static_cast<double>(tf);
  return frequency / (frequency + field.k1 * (1.0 - field.b + field.b * share));
}

/// What statistics a score needs of all documents together.
struct TextTotals {
  std::uint64_t documents = 0;    ///< empty ones too
  std::uint64_t body_tokens = 0;  ///< of title and text together, which are the body field
  std::uint64_t titled = 0;       ///< documents whose title has a token
  std::uint64_t title_tokens = 0;

  /// Over all documents; 0 if there are none.
  [[nodiscard]] double body_average() const noexcept {
    return documents == 0 ? 0 : static_cast<double>(body_tokens) / static_cast<double>(documents);
  }
  /// Over the documents with a title; 0 if there are none.
  [[nodiscard]] double title_average() const noexcept {
    return titled == 0 ? 0 : static_cast<double>(title_tokens) / static_cast<double>(titled);
  }
  friend bool operator==(const TextTotals&, const TextTotals&) = default;
};

}  // namespace scaup::inline v0
