#pragma once
// What verifies of the logs of a collection, applied to a store that may lack what they count on.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/collection_files.hpp"
#include "engine/salvage.hpp"
#include "scaup/vector_store.hpp"
#include "storage/log_reader.hpp"

namespace scaup::inline v0 {

/// The frames of several logs that verify, in the order of their numbers.
/// Single-threaded: one thread at a time, even for const members.
class SalvagedLogs {
 public:
  /// `manifest` is that of the collection, or null where it cannot be read.
  SalvagedLogs(const CollectionFiles& files, const CollectionManifest* manifest, SalvageReport& report)
      : files_(files), manifest_(manifest), report_(report) {}

  /// Reads a log; in ascending order of number. `is_last` says that no other follows. A log that reads without fault
  /// gives its complete entries; of another everything that verifies counts. Errors: those of the file system.
  [[nodiscard]] Status read(std::uint64_t number, bool is_last);
  /// The dimension of the first vector, for a store that does not know it.
  [[nodiscard]] std::optional<std::size_t> first_dimension() const;
  /// Applies all entries to `store`, incomplete ones too, but for one at the end that was never acknowledged.
  /// Errors: `out_of_memory`.
  [[nodiscard]] Status apply(VectorStore& store) const;
  /// A number that is greater than that of every frame.
  [[nodiscard]] std::uint64_t next_frame() const noexcept { return next_; }

 private:
  [[nodiscard]] std::optional<std::uint64_t> named_first_frame(std::uint64_t number) const;
  [[nodiscard]] bool closed_in_order(std::uint64_t number) const;
  [[nodiscard]] std::optional<std::uint64_t> first_number(const LogToRead& log) const;
  [[nodiscard]] Status take_complete(LogToRead log, bool is_last);
  void take_all(const LogToRead& log, const std::filesystem::path& path, const Error& damage);
  void note_gap(std::uint64_t number, std::uint64_t first);

  const CollectionFiles& files_;
  const CollectionManifest* manifest_;
  SalvageReport& report_;
  std::vector<std::shared_ptr<const std::span<const std::byte>>> mapped_;  // what the frames' bodies lie in
  std::vector<LogFrame> frames_;
  std::uint64_t next_ = 1;
  bool end_is_acknowledged_ = false;
};

}  // namespace scaup::inline v0
