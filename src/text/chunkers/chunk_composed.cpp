// Chunkers made of others: parent and child, content ids.

#include <array>

#include "base/boundary.hpp"
#include "base/hash.hpp"
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
      for (const Document& parent : *parents) {
        if (Status status = check_child(parent, source); !status) return std::move(status).error();
        if (Status status = add_children(parent, children, stop); !status) return std::move(status).error();
      }
      return children;
    });
  }

 private:
  Status add_children(const Document& parent, std::vector<Document>& children, const std::stop_token& stop) const {
    auto chunks = child_->chunk(parent, stop);
    if (!chunks) return std::move(chunks).error();
    for (Document& child : *chunks) {
      if (Status status = check_child(child, parent); !status) return status;
      place(child, parent, children.size());
      children.push_back(std::move(child));
    }
    return {};
  }

  // From a place in the parent to the place in the source.
  static void place(Document& child, const Document& parent, std::size_t index) {
    const Origin& outer = *parent.origin;
    Origin& inner = *child.origin;
    inner.source_id = outer.source_id;
    inner.begin += outer.begin;
    inner.end += outer.begin;
    inner.first_line += outer.first_line - 1;
    inner.last_line += outer.first_line - 1;
    inner.chunk_index = index;
    if (!inner.page) inner.page = outer.page;
    if (inner.section.empty()) inner.section = outer.section;
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
