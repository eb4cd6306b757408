#pragma once
// JSON text of long replies as a tree that copies nothing: arrays of numbers stay text until somebody asks for them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scaup/config.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

/// `numbers` is an array whose first element is a number; see number_list.hpp. Every other array is `array`.
enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object, numbers };

/// "null", "boolean", "number", "string", "array" or "object", for messages.
[[nodiscard]] SCAUP_API std::string_view to_string(JsonKind kind) noexcept;

/// One value. Lifetime: that of its tree.
struct JsonNode {
  JsonKind kind = JsonKind::null;
  bool truth = false;          ///< of a boolean
  std::string_view key = {};   ///< of a member of an object
  std::string_view text = {};  ///< of a string, without escapes; of a number and of `numbers`, as it was written
  std::vector<JsonNode> children = {};  ///< of an array or object, in order; a key may come twice

  /// The first member with this key that is not null; null if there is none or this is no object.
  [[nodiscard]] SCAUP_API const JsonNode* find(std::string_view key) const noexcept;
  /// The text of the string member `key`; empty if there is none.
  [[nodiscard]] SCAUP_API std::string_view find_text(std::string_view key) const noexcept;
  /// The integer member `key`; nothing if it is absent, no integer, negative or above 2^64 - 1.
  [[nodiscard]] SCAUP_API std::optional<std::uint64_t> find_unsigned(std::string_view key) const noexcept;
  /// This number; nothing if it is none.
  [[nodiscard]] SCAUP_API std::optional<double> as_double() const noexcept;
};

struct JsonTreeLimits {
  std::size_t max_bytes = std::size_t{256} << 20;
  std::size_t max_depth = 64;
  std::size_t max_nodes = std::size_t{1} << 20;  ///< below the root; elements of `numbers` are none
};

/// A text and the tree of it. Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class SCAUP_API JsonTree {
 public:
  /// Reads one object or array. Everything is checked but the arrays of numbers, which who reads them checks.
  ///
  /// Errors: `invalid_argument` for text that is not UTF-8, not JSON, cut off, of another kind, or beyond the limits.
  [[nodiscard]] static Result<JsonTree> parse(std::string text, const JsonTreeLimits& limits = {});

  JsonTree(JsonTree&& other) noexcept;
  JsonTree& operator=(JsonTree&& other) noexcept;
  ~JsonTree();

  [[nodiscard]] const JsonNode& root() const noexcept;

 private:
  struct Parts;
  explicit JsonTree(std::unique_ptr<Parts> parts) noexcept;

  std::unique_ptr<Parts> parts_;  // on the heap, because the nodes point into it
};

}  // namespace scaup::inline v0
