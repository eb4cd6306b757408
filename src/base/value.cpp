// Names of value types.

#include "scaup/document.hpp"

namespace scaup::inline v0 {

std::string_view to_string(ValueType type) noexcept {
  switch (type) {
    case ValueType::string: return "string";
    case ValueType::integer: return "integer";
    case ValueType::real: return "real";
    case ValueType::boolean: return "boolean";
    case ValueType::string_list: return "string list";
    case ValueType::integer_list: return "integer list";
    case ValueType::real_list: return "real list";
    case ValueType::boolean_list: return "boolean list";
  }
  return "unknown";
}

}  // namespace scaup::inline v0
