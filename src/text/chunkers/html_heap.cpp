#include "text/chunkers/html_heap.hpp"

#include <cstdlib>
#include <new>

namespace scaup::inline v0 {

HtmlHeap::~HtmlHeap() {
  while (first_ != nullptr) {
    Header* const header = first_;
    first_ = header->after;
    std::free(header);
  }
}

void* HtmlHeap::allocate(std::size_t size) {
  void* const memory = size <= left_ && !stop_.stop_requested() ? std::malloc(sizeof(Header) + size) : nullptr;
  if (memory == nullptr) std::longjmp(escape, 1);
  auto* const header = ::new (memory) Header{.after = first_, .size = size};
  if (first_ != nullptr) first_->before = header;
  first_ = header;
  left_ -= size;
  return header + 1;
}

void HtmlHeap::release(void* memory) noexcept {
  if (memory == nullptr) return;
  Header* const header = static_cast<Header*>(memory) - 1;
  if (header->before != nullptr) header->before->after = header->after;
  if (header->after != nullptr) header->after->before = header->before;
  if (first_ == header) first_ = header->after;
  left_ += header->size;
  std::free(header);
}

}  // namespace scaup::inline v0
