#include "engine/checkpoint_salvage.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/bytes.hpp"
#include "simd/vector_check.hpp"

namespace scaup::inline v0 {
namespace {

// An encoded document begins with its id, field 1, and has no other field of that tag.
constexpr std::uint64_t kIdKey = (std::uint64_t{1} << 3U) | static_cast<std::uint64_t>(WireType::bytes);

void skip_field(ByteReader& reader, std::uint64_t key) {
  switch (static_cast<WireType>(key & 7U)) {
    case WireType::varint: static_cast<void>(reader.varint()); return;
    case WireType::eight_bytes: reader.skip(8); return;
    case WireType::bytes: reader.skip(reader.varint()); return;
    case WireType::four_bytes: reader.skip(4); return;
  }
  reader.skip(reader.remaining() + 1);  // no such type: what follows makes no sense
}

// How long the document is that `bytes` begin with, for want of a stored end. Where they end, the last document ends
// only if `is_all`.
std::optional<std::uint64_t> document_size(std::span<const std::byte> bytes, bool is_all) {
  ByteReader reader(bytes);
  while (reader.remaining() != 0) {
    const std::size_t at = reader.offset();
    const std::uint64_t key = reader.varint();
    if (at == 0 && key != kIdKey) return std::nullopt;
    if (at != 0 && key == kIdKey) return at;
    skip_field(reader, key);
  }
  return reader.ok() && is_all ? std::optional<std::uint64_t>(bytes.size()) : std::nullopt;
}

// The number of array element `index`, if it verifies.
template <typename T>
std::optional<T> element(const SalvagedSection* section, std::size_t index) {
  const std::uint64_t begin = std::uint64_t{index} * sizeof(T);
  if (section == nullptr || !section->intact(begin, begin + sizeof(T))) return std::nullopt;
  T value;
  std::memcpy(&value, section->bytes().data() + begin, sizeof(T));
  return value;
}

// The end of the document that begins at `begin`, as its own fields tell.
std::optional<std::uint64_t> told_end(const SalvagedSection& documents, std::uint64_t begin) {
  const std::uint64_t until = documents.intact_until(begin);
  const auto run = documents.bytes().subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(until - begin));
  const auto size = document_size(run, until == documents.bytes().size());
  return size ? std::optional<std::uint64_t>(begin + *size) : std::nullopt;
}

std::string rows_text(std::size_t first, std::size_t last) {
  if (first == last) return "row " + std::to_string(first);
  return "rows " + std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace

Result<CheckpointSalvage> CheckpointSalvage::open(const FileSystem& files, std::filesystem::path path,
                                                  const FileIdentity& identity) {
  auto file = files.open_for_read(path, Links::refuse);
  if (!file) return std::move(file).error();
  auto mapped = (*file)->map();
  if (!mapped) return std::move(mapped).error();
  CheckpointSalvage salvage(std::move(path));
  salvage.file_ = *std::move(mapped);
  salvage.sections_ = salvage_sections(*salvage.file_, identity);
  const auto parsed = SectionFile::parse(*salvage.file_, salvage.path_.native(), identity, std::nullopt);
  if (!parsed) salvage.structure_ = parsed.error().message();
  salvage.read_state();
  return salvage;
}

void CheckpointSalvage::read_state() {
  for (const auto tag : {CheckpointSection::state, CheckpointSection::state_copy}) {
    const SalvagedSection* const found = section(tag);
    if (found == nullptr || !found->intact(0, found->bytes().size())) continue;
    auto state = decode_checkpoint_state(found->bytes(), path_.native());
    if (!state) continue;
    state_ = *std::move(state);
    return;
  }
}

const SalvagedSection* CheckpointSalvage::section(CheckpointSection tag) const noexcept {
  const auto number = static_cast<std::uint32_t>(tag);
  const auto found = std::ranges::find(sections_, number, [](const SalvagedSection& one) { return one.tag(); });
  return found == sections_.end() ? nullptr : &*found;
}

// Where each document lies: as stored, or else, from the end of the one before it, as the documents themselves tell.
std::vector<CheckpointSalvage::Extent> CheckpointSalvage::document_extents() const {
  const SalvagedSection& documents = *section(CheckpointSection::documents);
  const SalvagedSection* const stored = section(CheckpointSection::document_ends);
  const std::uint64_t size = documents.bytes().size();
  std::vector<Extent> extents(std::min<std::size_t>(state_->documents, documents.bytes().size()));
  std::optional<std::uint64_t> begin = 0;
  std::uint64_t known = 0;  // the last end that is known
  for (std::size_t row = 0; row < extents.size(); ++row) {
    auto end = element<std::uint64_t>(stored, row);
    if (!end && row + 1 == extents.size()) end = size;
    if (!end && begin) end = told_end(documents, *begin);
    if (end && (*end > size || *end < known)) end.reset();
    const bool exact = begin && end && documents.intact(*begin, *end);
    extents[row] = {.begin = known, .end = end.value_or(known), .verifies = exact};
    known = end.value_or(known);
    begin = end;
  }
  return extents;
}

// The vector of a row, empty where it has none; nothing where it is damaged. A norm that is not a number says that
// there is none; where the norm is damaged, a row of zeros does.
std::optional<std::vector<float>> CheckpointSalvage::vector(std::size_t row) const {
  const auto norm = element<double>(section(CheckpointSection::norms), row);
  if (norm && std::isnan(*norm)) return std::vector<float>();
  const SalvagedSection* const floats = section(CheckpointSection::floats);
  const std::size_t dimension = *state_->schema.dimension;
  const std::uint64_t stride = row_stride(dimension) * sizeof(float);
  if (floats == nullptr || !floats->intact(row * stride, (row + 1) * stride)) return std::nullopt;
  std::vector<float> components(dimension);
  std::memcpy(components.data(), floats->bytes().data() + row * stride, dimension * sizeof(float));
  if (first_not_finite(components)) return std::nullopt;
  const bool is_zero = std::ranges::all_of(components, [](float component) { return component == 0.0F; });
  if (!norm && is_zero) components.clear();
  return components;
}

Status CheckpointSalvage::documents(const DocumentVisitor& visit, SalvageReport& report) const {
  note_damage(report);
  if (state_->documents == 0) return {};
  if (section(CheckpointSection::documents) == nullptr) {
    give_up(report);
    return {};
  }
  LostRows lost_documents;
  LostRows lost_vectors;
  const std::vector<Extent> extents = document_extents();
  for (std::size_t row = 0; row < extents.size(); ++row) {
    auto document = this->document(extents[row]);
    if (!document) {
      lost_documents.add(row, extents[row]);
      continue;
    }
    const auto components = vector(row);
    if (!components) lost_vectors.add(row, float_extent(row));
    Status visited = visit(*document, components ? std::span<const float>(*components) : std::span<const float>());
    if (!visited) return visited;
  }
  report_lost(lost_documents, CheckpointSection::documents, "their documents are damaged", report);
  report_lost(lost_vectors, CheckpointSection::floats, "their vectors are damaged, the documents are kept without",
              report);
  return {};
}

std::optional<Document> CheckpointSalvage::document(const Extent& extent) const {
  if (!extent.verifies) return std::nullopt;
  const auto bytes = section(CheckpointSection::documents)->bytes();
  auto decoded = decode_document(
      bytes.subspan(static_cast<std::size_t>(extent.begin), static_cast<std::size_t>(extent.end - extent.begin)));
  return decoded ? std::optional<Document>(*std::move(decoded)) : std::nullopt;
}

CheckpointSalvage::Extent CheckpointSalvage::float_extent(std::size_t row) const {
  const std::uint64_t stride = row_stride(*state_->schema.dimension) * sizeof(float);
  return {.begin = row * stride, .end = (row + 1) * stride, .verifies = false};
}

void CheckpointSalvage::LostRows::add(std::size_t row, const Extent& extent) {
  if (runs.empty() || runs.back().last + 1 != row) {
    runs.push_back({.first = row, .last = row, .extent = extent});
    return;
  }
  runs.back().last = row;
  runs.back().extent.end = std::max(runs.back().extent.end, extent.end);
}

void CheckpointSalvage::report_lost(const LostRows& lost, CheckpointSection tag, std::string_view why,
                                    SalvageReport& report) const {
  const SalvagedSection* const found = section(tag);
  for (const LostRows::Run& run : lost.runs) {
    const std::string reason = rows_text(run.first, run.last) + ": " + std::string(why);
    if (found == nullptr) {
      report.lost(path_, 0, file_->size(), reason);
    } else {
      report.lost(path_, found->offset() + run.extent.begin, found->offset() + run.extent.end, reason);
    }
  }
}

// Damage that is not reported as lost rows: what was in these places can be made anew.
void CheckpointSalvage::note_damage(SalvageReport& report) const {
  if (!structure_.empty()) report.note(structure_);
  for (const SalvagedSection& one : sections_) {
    const std::size_t damaged = one.damaged_chunks();
    if (damaged == 0) continue;
    report.note(report.name_of(path_) + ": section " + std::to_string(one.tag()) + ": " + std::to_string(damaged) +
                " of " + std::to_string(one.chunks()) + " chunks are damaged");
  }
}

void CheckpointSalvage::give_up(SalvageReport& report) const {
  const std::string why = structure_.empty() ? "it does not say what it holds" : structure_;
  report.lost(path_, 0, file_->size(), "nothing in it can be used: " + why);
}

}  // namespace scaup::inline v0
