#pragma once
// The rows and documents of a checkpoint file.

#include <atomic>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/checkpoint.hpp"
#include "engine/stored_rows.hpp"
#include "storage/document_codec.hpp"

namespace scaup::inline v0 {

/// What the state section of a checkpoint says.
struct CheckpointState {
  StoreSchema schema = {};
  std::uint64_t schema_version = 1;
  Sequence sequence = 0;
  std::size_t documents = 0;
  std::size_t without_vector = 0;
  std::string name = {};  ///< of the collection; empty in files of before it was written
};

/// Decodes the bytes of a state section, which were verified.
/// Errors: `corruption`; `name` begins the message.
[[nodiscard]] Result<CheckpointState> decode_checkpoint_state(std::span<const std::byte> bytes, std::string_view name);

/// Thread-safe: any member from any thread at any time.
class CheckpointRows final : public StoredRows {
 public:
  /// Checks the lengths of all sections, ids, ends, factors and norms; with `VerifyLevel::full` all else.
  /// Errors: `corruption`.
  [[nodiscard]] static Result<std::shared_ptr<const CheckpointRows>> open(std::shared_ptr<const SectionFile> file,
                                                                          const CheckpointState& state,
                                                                          VerifyLevel verify);

  [[nodiscard]] std::size_t rows() const noexcept override { return rows_; }
  [[nodiscard]] std::string_view id(Slot slot) const noexcept override;
  [[nodiscard]] std::string_view text(Slot slot) const noexcept override;
  [[nodiscard]] Metadata metadata(Slot slot) const override;
  [[nodiscard]] std::optional<Origin> origin(Slot slot) const override;
  [[nodiscard]] std::optional<Error> damage() const override;
  void will_read(std::size_t row) const noexcept override;

  /// The rows from `first` on.
  [[nodiscard]] BorrowedRows borrow(std::size_t first) const noexcept;
  [[nodiscard]] double norm(std::size_t row) const noexcept { return norms_[row]; }

 private:
  CheckpointRows(std::shared_ptr<const SectionFile> file, const CheckpointState& state, VerifyLevel verify);

  [[nodiscard]] Status check_lengths() const;
  [[nodiscard]] Status check_ids() const;
  [[nodiscard]] Status check_numbers() const;
  [[nodiscard]] Status check_all() const;
  [[nodiscard]] Status check_row(std::size_t row) const;
  [[nodiscard]] Result<EncodedDocument> document(std::size_t row) const;
  void note(Error damage) const noexcept;

  [[nodiscard]] Status verify_whole(std::initializer_list<CheckpointSection> tags) const;
  [[nodiscard]] Status verify(CheckpointSection section, std::uint64_t begin, std::uint64_t end) const;

  const std::shared_ptr<const SectionFile> file_;
  const std::size_t rows_;
  const std::size_t dimension_;
  const VerifyLevel verify_;
  std::span<const std::byte> ids_;
  std::span<const std::byte> documents_;
  std::span<const std::uint64_t> id_ends_;
  std::span<const std::uint64_t> document_ends_;
  std::span<const float> floats_;
  std::span<const std::int8_t> codes_;
  std::span<const RowFactors> factors_;
  std::span<const double> norms_;
  bool all_checked_ = false;
  mutable std::atomic<bool> damaged_ = false;
  mutable std::mutex mutex_;
  mutable std::optional<Error> damage_;  // under mutex_
};

}  // namespace scaup::inline v0
