// The streams of JSON Lines: lines out of blocks of bytes, and into them.

#include "archive/json_lines.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "archive/read_source.hpp"
#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Status JsonLinesWriter::write(const Document& document) {
  const std::size_t before = buffer_.size();
  if (Status status = append_json_line(buffer_, document); !status) return status;
  bytes_ += buffer_.size() - before;
  return buffer_.size() < kBlockBytes ? Status() : flush();
}

Status JsonLinesWriter::finish() {
  if (Status status = flush(); !status) return status;
  return sink_.finish();
}

Status JsonLinesWriter::flush() {
  if (buffer_.empty()) return {};
  Status status = sink_.write(std::as_bytes(std::span(buffer_)));
  buffer_.clear();
  return status;
}

JsonLinesReader::JsonLinesReader(ByteSource& source, const JsonLinesOptions& options)
    : source_(source), max_line_bytes_(options.max_line_bytes), block_(kBlockBytes) {}

Result<std::optional<Document>> JsonLinesReader::next() {
  for (;;) {
    const auto line = next_line();
    if (!line) return line.error();
    if (!*line) return std::optional<Document>();
    if (is_blank(**line)) continue;
    Result<Document> document = parse_json_line(**line);
    if (!document) return at_line(std::move(document).error());
    return std::optional(*std::move(document));
  }
}

// A line is gathered in `line_text_` until its LF or the end of the source; CR before LF, and the mark at the very
// beginning, belong to no line.
Result<std::optional<std::string_view>> JsonLinesReader::next_line() {
  line_text_.clear();
  ++line_;
  for (bool ended = false; !ended;) {
    if (Status status = refill(); !status) return status.error();
    if (source_ended_ && line_text_.empty()) return std::optional<std::string_view>();
    if (source_ended_) break;
    const auto begin = block_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto end = block_.begin() + static_cast<std::ptrdiff_t>(end_);
    const auto line_end = std::find(begin, end, std::byte{'\n'});
    const auto size = static_cast<std::size_t>(line_end - begin);
    if (size > max_line_bytes_ - line_text_.size()) {
      return at_line(Error(ErrorCode::invalid_argument, "longer than the limit of " + std::to_string(max_line_bytes_) +
                                                            " bytes; raise max_line_bytes"));
    }
    line_text_.append(reinterpret_cast<const char*>(block_.data()) + at_, size);
    ended = line_end != end;
    at_ += size + (ended ? 1 : 0);
  }
  std::string_view line = line_text_;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line_ == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return std::optional(line);
}

Status JsonLinesReader::refill() {
  if (at_ < end_ || source_ended_) return {};
  const Result<std::size_t> got = read_some(source_, block_);
  if (!got) return got.error();
  at_ = 0;
  end_ = *got;
  bytes_ += *got;
  source_ended_ = *got == 0;
  return {};
}

Error JsonLinesReader::at_line(Error error) const {
  error.add_context("JSON Lines: line " + std::to_string(line_));
  return error;
}

}  // namespace scaup::inline v0
