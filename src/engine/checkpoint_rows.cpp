#include "engine/checkpoint_rows.hpp"

#include <algorithm>
#include <cmath>

#include "base/utf8.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

Error damaged(const SectionFile& file, std::string_view what) {
  return {ErrorCode::corruption, std::string(file.name()) + ": " + std::string(what)};
}

// Sections begin at multiples of 4096, so any array in them is aligned.
template <typename T>
std::span<const T> array_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// Empty where there is no such section.
std::span<const std::byte> bytes_of(const SectionFile& file, CheckpointSection section) noexcept {
  const Section* const found = file.section(static_cast<std::uint32_t>(section));
  return found == nullptr ? std::span<const std::byte>() : found->bytes();
}

// Ends never fall, and the last is that of the bytes.
Status check_ends(const SectionFile& file, std::span<const std::uint64_t> ends, std::size_t bytes,
                  std::string_view what) {
  std::uint64_t before = 0;
  for (std::size_t row = 0; row < ends.size(); ++row) {
    if (ends[row] < before || ends[row] > bytes) {
      return damaged(file, "the end of the " + std::string(what) + " of row " + std::to_string(row) + " is " +
                               std::to_string(ends[row]));
    }
    before = ends[row];
  }
  if (before == bytes) return {};
  return damaged(file,
                 "after the last " + std::string(what) + " are " + std::to_string(bytes - before) + " bytes more");
}

std::span<const std::byte> piece(std::span<const std::byte> bytes, std::span<const std::uint64_t> ends,
                                 std::size_t row) noexcept {
  const std::uint64_t begin = row == 0 ? 0 : ends[row - 1];
  return bytes.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(ends[row] - begin));
}

}  // namespace

CheckpointRows::CheckpointRows(std::shared_ptr<const SectionFile> file, const CheckpointState& state,
                               VerifyLevel verify)
    : file_(std::move(file)),
      rows_(state.documents),
      dimension_(state.schema.dimension.value_or(0)),
      verify_(verify),
      ids_(bytes_of(*file_, CheckpointSection::ids)),
      documents_(bytes_of(*file_, CheckpointSection::documents)),
      id_ends_(array_of<std::uint64_t>(bytes_of(*file_, CheckpointSection::id_ends))),
      document_ends_(array_of<std::uint64_t>(bytes_of(*file_, CheckpointSection::document_ends))),
      floats_(array_of<float>(bytes_of(*file_, CheckpointSection::floats))),
      codes_(array_of<std::int8_t>(bytes_of(*file_, CheckpointSection::codes))),
      factors_(array_of<RowFactors>(bytes_of(*file_, CheckpointSection::factors))),
      norms_(array_of<double>(bytes_of(*file_, CheckpointSection::norms))) {}

Result<std::shared_ptr<const CheckpointRows>> CheckpointRows::open(std::shared_ptr<const SectionFile> file,
                                                                   const CheckpointState& state, VerifyLevel verify) {
  std::shared_ptr<CheckpointRows> rows(new CheckpointRows(std::move(file), state, verify));
  if (Status right = rows->check_lengths(); !right) return std::move(right).error();
  if (Status right = rows->check_ids(); !right) return std::move(right).error();
  if (Status right = rows->check_numbers(); !right) return std::move(right).error();
  if (verify == VerifyLevel::full) {
    if (Status right = rows->check_all(); !right) return std::move(right).error();
    rows->all_checked_ = true;
  }
  return std::shared_ptr<const CheckpointRows>(std::move(rows));
}

Status CheckpointRows::verify_whole(std::initializer_list<CheckpointSection> tags) const {
  std::vector<const Section*> sections;
  for (const auto tag : tags) sections.push_back(file_->section(static_cast<std::uint32_t>(tag)));
  return verify_sections(sections, 0);
}

// Of an empty range, and so of a section that is not there, nothing is asked.
Status CheckpointRows::verify(CheckpointSection section, std::uint64_t begin, std::uint64_t end) const {
  const Section* const found = file_->section(static_cast<std::uint32_t>(section));
  return found == nullptr ? Status() : found->verify(begin, end);
}

Status CheckpointRows::check_lengths() const {
  const auto check = [&](CheckpointSection section, std::size_t bytes_a_row) -> Status {
    const std::size_t found = bytes_of(*file_, section).size();
    if (found / bytes_a_row == rows_ && found % bytes_a_row == 0) return {};
    return damaged(*file_, "section " + std::to_string(static_cast<unsigned>(section)) + " has " +
                               std::to_string(found) + " bytes for " + std::to_string(rows_) + " rows of " +
                               std::to_string(bytes_a_row));
  };
  Status right = check(CheckpointSection::id_ends, sizeof(std::uint64_t));
  if (right) right = check(CheckpointSection::document_ends, sizeof(std::uint64_t));
  if (right) right = check(CheckpointSection::floats, row_stride(dimension_) * sizeof(float));
  if (right) right = check(CheckpointSection::codes, code_stride(dimension_));
  if (right) right = check(CheckpointSection::factors, sizeof(RowFactors));
  if (right) right = check(CheckpointSection::norms, sizeof(double));
  return right;
}

