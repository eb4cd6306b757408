#include "engine/record.hpp"

#include <algorithm>
#include <new>

namespace scaup::inline v0 {

Record::Record(std::size_t id_size, std::size_t text_size, Sequence written) noexcept
    : written_(written),
      id_size_(static_cast<std::uint32_t>(id_size)),
      text_size_(static_cast<std::uint32_t>(text_size)) {}

void Record::Deleter::operator()(const Record* record) const noexcept {
  record->~Record();
  ::operator delete(const_cast<Record*>(record));
}

Record::Pointer Record::make(std::string_view id, std::string_view text, const Metadata& metadata, const Origin* origin,
                             Sequence written, const Record* older) {
  void* const memory = ::operator new(sizeof(Record) + id.size() + text.size());
  auto* const record = new (memory) Record(id.size(), text.size(), written);
  Pointer owner(record);
  std::ranges::copy(text, std::ranges::copy(id, record->bytes()).out);
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
