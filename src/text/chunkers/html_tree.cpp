// The sole includer of gumbo.h.

#include "text/chunkers/html_tree.hpp"

#include <gumbo.h>

#include <array>
#include <initializer_list>
#include <vector>

#include "text/chunkers/html_heap.hpp"

namespace scaup::inline v0 {
namespace {

// A node takes some 200 bytes, and the shortest tag has three.
constexpr std::size_t kMemoryPerByte = 256;
constexpr std::size_t kLeastMemory = std::size_t{64} << 20U;

enum class Role : std::uint8_t { text, dropped, title, heading, preformatted, block, row, cell, line_break };

using Roles = std::array<Role, GUMBO_TAG_LAST + 1>;

constexpr void set(Roles& roles, Role role, std::initializer_list<GumboTag> tags) {
  for (const GumboTag tag : tags) roles[tag] = role;
}

constexpr Roles make_roles() {
  Roles roles = {};
  set(roles, Role::title, {GUMBO_TAG_TITLE});
  set(roles, Role::dropped,
      {GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_NOSCRIPT, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NAV, GUMBO_TAG_SVG,
       GUMBO_TAG_MATH, GUMBO_TAG_IFRAME, GUMBO_TAG_NOFRAMES, GUMBO_TAG_NOEMBED, GUMBO_TAG_TEXTAREA, GUMBO_TAG_SELECT,
       GUMBO_TAG_BUTTON, GUMBO_TAG_CANVAS, GUMBO_TAG_AUDIO, GUMBO_TAG_VIDEO, GUMBO_TAG_OBJECT, GUMBO_TAG_DATALIST});
  set(roles, Role::heading, {GUMBO_TAG_H1, GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4, GUMBO_TAG_H5, GUMBO_TAG_H6});
  set(roles, Role::preformatted, {GUMBO_TAG_PRE, GUMBO_TAG_LISTING, GUMBO_TAG_XMP, GUMBO_TAG_PLAINTEXT});
  set(roles, Role::block,
      {GUMBO_TAG_ADDRESS,  GUMBO_TAG_ARTICLE,    GUMBO_TAG_ASIDE,   GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_BODY,
       GUMBO_TAG_CAPTION,  GUMBO_TAG_CENTER,     GUMBO_TAG_DETAILS, GUMBO_TAG_DIV,        GUMBO_TAG_DL,
       GUMBO_TAG_FIELDSET, GUMBO_TAG_FIGCAPTION, GUMBO_TAG_FIGURE,  GUMBO_TAG_FOOTER,     GUMBO_TAG_FORM,
       GUMBO_TAG_HEADER,   GUMBO_TAG_HR,         GUMBO_TAG_MAIN,    GUMBO_TAG_MENU,       GUMBO_TAG_OL,
       GUMBO_TAG_P,        GUMBO_TAG_SECTION,    GUMBO_TAG_SUMMARY, GUMBO_TAG_TABLE,      GUMBO_TAG_UL});
  set(roles, Role::row, {GUMBO_TAG_LI, GUMBO_TAG_DD, GUMBO_TAG_DT, GUMBO_TAG_TR});
  set(roles, Role::cell, {GUMBO_TAG_TD, GUMBO_TAG_TH});
  set(roles, Role::line_break, {GUMBO_TAG_BR});
  return roles;
}

constexpr Roles kRoles = make_roles();

HtmlGap gap_of(Role role) noexcept {
  switch (role) {
    case Role::heading:
    case Role::preformatted:
    case Role::block: return HtmlGap::blank_line;
    case Role::row:
    case Role::line_break: return HtmlGap::line_end;
    case Role::cell: return HtmlGap::tab;
    default: return HtmlGap::none;
  }
}

// Depth first, without recursion: a page can be deeper than a stack.
class TreeWalker {
 public:
  TreeWalker(std::string_view html, HtmlTextBuilder& builder) : html_(html), builder_(builder) {}

  void walk(const GumboNode& root, const std::stop_token& stop) {
    enter(root);
    while (!open_.empty() && !stop.stop_requested()) {
      Open& top = open_.back();
      const GumboVector& children = top.element->children;
      if (top.next < children.length) {
        enter(*static_cast<const GumboNode*>(children.data[top.next++]));
      } else {
        leave();
      }
    }
  }

 private:
  struct Open {
    const GumboElement* element;
    Role role;
    unsigned next = 0;
  };

  void enter(const GumboNode& node) {
    if (node.type == GUMBO_NODE_ELEMENT) return enter_element(node.v.element);
    const bool text =
        node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE || node.type == GUMBO_NODE_CDATA;
    if (text && !in_head_) add_text(node.v.text);
  }