Status CheckpointRows::check_ids() const {
  if (verify_ == VerifyLevel::lazy) {
    Status right = verify_whole({CheckpointSection::ids, CheckpointSection::id_ends, CheckpointSection::document_ends});
    if (!right) return right;
  }
  if (Status right = check_ends(*file_, id_ends_, ids_.size(), "id"); !right) return right;
  if (Status right = check_ends(*file_, document_ends_, documents_.size(), "document"); !right) return right;
  // Pieces of UTF-8 are UTF-8 where they begin and end at a boundary; to look at all at once is several times as fast.
  const std::string_view all(reinterpret_cast<const char*>(ids_.data()), ids_.size());
  const std::string_view valid = all.substr(0, find_invalid_utf8(all).value_or(all.size()));
  for (std::size_t row = 0; row < rows_; ++row) {
    const bool is_id = !id(static_cast<Slot>(row)).empty() && id_ends_[row] <= valid.size() &&
                       is_utf8_boundary(valid, static_cast<std::size_t>(id_ends_[row]));
    if (!is_id) return damaged(*file_, "the id of row " + std::to_string(row) + " is no id");
  }
  return {};
}

Status CheckpointRows::check_numbers() const {
  if (verify_ == VerifyLevel::lazy) {
    Status right = verify_whole({CheckpointSection::codes, CheckpointSection::factors, CheckpointSection::norms});
    if (!right) return right;
  }
  const auto usable = [](float number) { return number >= 0.0F && std::isfinite(number); };
  for (std::size_t row = 0; row < rows_; ++row) {
    const bool norm_usable = std::isnan(norms_[row]) || (norms_[row] >= 0.0 && std::isfinite(norms_[row]));
    if (!norm_usable || !usable(factors_[row].scale) || !usable(factors_[row].residual)) {
      return damaged(*file_, "the numbers of row " + std::to_string(row) + " are out of range");
    }
  }
  return {};
}

Status CheckpointRows::check_all() const {
  if (Status right = file_->verify_all(0); !right) return right;
  for (std::size_t row = 0; row < rows_; ++row) {
    if (Status right = check_row(row); !right) return right;
    auto parsed = document(row);
    if (!parsed) return std::move(parsed).error();
  }
  return {};
}

Status CheckpointRows::check_row(std::size_t row) const {
  const std::size_t stride = row_stride(dimension_);
  if (!first_not_finite(floats_.subspan(row * stride, stride))) return {};
  return damaged(*file_, "row " + std::to_string(row) + " has a component that is no finite number");
}

// The floats of a row that nobody checked: their hash, and that they are numbers.
void CheckpointRows::will_read(std::size_t row) const noexcept {
  const std::size_t bytes = row_stride(dimension_) * sizeof(float);
  try {
    Status right =
        verify_ == VerifyLevel::lazy ? verify(CheckpointSection::floats, row * bytes, (row + 1) * bytes) : Status();
    if (right) right = check_row(row);
    if (!right) note(std::move(right).error());
  } catch (const std::bad_alloc&) {
    note(Error(ErrorCode::corruption, "damaged"));  // memory ran out while the message was written
  }
}

Result<EncodedDocument> CheckpointRows::document(std::size_t row) const {
  const std::uint64_t begin = row == 0 ? 0 : document_ends_[row - 1];
  if (verify_ == VerifyLevel::lazy) {
    Status right = verify(CheckpointSection::documents, begin, document_ends_[row]);
    if (!right) return std::move(right).error();
  }
  return EncodedDocument::parse(piece(documents_, document_ends_, row));
}

std::string_view CheckpointRows::id(Slot slot) const noexcept {
  const auto bytes = piece(ids_, id_ends_, slot);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view CheckpointRows::text(Slot slot) const noexcept {
  try {
    auto parsed = document(slot);
    if (parsed) return parsed->text();
    note(std::move(parsed).error());
  } catch (const std::bad_alloc&) {
    note(Error(ErrorCode::corruption, "damaged"));  // memory ran out while the message was written
  }
  return {};
}

Metadata CheckpointRows::metadata(Slot slot) const {
  auto parsed = document(slot);
  auto metadata = parsed ? parsed->metadata() : Result<Metadata>(std::move(parsed).error());
  if (metadata) return *std::move(metadata);
  note(std::move(metadata).error());
  return {};
}

std::optional<Origin> CheckpointRows::origin(Slot slot) const {
  auto parsed = document(slot);
  auto origin = parsed ? parsed->origin() : Result<std::optional<Origin>>(std::move(parsed).error());
  if (origin) return *std::move(origin);
  note(std::move(origin).error());
  return {};
}

void CheckpointRows::note(Error damage) const noexcept {
  const std::lock_guard lock(mutex_);
  if (!damage_) damage_.emplace(std::move(damage));
  damaged_.store(true, std::memory_order_release);
}

std::optional<Error> CheckpointRows::damage() const {
  if (!damaged_.load(std::memory_order_acquire)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return damage_;
}

BorrowedRows CheckpointRows::borrow(std::size_t first) const noexcept {
  return {.floats = floats_.data() + first * row_stride(dimension_),
          .codes = codes_.data() + first * code_stride(dimension_),
          .factors = factors_.data() + first,
          .norms = norms_.data() + first,
          .guard = all_checked_ ? nullptr : this,
          .first = first};
}

}  // namespace scaup::inline v0
