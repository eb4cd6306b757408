#pragma once
// Documents to and from JSON Lines, one line at a time; what a line looks like is said at `JsonLinesOptions`.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/archive.hpp"
#include "scaup/document.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// Appends the document as one line, with its LF.
/// Errors: `invalid_argument` for what no collection would take (see document_check.hpp), and an embedding with NaN or
/// infinity; then `out` is as before.
[[nodiscard]] Status append_json_line(std::string& out, const Document& document);

/// The document of one line, without its line end.
/// Errors: `invalid_argument`, as said at `JsonLinesOptions`, and for what no collection would take.
[[nodiscard]] Result<Document> parse_json_line(std::string_view line);

/// Writes lines to `sink`, borrowed, some 64 KiB at a time.
/// Single-threaded: one thread at a time, even for const members.
class JsonLinesWriter {
 public:
  explicit JsonLinesWriter(ByteSink& sink) noexcept : sink_(sink) {}
  [[nodiscard]] Status write(const Document& document);
  /// Writes what is left, and finishes the sink.
  [[nodiscard]] Status finish();
  /// How many bytes the lines have so far.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] Status flush();

  ByteSink& sink_;
  std::string buffer_ = {};
  std::uint64_t bytes_ = 0;
};

/// Reads lines from `source`, borrowed. Memory is that of one line and its document: some 20 times the line at worst.
/// Single-threaded: one thread at a time, even for const members.
class JsonLinesReader {
 public:
  JsonLinesReader(ByteSource& source, const JsonLinesOptions& options);
  /// The next document; nothing at the end.
  /// Errors: `invalid_argument` with the number of the line; those of the source.
  [[nodiscard]] Result<std::optional<Document>> next();
  /// The number of the line that was read last, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
  /// How many bytes were read from the source.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] Result<std::optional<std::string_view>> next_line();
  [[nodiscard]] Status refill();
  [[nodiscard]] Error at_line(Error error) const;

  ByteSource& source_;
  std::size_t max_line_bytes_;
  std::vector<std::byte> block_;  // what the source gave last; read from `at_` on, up to `end_`
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::string line_text_ = {};
  std::uint64_t line_ = 0;
  std::uint64_t bytes_ = 0;
  bool source_ended_ = false;
};

}  // namespace scaup::inline v0
