#include "engine/record.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace scaup::inline v0 {
namespace {

// Says that the size is in the four bytes after this one.
constexpr unsigned char kLongString = 0xFF;

std::size_t stored_size(std::string_view string) noexcept {
  return string.size() + (string.size() < kLongString ? 1 : 1 + sizeof(std::uint32_t));
}

// Returns where the next one goes.
char* store(std::string_view string, char* at) noexcept {
  const bool is_long = string.size() >= kLongString;
  *at++ = static_cast<char>(is_long ? kLongString : static_cast<unsigned char>(string.size()));
  if (is_long) {
    const auto size = static_cast<std::uint32_t>(string.size());
    std::memcpy(at, &size, sizeof size);
    at += sizeof size;
  }
  return std::ranges::copy(string, at).out;
}

}  // namespace

std::string_view Record::sized(const char* at) noexcept {
  const auto first = static_cast<unsigned char>(*at++);
  if (first != kLongString) return {at, first};
  std::uint32_t size = 0;
  std::memcpy(&size, at, sizeof size);
  return {at + sizeof size, size};
}

void Record::Deleter::operator()(const Record* record) const noexcept {
  record->~Record();
  ::operator delete(const_cast<Record*>(record));
}

Record::Pointer Record::make(std::string_view id, std::string_view text, const Metadata& metadata, const Origin* origin,
                             Sequence written, const Record* older) {
  void* const memory = ::operator new(sizeof(Record) + stored_size(id) + stored_size(text));
  auto* const record = new (memory) Record(written);
  Pointer owner(record);
  store(text, store(id, record->bytes()));
  if (older == nullptr && origin == nullptr && metadata.empty()) return owner;
  auto more = std::make_unique<More>(More{.older = older, .metadata = metadata});
  if (origin != nullptr) more->origin = std::make_unique<const Origin>(*origin);
  record->more_ = std::move(more);
  return owner;
}

const Metadata& Record::metadata() const noexcept {
  static const Metadata none;
  return more_ ? more_->metadata : none;
}

const Origin* Record::origin() const noexcept {
  return more_ ? more_->origin.get() : nullptr;
}

}  // namespace scaup::inline v0
