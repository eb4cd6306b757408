// FilterIndex: what is added and removed. The answers are in filter_index_query.cpp.

#include "filter/filter_index.hpp"

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

namespace scaup::inline v0 {
namespace {

// Adds the value of a field to its postings. Elements that a list has twice are one value.
struct ValueAdder {
  FieldPostings& field;
  Slot slot;

  void operator()(const std::string& value) const { field.scalars.add(std::string_view(value), slot); }
  void operator()(std::int64_t value) const { field.scalars.add(value, slot); }
  void operator()(double value) const { field.scalars.add(value, slot); }
  void operator()(bool value) const { field.scalars.add(value, slot); }

  void operator()(const Value::StringList& list) const {
    for (const std::string& value : list) field.elements.add(std::string_view(value), slot);
  }
  template <typename T>
  void operator()(const std::vector<T>& list) const {
    for (const T value : list) field.elements.add(value, slot);
  }
};

struct ValueRemover {
  FieldPostings& field;
  Slot slot;

  void operator()(const std::string& value) const noexcept { field.scalars.remove(std::string_view(value), slot); }
  void operator()(std::int64_t value) const noexcept { field.scalars.remove(value, slot); }
  void operator()(double value) const noexcept { field.scalars.remove(value, slot); }
  void operator()(bool value) const noexcept { field.scalars.remove(value, slot); }

  void operator()(const Value::StringList& list) const noexcept {
    for (const std::string& value : list) field.elements.remove(std::string_view(value), slot);
  }
  template <typename T>
  void operator()(const std::vector<T>& list) const noexcept {
    for (const T value : list) field.elements.remove(value, slot);
  }
};

}  // namespace

void FilterIndex::add(Slot slot, const Metadata& metadata) {
  try {
    add_fields(slot, metadata);
    live_.add(slot);
  } catch (...) {
    // Removing what was not added yet does nothing.
    remove(slot, metadata);
    throw;
  }
  slots_end_ = std::max(slots_end_, std::size_t{slot} + 1);
}

void FilterIndex::add_fields(Slot slot, const Metadata& metadata) {
  for (const auto& [key, value] : metadata) {
    auto found = fields_.find(key);
    if (found == fields_.end()) found = fields_.try_emplace(key).first;
    found->second.present.add(slot);
    std::visit(ValueAdder{found->second, slot}, value.storage());
  }
}

void FilterIndex::remove(Slot slot, const Metadata& metadata) noexcept {
  for (const auto& [key, value] : metadata) {
    const auto found = fields_.find(key);
    if (found == fields_.end()) continue;
    std::visit(ValueRemover{found->second, slot}, value.storage());
    found->second.present.remove(slot);
    if (found->second.present.empty()) fields_.erase(found);
  }
  live_.remove(slot);
}

const FieldPostings* FilterIndex::find(std::string_view key) const noexcept {
  const auto found = fields_.find(key);
  return found == fields_.end() ? nullptr : &found->second;
}

std::size_t FilterIndex::memory_bytes() const noexcept {
  constexpr std::size_t kNodeBytes = 4 * sizeof(void*);  // of the tree, beside the entry
  std::size_t bytes = sizeof(FilterIndex) + live_.memory_bytes();
  for (const auto& [key, field] : fields_) {
    bytes += kNodeBytes + sizeof(std::pair<const std::string, FieldPostings>) + key.size();
    bytes += field.present.memory_bytes() + field.scalars.memory_bytes() + field.elements.memory_bytes();
  }
  return bytes;
}

}  // namespace scaup::inline v0
