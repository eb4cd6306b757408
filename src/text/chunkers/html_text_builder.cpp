#include "text/chunkers/html_text_builder.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/chunkers/white_space.hpp"

namespace scaup::inline v0 {
namespace {

// HTML's white space (Infra standard, ASCII whitespace): other kinds are not collapsed.
constexpr bool is_html_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

// Walks the source of a text node beside what it says, one code point after another.
class SourceWalker {
 public:
  SourceWalker(std::string_view html, ByteRange source) : html_(html.substr(0, source.end)), at_(source.begin) {}

  // The bytes that say `point`, which is UTF-8. Where source and meaning do not fit (a reference of two code points,
  // text that tags interrupt), the bytes before or all that is left.
  ByteRange next(std::string_view point) noexcept {
    if (lost_) return last_;
    const std::string_view rest = html_.substr(std::min(at_, html_.size()));
    if (rest.starts_with('&')) {
      const std::size_t size = reference_size(rest, point);
      if (size > 0) return take(size, Kind::reference);
    }
    if (rest.starts_with(point)) return take(point.size(), Kind::text);
    if (point == "\n" && rest.starts_with('\r')) return take(rest.starts_with("\r\n") ? 2 : 1, Kind::text);
    if (last_kind_ == Kind::reference) return last_;
    lost_ = true;
    last_ = {std::min(at_, html_.size()), html_.size()};
    return last_;
  }

 private:
  enum class Kind : std::uint8_t { text, reference };

  ByteRange take(std::size_t size, Kind kind) noexcept {
    last_ = {at_, at_ + size};
    last_kind_ = kind;
    at_ += size;
    return last_;
  }

  // Bytes of the character reference at the beginning of `rest`; 0 if it is a plain ampersand.
  static std::size_t reference_size(std::string_view rest, std::string_view point) noexcept {
    std::size_t end = rest.starts_with("&#") ? 2 : 1;
    if (point == "&" && end == 1) {
      if (!rest.starts_with("&amp") && !rest.starts_with("&AMP")) return 0;
      end = 4;
    } else {
      while (end < rest.size() && is_ascii_alphanumeric(rest[end])) ++end;
    }
    return end < rest.size() && rest[end] == ';' ? end + 1 : end;
  }

  const std::string_view html_;
  std::size_t at_;
  ByteRange last_ = {};
  Kind last_kind_ = Kind::text;
  bool lost_ = false;
};

// Gumbo makes such bytes of references past the last code point (`&#x2F986F986;`). Each run of them becomes U+FFFD.
std::string repair_utf8(std::string_view text) {
  std::string repaired;
  bool after_bad = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = decode_utf8(text, at).size;
    if (size > 0) repaired += text.substr(at, size);
    if (size == 0 && !after_bad) repaired += "\xEF\xBF\xBD";
    after_bad = size == 0;
    at += std::max<std::size_t>(size, 1);
  }
  return repaired;
}

// On one line, and not too long to be repeated in every chunk below.
std::string heading_text(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, kMostHeadingBytes)) line += is_html_space(c) ? ' ' : c;
  if (text.size() > kMostHeadingBytes) {
    std::size_t end = kMostHeadingBytes;
    while (!is_utf8_boundary(text, end)) --end;
    line.resize(end);
  }
  const ByteRange inner = trim(line, {0, line.size()});
  return line.substr(inner.begin, inner.end - inner.begin);
}

}  // namespace

void HtmlTextBuilder::add_text(std::string_view decoded, ByteRange source, HtmlSpaces spaces) {
  if (find_invalid_utf8(decoded)) return add_text(repair_utf8(decoded), source, spaces);
  SourceWalker walker(html_, source);
  for (std::size_t at = 0; at < decoded.size();) {
    const std::size_t size = decode_utf8(decoded, at).size;
    const std::string_view point = decoded.substr(at, size);
    const ByteRange from = walker.next(point);
    at += size;
    if (spaces == HtmlSpaces::collapsed && is_html_space(point[0])) {
      gap(HtmlGap::space);
    } else {
      put(point, from);
    }
  }
}

void HtmlTextBuilder::end_heading(std::size_t level) {
  const std::string& text = page_.text.text;
  const ByteRange range = trim(text, {block_begin_, text.size()});
  if (!range.empty()) {
    page_.headings.push_back(
        {range, level, heading_text(std::string_view(text).substr(range.begin, range.end - range.begin))});
  }
  gap(HtmlGap::blank_line);
}

void HtmlTextBuilder::end_preformatted() {
  const ByteRange range = trim(page_.text.text, {block_begin_, page_.text.text.size()});
  if (!range.empty()) page_.preformatted.push_back(range);
  gap(HtmlGap::blank_line);
}

void HtmlTextBuilder::set_title(std::string_view decoded) {
  if (page_.text.title.empty()) page_.text.title = heading_text(repair_utf8(decoded));
}

void HtmlTextBuilder::set_language(std::string_view decoded) {
  page_.language = heading_text(repair_utf8(decoded));
}

void HtmlTextBuilder::add_meta(std::string_view name, std::string_view content) {
  page_.metas.push_back({ascii_lower_case(heading_text(repair_utf8(name))), heading_text(repair_utf8(content))});
}

std::size_t HtmlTextBuilder::begin_block() {
  gap(HtmlGap::blank_line);
  return page_.text.text.size();
}

void HtmlTextBuilder::put(std::string_view bytes, ByteRange source) {
  put_gap(source);
  page_.text.text += bytes;
  put_span(bytes.size(), source);
}

// Before the first byte from `source`. A single space that is one in the HTML too stays part of a span.
void HtmlTextBuilder::put_gap(ByteRange source) {
  static constexpr std::string_view kGaps[] = {"", " ", "\t", "\n", "\n\n"};
  const HtmlGap gap = std::exchange(gap_, HtmlGap::none);
  HtmlText& out = page_.text;
  if (gap == HtmlGap::none || out.text.empty()) return;
  const bool same =
      gap == HtmlGap::space && out.spans.back().source_end + 1 == source.begin && html_[source.begin - 1] == ' ';
  out.text += kGaps[static_cast<std::size_t>(gap)];
  if (same) put_span(1, {source.begin - 1, source.begin});
}

void HtmlTextBuilder::put_span(std::size_t size, ByteRange source) {
  const std::size_t end = page_.text.text.size();
  std::vector<HtmlSpan>& spans = page_.text.spans;
  const bool literal = source.end - source.begin == size;
  if (!spans.empty() && spans.back().end == end - size) {
    HtmlSpan& last = spans.back();
    const bool last_literal = last.end - last.begin == last.source_end - last.source_begin;
    if (literal && last_literal && last.source_end == source.begin) {
      last.end = end;
      last.source_end = source.end;
      return;
    }
    if (last.source_begin == source.begin && last.source_end == source.end) {  // one reference, several code points
      last.end = end;
      return;
    }
  }
  spans.push_back({end - size, end, source.begin, source.end});
}

}  // namespace scaup::inline v0
