#include "engine/checkpoint.hpp"

#include <bit>

#include "storage/document_codec.hpp"

namespace scaup::inline v0 {
namespace {

// Hands bytes to the file in pieces of this size, and looks at the stop token in between.
constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

/// Writes one section row by row.
class CheckpointWriter {
 public:
  CheckpointWriter(const Snapshot& snapshot, std::string_view name, SectionFileWriter& file,
                   const std::stop_token& stop)
      : snapshot_(snapshot), name_(name), file_(file), stop_(stop), piece_(), fields_(piece_), bytes_(piece_) {}

  Status write() {
    Status done = state(CheckpointSection::state);
    if (done && snapshot_.table != nullptr) done = documents();
    if (done && snapshot_.table != nullptr) done = rows();
    if (done) done = state(CheckpointSection::state_copy);
    return done;
  }

 private:
  Status state(CheckpointSection tag) {
    return section(tag, [&] {
      fields_.message(1, [&](FieldWriter& out) { encode_schema(out, snapshot_.schema); });
      fields_.number(2, snapshot_.schema_version);
      fields_.number(3, snapshot_.sequence);
      fields_.number(4, snapshot_.documents);
      fields_.number(5, snapshot_.without_vector);
      fields_.text(6, name_);
      return Status();
    });
  }

  Status documents() {
    std::uint64_t end = 0;
    Status done = rows_section(CheckpointSection::ids, [&](Slot slot) { bytes_.string(snapshot_.id(slot)); });
    if (!done) return done;
    done = rows_section(CheckpointSection::id_ends, [&](Slot slot) {
      end += snapshot_.id(slot).size();
      bytes_.u64(end);
    });
    if (!done) return done;
    std::vector<std::uint64_t> ends;
    ends.reserve(snapshot_.documents);
    end = 0;
    done = rows_section(CheckpointSection::documents, [&](Slot slot) {
      const std::size_t before = piece_.size();
      const DocumentView document = snapshot_.document(slot);
      encode_document(fields_, document.id(), document.text(), document.metadata(), document.origin());
      end += piece_.size() - before;
      ends.push_back(end);
    });
    if (!done) return done;
    return section(CheckpointSection::document_ends, [&] {
      for (const std::uint64_t one : ends) bytes_.u64(one);
      return Status();
    });
  }

  Status rows() {
    const Table& table = *snapshot_.table;
    const std::size_t row_bytes = row_stride(table.dimension()) * sizeof(float);
    const std::size_t code_bytes = code_stride(table.dimension());
    const auto segment = [&](Slot slot) -> const RowSegment& { return table.segment_of(slot).rows; };
    const auto index = [&](Slot slot) { return table.index_of(slot); };
    Status done =
        rows_section(CheckpointSection::floats, [&](Slot slot) { raw(segment(slot).row(index(slot)), row_bytes); });
    if (!done) return done;
    done =
        rows_section(CheckpointSection::codes, [&](Slot slot) { raw(segment(slot).codes(index(slot)), code_bytes); });
    if (!done) return done;
    done = rows_section(CheckpointSection::factors, [&](Slot slot) {
      const RowFactors factors = segment(slot).factors(index(slot));
      bytes_.f32(factors.scale);
      bytes_.f32(factors.residual);
    });
    if (!done) return done;
    return rows_section(CheckpointSection::norms,
                        [&](Slot slot) { bytes_.u64(std::bit_cast<std::uint64_t>(segment(slot).norm(index(slot)))); });
  }

  void raw(const void* data, std::size_t size) { bytes_.bytes({static_cast<const std::byte*>(data), size}); }

  template <typename Row>
  Status rows_section(CheckpointSection tag, Row&& row) {
    return section(tag, [&]() -> Status {
      for (std::size_t i = 0; i < snapshot_.rows; ++i) {
        const auto slot = static_cast<Slot>(i);
        if (!snapshot_.visible(slot)) continue;
        row(slot);
        if (piece_.size() < kPieceBytes) continue;
        if (Status flushed = flush(); !flushed) return flushed;
      }
      return {};
    });
  }

  template <typename Body>
  Status section(CheckpointSection tag, Body&& body) {
    if (Status begun = file_.begin_section(static_cast<std::uint32_t>(tag)); !begun) return begun;
    if (Status done = body(); !done) return done;
    if (Status flushed = flush(); !flushed) return flushed;
    // What was read may have been damaged: then the old checkpoint is the better one.
    if (Status intact = snapshot_.intact(); !intact) return intact;
    return file_.end_section();
  }

  Status flush() {
    if (stop_.stop_requested()) return Error(ErrorCode::cancelled, "checkpoint: cancelled");
    if (Status appended = file_.append(piece_); !appended) return appended;
    piece_.clear();
    return {};
  }

  const Snapshot& snapshot_;
  const std::string_view name_;
  SectionFileWriter& file_;
  const std::stop_token& stop_;
  std::vector<std::byte> piece_;
  FieldWriter fields_;
  ByteWriter bytes_;
};

}  // namespace

Status write_checkpoint(const Snapshot& snapshot, std::string_view name, SectionFileWriter& file,
                        const std::stop_token& stop) {
  return CheckpointWriter(snapshot, name, file, stop).write();
}

}  // namespace scaup::inline v0
