#include "engine/record.hpp"

#include <algorithm>
#include <new>

namespace scaup::inline v0 {

Record::Record(std::size_t id_size, std::size_t text_size, Sequence written, const Record* older) noexcept
    : written_(written),
      older_(older),
      id_size_(static_cast<std::uint32_t>(id_size)),
      text_size_(static_cast<std::uint32_t>(text_size)) {}

void Record::Deleter::operator()(const Record* record) const noexcept {
  record->~Record();
  ::operator delete(const_cast<Record*>(record));
}

Record::Pointer Record::make(std::string_view id, std::string_view text, const Metadata& metadata, const Origin* origin,
                             Sequence written, const Record* older) {
  void* const memory = ::operator new(sizeof(Record) + id.size() + text.size());
  auto* const record = new (memory) Record(id.size(), text.size(), written, older);
  Pointer owner(record);
  std::ranges::copy(text, std::ranges::copy(id, record->bytes()).out);
  if (!metadata.empty()) record->metadata_ = std::make_unique<const Metadata>(metadata);
  if (origin != nullptr) record->origin_ = std::make_unique<const Origin>(*origin);
  return owner;
}

const Metadata& Record::metadata() const noexcept {
  static const Metadata none;
  return metadata_ ? *metadata_ : none;
}

}  // namespace scaup::inline v0
