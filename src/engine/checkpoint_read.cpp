#include <algorithm>
#include <cmath>

#include "base/in_quotes.hpp"
#include "engine/checkpoint.hpp"
#include "engine/checkpoint_rows.hpp"

namespace scaup::inline v0 {
namespace {

Error damaged(const SectionFile& file, std::string_view what) {
  return {ErrorCode::corruption, std::string(file.name()) + ": " + std::string(what)};
}

Result<CheckpointState> read_state(const SectionFile& file) {
  const Section* const section = file.section(static_cast<std::uint32_t>(CheckpointSection::state));
  if (section == nullptr) return damaged(file, "has no section that says what it holds");
  if (Status right = section->verify(0, section->bytes().size()); !right) return std::move(right).error();
  return decode_checkpoint_state(section->bytes(), file.name());
}

// Full segments lie in the file; the rows of the last one are copied, because others will follow them.
std::shared_ptr<const Table> make_table(std::shared_ptr<const CheckpointRows> rows, std::size_t dimension) {
  const std::size_t in_segment = rows_per_segment(dimension);
  std::vector<std::shared_ptr<Segment>> segments;
  std::size_t first = 0;
  for (; first + in_segment <= rows->rows(); first += in_segment) {
    segments.push_back(std::make_shared<Segment>(in_segment, dimension, rows->borrow(first)));
  }
  if (first < rows->rows()) {
    const HugePages pages = segments.empty() ? HugePages::when_told : HugePages::at_once;
    auto last = std::make_shared<Segment>(in_segment, dimension, pages);
    last->rows.will_write(0, rows->rows() - first);
    last->rows.copy(rows->borrow(first), rows->rows() - first);
    segments.push_back(std::move(last));
  }
  return std::make_shared<const Table>(dimension, std::move(segments), std::move(rows));
}

Result<IdTable> make_ids(const SectionFile& file, const CheckpointRows& rows) {
  IdTable ids;
  ids.reserve(rows.rows());
  const auto id_of = [&](Slot slot) { return rows.id(slot); };
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto slot = static_cast<Slot>(row);
    const std::string_view id = rows.id(slot);
    if (!ids.insert_new(id, slot, id_of)) return damaged(file, "document " + in_quotes(id) + " comes twice");
  }
  return ids;
}

std::size_t count_without_vector(const CheckpointRows& rows) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (std::isnan(rows.norm(row))) ++count;
  }
  return count;
}

}  // namespace

Result<CheckpointState> decode_checkpoint_state(std::span<const std::byte> bytes, std::string_view name) {
  CheckpointState state;
  FieldReader fields(bytes, "checkpoint state");
  while (fields.next()) {
    switch (fields.tag()) {
      case 1: {
        auto schema = decode_schema(fields.bytes());
        if (!schema) return std::move(schema).error();
        state.schema = *std::move(schema);
        break;
      }
      case 2: state.schema_version = fields.number(); break;
      case 3: state.sequence = fields.number(); break;
      case 4: state.documents = static_cast<std::size_t>(fields.number_up_to(kMaxSlots)); break;
      case 5: state.without_vector = fields.size(); break;
      case 6: state.name = fields.text(); break;
      default: break;
    }
  }
  if (Status status = fields.status(); !status) return std::move(status).error();
  if (state.documents != 0 && !state.schema.dimension) {
    return Error(ErrorCode::corruption, std::string(name) + ": has documents and no dimension");
  }
  return state;
}

Result<StoredState> read_checkpoint(const std::shared_ptr<const SectionFile>& file, VerifyLevel verify) {
  auto state = read_state(*file);
  if (!state) return std::move(state).error();
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->schema = state->schema;
  snapshot->schema_version = state->schema_version;
  snapshot->sequence = state->sequence;
  snapshot->rows = snapshot->documents = state->documents;
  snapshot->without_vector = state->without_vector;
  if (!state->schema.dimension) return StoredState{.snapshot = std::move(snapshot), .ids = {}};
  auto rows = CheckpointRows::open(file, *state, verify);
  if (!rows) return std::move(rows).error();
  if (count_without_vector(**rows) != state->without_vector)
    return damaged(*file, "has another number of rows without vector");
  auto ids = make_ids(*file, **rows);
  if (!ids) return std::move(ids).error();
  snapshot->table = make_table(*rows, *state->schema.dimension);
  if (Status intact = snapshot->intact(); !intact) return std::move(intact).error();
  return StoredState{.snapshot = std::move(snapshot), .ids = *std::move(ids)};
}

}  // namespace scaup::inline v0