  void enter_element(const GumboElement& element) {
    if (element.tag == GUMBO_TAG_HEAD) in_head_ = true;
    if (element.tag == GUMBO_TAG_HTML) builder_.set_language(attribute_of(element, "lang"));
    if (element.tag == GUMBO_TAG_META && in_head_) enter_meta(element);
    Role role = kRoles[element.tag];
    if (role == Role::title && in_head_) builder_.set_title(text_of(element));
    if (role == Role::dropped || role == Role::title) return;
    if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return;
    // A heading or preformatted text inside another is part of it.
    if ((role == Role::heading || role == Role::preformatted) && special_) role = Role::block;
    builder_.gap(gap_of(role));
    if (role == Role::heading) builder_.begin_heading();
    if (role == Role::preformatted) builder_.begin_preformatted();
    if (role == Role::preformatted) spaces_ = HtmlSpaces::kept;
    special_ = special_ || role == Role::heading || role == Role::preformatted;
    open_.push_back({&element, role});
  }

  void enter_meta(const GumboElement& element) {
    for (const char* const kind : {"name", "property", "http-equiv"}) {
      const std::string_view name = attribute_of(element, kind);
      if (!name.empty()) return builder_.add_meta(name, attribute_of(element, "content"));
    }
  }

  // Empty if it is not there.
  static std::string_view attribute_of(const GumboElement& element, const char* name) noexcept {
    const GumboAttribute* const attribute = gumbo_get_attribute(&element.attributes, name);
    return attribute == nullptr ? std::string_view() : std::string_view(attribute->value);
  }

  void leave() {
    const Open top = open_.back();
    open_.pop_back();
    if (top.element->tag == GUMBO_TAG_HEAD) in_head_ = false;
    builder_.gap(gap_of(top.role));
    if (top.role != Role::heading && top.role != Role::preformatted) return;
    if (top.role == Role::heading) builder_.end_heading(static_cast<std::size_t>(top.element->tag - GUMBO_TAG_H1) + 1);
    if (top.role == Role::preformatted) builder_.end_preformatted();
    spaces_ = HtmlSpaces::collapsed;
    special_ = false;
  }

  void add_text(const GumboText& text) {
    const std::size_t offset = text.start_pos.offset;
    const std::size_t begin = std::min<std::size_t>(offset, html_.size());
    const std::size_t size = std::min(text.original_text.length, html_.size() - begin);
    builder_.add_text(text.text, {begin, begin + size}, spaces_);
  }

  static std::string_view text_of(const GumboElement& element) noexcept {
    if (element.children.length == 0) return {};
    const auto* child = static_cast<const GumboNode*>(element.children.data[0]);
    return child->type == GUMBO_NODE_TEXT ? std::string_view(child->v.text.text) : std::string_view();
  }

  const std::string_view html_;
  HtmlTextBuilder& builder_;
  std::vector<Open> open_;
  HtmlSpaces spaces_ = HtmlSpaces::collapsed;
  bool special_ = false;  // inside a heading or preformatted text
  bool in_head_ = false;
};

void* allocate(void* heap, std::size_t size) {
  return static_cast<HtmlHeap*>(heap)->allocate(size);
}

void release(void* heap, void* memory) {
  static_cast<HtmlHeap*>(heap)->release(memory);
}

// Null if the heap ran out. The tree lives as long as the heap: gumbo's own function to free it is recursive.
const GumboOutput* parse(std::string_view html, HtmlHeap& heap, const GumboOptions& options) {
  if (setjmp(heap.escape) != 0) return nullptr;
  return gumbo_parse_with_options(&options, html.data(), html.size());
}

}  // namespace

Result<HtmlPage> read_html(std::string_view html, const std::stop_token& stop) {
  HtmlHeap heap(kLeastMemory + html.size() * kMemoryPerByte, stop);
  GumboOptions options = kGumboDefaultOptions;
  options.allocator = allocate;
  options.deallocator = release;
  options.userdata = &heap;
  options.max_errors = 0;
  const GumboOutput* const output = parse(html, heap, options);
  if (stop.stop_requested()) return Error(ErrorCode::cancelled, "html: cancelled through the stop token");
  if (output == nullptr)
    return Error(ErrorCode::out_of_memory,
                 "html: parsing " + std::to_string(html.size()) + " bytes takes too much memory");
  HtmlTextBuilder builder(html);
  TreeWalker(html, builder).walk(*output->root, stop);
  return std::move(builder).finish();
}

}  // namespace scaup::inline v0
