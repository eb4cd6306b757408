#pragma once
// One field of a document's metadata, as the type that its reader expects.

#include <string_view>

#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// The value of `key` if there is one and it is a `T`; else null. Lives as long as `metadata` does, unchanged.
template <typename T>
[[nodiscard]] const T* metadata_value(const Metadata& metadata, std::string_view key) noexcept {
  const auto found = metadata.find(key);
  return found == metadata.end() ? nullptr : found->second.get_if<T>();
}

}  // namespace scaup::inline v0
