// A program of its own, because it replaces operator delete: no freed block holds a key that was sent.

#include <malloc.h>
#include <string.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "net/transports.hpp"

namespace {

std::atomic<int> blocks_with_key = 0;

void look_and_free(void* block) noexcept {
  const std::string_view key = scaup::test::kCanaryKey;
  if (block != nullptr && memmem(block, malloc_usable_size(block), key.data(), key.size()) != nullptr)
    ++blocks_with_key;
  std::free(block);
}

void* allocate(std::size_t size) {
  void* const block = std::calloc(1, size == 0 ? 1 : size);  // zeros: what an earlier owner left would be found
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

}  // namespace

// All forms that are used, so that none of them is a sanitizer's.
void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t& /*nothrow*/) noexcept {
  return std::calloc(1, size == 0 ? 1 : size);
}
void operator delete(void* block) noexcept {
  look_and_free(block);
}
void operator delete[](void* block) noexcept {
  look_and_free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  look_and_free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
  look_and_free(block);
}

using namespace scaup;
using namespace scaup::test;

TEST_CASE("freed memory: a key is not left behind by a request, however it ends") {
  const auto transport = make_transport();
  const auto request = [] {
    return HttpRequest{.url = "http://127.0.0.1:1/",  // nobody listens
                       .secret_headers = {{"Authorization", "Bearer ", Secret::from_string(kCanaryKey)}}};
  };
  blocks_with_key = 0;
  { static_cast<void>(std::make_unique<std::string>(kCanaryKey)); }
  REQUIRE(blocks_with_key == 1);  // the check finds what is there
  require_error(transport->send(request()), ErrorCode::unavailable);
  require_error(transport->stream(request(), [](std::string_view) { return Status(); }), ErrorCode::unavailable);
  HttpRequest refused = request();
  refused.headers = {{"Bad Name", "x"}};
  require_error(transport->send(refused), ErrorCode::invalid_argument);
  std::stop_source stop;
  stop.request_stop();
  require_error(transport->send(request(), stop.get_token()), ErrorCode::cancelled);
  REQUIRE(blocks_with_key == 1);
}
