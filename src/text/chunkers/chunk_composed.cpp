// Chunkers made of others: parent and child, content ids.

#include <algorithm>
#include <array>

#include "base/boundary.hpp"
#include "base/hash.hpp"
#include "base/metadata_value.hpp"
#include "scaup/chunker.hpp"
#include "text/chunkers/chunk_common.hpp"

namespace scaup::inline v0 {
namespace {

Error no_chunker(std::string_view name) {
  return {ErrorCode::invalid_argument, std::string(name) + " is null; accepted: a chunker"};
}

// The child of a user's chunker must say where it lies.
Status check_child(const Document& child, const Document& parent) {
  if (child.origin && child.origin->begin <= child.origin->end && child.origin->end <= parent.text.size()) return {};
  return Error(ErrorCode::internal,
               "parent child chunker: chunk \"" + child.id + "\" has no origin in \"" + parent.id + "\"");
}

// The window around a sentence, which the child's chunker counted in the parent's text, as a range of the source. One
// that came with the parent's metadata is that already.
void place_window(Metadata& metadata, const Document& parent) {
  const auto number = [](const Metadata& from, std::string_view key) {
    return metadata_value<std::int64_t>(from, key);
  };
  const std::int64_t* const begin = number(metadata, kWindowBeginKey);
  const std::int64_t* const end = number(metadata, kWindowEndKey);
  if (begin == nullptr || end == nullptr || *begin < 0 || *end < *begin) return;
  const std::int64_t* const outer_begin = number(parent.metadata, kWindowBeginKey);
  const std::int64_t* const outer_end = number(parent.metadata, kWindowEndKey);
  const bool inherited = outer_begin != nullptr && outer_end != nullptr && *begin == *outer_begin && *end == *outer_end;
  if (inherited || static_cast<std::size_t>(*end) > parent.text.size()) return;
  const std::size_t first = parent.origin->begin;
  add_range(metadata, kWindowBeginKey, kWindowEndKey,
            {first + static_cast<std::size_t>(*begin), first + static_cast<std::size_t>(*end)});
}

// Counts pages up to positions that seldom go back, so that all of them together cost one pass.
class PageCounter {
 public:
  explicit PageCounter(std::string_view text) : text_(text) {}

  // How many pages end before a position of the text.
  std::size_t before(std::size_t position) {
    if (position < at_) at_ = pages_ = 0;
    pages_ += static_cast<std::size_t>(std::ranges::count(text_.substr(at_, position - at_), '\f'));
    at_ = position;
    return pages_;
  }

 private:
  const std::string_view text_;
  std::size_t at_ = 0;
  std::size_t pages_ = 0;
};

class ParentChildChunker final : public Chunker {
 public:
  ParentChildChunker(std::shared_ptr<const Chunker> parent, std::shared_ptr<const Chunker> child)
      : parent_(std::move(parent)), child_(std::move(child)) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<Document>> {
      if (parent_ == nullptr) return no_chunker("parent child chunker: parent");
      if (child_ == nullptr) return no_chunker("parent child chunker: child");
      const auto parents = parent_->chunk(source, stop);
      if (!parents) return parents;
      std::vector<Document> children;
      PageCounter pages(source.text);
      for (const Document& parent : *parents) {
        if (Status status = check_child(parent, source); !status) return std::move(status).error();
        const std::optional<std::size_t> page = parent.origin->page;
        const std::size_t before = page ? *page - std::min<std::size_t>(*page, 1) : pages.before(parent.origin->begin);
        if (Status status = add_children(parent, before, children, stop); !status) return std::move(status).error();
      }
      return children;
    });
  }

 private:
  Status add_children(const Document& parent, std::size_t pages_before, std::vector<Document>& children,
                      const std::stop_token& stop) const {
    auto chunks = child_->chunk(parent, stop);
    if (!chunks) return std::move(chunks).error();
    for (Document& child : *chunks) {
      if (Status status = check_child(child, parent); !status) return status;
      place(child, parent, children.size(), pages_before);
      children.push_back(std::move(child));
    }
    return {};
  }

  // From a place in the parent to the place in the source; a page of the child is counted in the parent's text.
  static void place(Document& child, const Document& parent, std::size_t index, std::size_t pages_before) {
    const Origin& outer = *parent.origin;
    Origin& inner = *child.origin;
    inner.source_id = outer.source_id;
    inner.begin += outer.begin;
    inner.end += outer.begin;
    inner.first_line += outer.first_line - 1;
    inner.last_line += outer.first_line - 1;
    inner.chunk_index = index;
    inner.page = inner.page ? *inner.page + pages_before : outer.page;
    if (inner.section.empty()) inner.section = outer.section;
    place_window(child.metadata, parent);
    child.metadata.insert_or_assign(std::string(kParentIdKey), parent.id);
    add_range(child.metadata, kParentBeginKey, kParentEndKey, {outer.begin, outer.end});
  }

  const std::shared_ptr<const Chunker> parent_;
  const std::shared_ptr<const Chunker> child_;
};

class ContentIdChunker final : public Chunker {
 public:
  explicit ContentIdChunker(std::shared_ptr<const Chunker> chunker) : chunker_(std::move(chunker)) {}

  Result<std::vector<Document>> chunk(const Document& source, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<Document>> {
      if (chunker_ == nullptr) return no_chunker("with_content_ids: chunker");
      auto chunks = chunker_->chunk(source, stop);
      if (!chunks) return chunks;
      for (Document& chunk : *chunks)
        chunk.metadata.insert_or_assign(std::string(kContentIdKey), content_id(chunk.text));
      return chunks;
    });
  }

 private:
  const std::shared_ptr<const Chunker> chunker_;
};

}  // namespace

std::shared_ptr<const Chunker> make_parent_child_chunker(std::shared_ptr<const Chunker> parent,
                                                         std::shared_ptr<const Chunker> child) {
  return std::make_shared<const ParentChildChunker>(std::move(parent), std::move(child));
}

std::string content_id(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const Hash128 hash = hash128(text);
  std::string id;
  for (const std::uint64_t half : std::array{hash.high, hash.low}) {
    for (unsigned shift = 64; shift > 0; shift -= 4) id += kDigits[(half >> (shift - 4)) & 0xFU];
  }
  return id;
}

std::shared_ptr<const Chunker> with_content_ids(std::shared_ptr<const Chunker> chunker) {
  return std::make_shared<const ContentIdChunker>(std::move(chunker));
}

}  // namespace scaup::inline v0
