#pragma once
// What the local engine keeps of a document beside its vector: one immutable version in one allocation.

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "index/row_segment.hpp"
#include "scaup/document.hpp"

namespace scaup::inline v0 {

/// One version of a document. Readers walk from the newest version to the one of their snapshot.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Record {
 public:
  struct Deleter {
    void operator()(const Record* record) const noexcept;
  };
  using Pointer = std::unique_ptr<const Record, Deleter>;

  /// `written` is the sequence number of the write; `older` the version it replaces, or null. `older` is
  /// followed only by readers of older snapshots, which keep it alive (see retired.hpp).
  [[nodiscard]] static Pointer make(std::string_view id, std::string_view text, const Metadata& metadata,
                                    const Origin* origin, Sequence written, const Record* older);

  [[nodiscard]] std::string_view id() const noexcept { return sized(bytes()); }
  [[nodiscard]] std::string_view text() const noexcept {
    const std::string_view before = id();
    return sized(before.data() + before.size());
  }
  [[nodiscard]] const Metadata& metadata() const noexcept;
  [[nodiscard]] const Origin* origin() const noexcept;  ///< or null

  /// Of the versions from `newest` backwards, the one that a snapshot with this sequence shows; null where that one is
  /// not among them, because it is stored (see stored_rows.hpp).
  [[nodiscard]] static const Record* version(const Record* newest, Sequence sequence) noexcept {
    while (newest != nullptr && newest->written_ > sequence) newest = newest->more_ ? newest->more_->older : nullptr;
    return newest;
  }

 private:
  // What many documents lack; collections of bare vectors do not pay for it.
  struct More {
    const Record* older = nullptr;
    Metadata metadata = {};
    std::unique_ptr<const Origin> origin = {};
  };

  explicit Record(Sequence written) noexcept : written_(written) {}
  ~Record() = default;
  /// The string that begins with its size at `at`: in one byte, or in four after the byte kLongString.
  static std::string_view sized(const char* at) noexcept;
  [[nodiscard]] const char* bytes() const noexcept { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }

  Sequence written_;
  std::unique_ptr<const More> more_;  // null: nothing of it
  // Id and text follow, each with its size before it.
};

}  // namespace scaup::inline v0
