#include "text/chunkers/html_limits.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.hpp"

namespace scaup::inline v0 {
namespace {

using namespace std::string_view_literals;

// Elements that hold nothing, or that the next of their kind closes: they make nothing deep. Sorted.
constexpr std::array kFlat = {"area"sv, "base"sv,  "body"sv, "br"sv,    "col"sv,   "colgroup"sv, "dd"sv,
                              "dt"sv,   "embed"sv, "head"sv, "hr"sv,    "html"sv,  "img"sv,      "input"sv,
                              "li"sv,   "link"sv,  "meta"sv, "p"sv,     "param"sv, "source"sv,   "tbody"sv,
                              "td"sv,   "tfoot"sv, "th"sv,   "thead"sv, "tr"sv,    "track"sv,    "wbr"sv};
static_assert(std::ranges::is_sorted(kFlat));

// Their end tags close them alone, and blocks reopen them. Sorted.
constexpr std::array kFormatting = {"a"sv,    "b"sv, "big"sv,   "code"sv,   "em"sv,     "font"sv, "i"sv,
                                    "nobr"sv, "s"sv, "small"sv, "strike"sv, "strong"sv, "tt"sv,   "u"sv};
static_assert(std::ranges::is_sorted(kFormatting));

// An end tag closes nothing outside of these. Sorted.
constexpr std::array kBarriers = {"applet"sv, "button"sv, "caption"sv, "desc"sv,  "foreignobject"sv, "marquee"sv,
                                  "math"sv,   "object"sv, "svg"sv,     "table"sv, "template"sv,      "title"sv};
static_assert(std::ranges::is_sorted(kBarriers));

// What is in them is text up to their end tag, outside of svg and math. Sorted.
constexpr std::array kRawText = {"iframe"sv, "noembed"sv,  "noframes"sv, "script"sv,
                                 "style"sv,  "textarea"sv, "title"sv,    "xmp"sv};
static_assert(std::ranges::is_sorted(kRawText));

template <typename Names>
bool is_in(const Names& names, std::string_view name) noexcept {
  return std::ranges::binary_search(names, name);
}

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

// One pass over the tags, as the HTML standard's tokenizer reads them (13.2.5).
class TagScanner {
 public:
  explicit TagScanner(std::string_view html) : html_(html) {}

  Status scan() {
    for (at_ = html_.find('<'); at_ < html_.size(); at_ = html_.find('<', at_)) {
      if (html_.substr(at_).starts_with("<!--")) {
        skip_comment();
        continue;
      }
      ++at_;
      const bool closes = at_ < html_.size() && html_[at_] == '/';
      at_ += closes ? 1U : 0U;
      if (at_ >= html_.size() || !is_ascii_letter(html_[at_])) continue;
      const std::size_t tag = at_;
      const std::string name = read_name();
      if (read_attributes() > kMostAttributes) return too_many("attributes in the tag", tag, kMostAttributes);
      closes ? close(name) : open(name);
      if (open_.size() + formatting_.size() > kDeepestHtml) return too_many("elements open", tag, kDeepestHtml);
    }
    return {};
  }

 private:
  static Error too_many(std::string_view what, std::size_t at, std::size_t most) {
    return {ErrorCode::invalid_argument, "html: more than " + std::to_string(most) + " " + std::string(what) +
                                             " at byte " + std::to_string(at) + "; accepted: at most as many"};
  }

  void skip_comment() noexcept {
    const std::string_view rest = html_.substr(at_ + 4);
    if (rest.starts_with('>') || rest.starts_with("->")) {
      at_ += 5;
      return;
    }
    const std::size_t end = html_.find("-->", at_ + 4);
    at_ = end == std::string_view::npos ? html_.size() : end + 3;
  }

  std::string read_name() {
    std::string name;
    for (; at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '/' && html_[at_] != '>'; ++at_)
      name += ascii_lower(html_[at_]);
    return name;
  }

  // Moves past the tag.
  std::size_t read_attributes() noexcept {
    std::size_t count = 0;
    for (;;) {
      while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) ++at_;
      if (at_ >= html_.size()) return count;
      if (html_[at_] == '>') {
        ++at_;
        return count;
      }
      ++count;
      at_ = std::min(html_.find_first_of(" \t\n\f\r/>=", at_ + 1), html_.size());
      const std::size_t sign = std::min(html_.find_first_not_of(" \t\n\f\r", at_), html_.size());
      if (sign < html_.size() && html_[sign] == '=') skip_value(sign + 1);
    }
  }

  void skip_value(std::size_t at) noexcept {
    at_ = std::min(html_.find_first_not_of(" \t\n\f\r", at), html_.size());
    if (at_ == html_.size()) return;
    if (html_[at_] != '"' && html_[at_] != '\'') {
      at_ = std::min(html_.find_first_of(" \t\n\f\r>", at_), html_.size());
      return;
    }
    at_ = std::min(html_.find(html_[at_], at_ + 1), html_.size() - 1) + 1;
  }

  void open(const std::string& name) {
    if (foreign_ == 0 && is_in(kRawText, name)) return skip_raw_text(name);
    if (name == "a") close(name);  // the next one closes it, which pages without its end tag rely on
    if (is_in(kFormatting, name)) return formatting_.push_back(name);
    if (foreign_ == 0 && is_in(kFlat, name)) return;
    if (!open_.empty() && open_.back() == "select" && name.starts_with("opt")) return;  // option, optgroup
    foreign_ += is_foreign(name) ? 1U : 0U;
    open_.push_back(name);
  }

  void close(const std::string& name) {
    if (is_in(kFormatting, name)) {
      const auto last = std::ranges::find(formatting_.rbegin(), formatting_.rend(), name);
      if (last != formatting_.rend()) formatting_.erase(std::next(last).base());
      return;
    }
    for (std::size_t i = open_.size(); i > 0; --i) {
      if (open_[i - 1] == name) return pop_to(i - 1);
      if (is_in(kBarriers, open_[i - 1])) return;
    }
  }

  void pop_to(std::size_t size) {
    while (open_.size() > size) {
      foreign_ -= is_foreign(open_.back()) ? 1U : 0U;
      open_.pop_back();
    }
  }

  static bool is_foreign(std::string_view name) noexcept { return name == "svg" || name == "math"; }

  void skip_raw_text(const std::string& name) {
    for (std::size_t end = html_.find("</", at_); end != std::string_view::npos; end = html_.find("</", end + 2)) {
      at_ = end + 2;
      if (is_ascii_letter(html_[std::min(at_, html_.size() - 1)]) && read_name() == name) break;
    }
  }

  const std::string_view html_;
  std::size_t at_ = 0;
  std::size_t foreign_ = 0;              // svg and math among the open elements
  std::vector<std::string> open_;        // but for flat and formatting ones
  std::vector<std::string> formatting_;  // open, or to be reopened
};

}  // namespace

Status check_html_limits(std::string_view html) {
  return TagScanner(html).scan();
}

}  // namespace scaup::inline v0
