#include "engine/log_salvage.hpp"

#include <algorithm>
#include <unordered_set>

#include "engine/operation_codec.hpp"
#include "storage/document_codec.hpp"
#include "storage/fields.hpp"

namespace scaup::inline v0 {
namespace {

using Bytes = std::span<const std::byte>;

/// Applies entries item by item, so that what one of them counts on and is not there costs that one alone.
class LenientApplier {
 public:
  LenientApplier(VectorStore& store, SalvageReport& report) : store_(store), report_(report) {}

  /// Errors: `out_of_memory`.
  [[nodiscard]] Status apply(std::uint8_t type, std::span<const Bytes> parts) {
    ++entries_;
    switch (static_cast<Operation>(type)) {
      case Operation::add: return for_each_item(parts, [&](Bytes item) { return add(item); });
      case Operation::update: return for_each_item(parts, [&](Bytes item) { return update(item); });
      case Operation::remove: return for_each_item(parts, [&](Bytes item) { return remove(item); });
      case Operation::exchange: return for_each_item(parts, [&](Bytes item) { return exchange(item); });
      case Operation::adopt_embedder: return whole(type, parts);
      case Operation::replace_embeddings: return replace_embeddings(parts);
    }
    return whole(type, parts);
  }

  void report() {
    report_.replayed(entries_);
    note(without_vector_,
         "documents were kept without their vectors, which have another dimension than the collection");
    note(not_reembedded_, "documents have no vector, because the one that a re-embedding gave them is lost");
    note(not_added_, "documents of the log could not be added: " + first_problem_);
    note(not_updated_, "updates of metadata were of documents that are lost, or were removed");
    note(not_applied_, "writes to the whole collection could not be applied: " + first_problem_);
  }

 private:
  void note(std::size_t count, const std::string& what) {
    if (count != 0) report_.note(std::to_string(count) + " " + what);
  }

  template <typename Visit>
  static Status for_each_item(std::span<const Bytes> parts, Visit&& visit) {
    for (const Bytes part : parts) {
      FieldReader fields(part);
      while (fields.next()) {
        if (fields.tag() != EntryTag::item) continue;
        if (Status done = visit(fields.bytes()); !done) return done;
      }
    }
    return {};
  }

  // An entry of one item, in the way of a write that replaces what is there.
  [[nodiscard]] Status apply_one(Operation operation, Bytes item) {
    constexpr std::byte kUpsert[] = {std::byte{1}};
    std::vector<std::byte> part;
    FieldWriter fields(part);
    if (operation == Operation::add) fields.bytes(EntryTag::head, kUpsert);
    fields.bytes(EntryTag::item, item);
    const Bytes parts[] = {part};
    return apply_entry(store_, {.type = static_cast<std::uint8_t>(operation), .parts = parts});
  }

  // Counts what could not be done; only want of memory ends the salvage.
  [[nodiscard]] Status counted(Status done, std::size_t& count) {
    if (done || done.error().code() == ErrorCode::out_of_memory) return done;
    if (first_problem_.empty()) first_problem_ = done.error().message();
    ++count;
    return {};
  }

  [[nodiscard]] Status add(Bytes item) {
    Status added = apply_one(Operation::add, item);
    if (added || added.error().code() == ErrorCode::out_of_memory) return added;
    std::vector<std::byte> without_vector;
    FieldReader fields(item);
    while (fields.next()) {
      if (fields.tag() == ItemTag::document) FieldWriter(without_vector).bytes(ItemTag::document, fields.bytes());
    }
    Status kept = apply_one(Operation::add, without_vector);
    if (kept) ++without_vector_;
    return counted(std::move(kept), not_added_);
  }

  [[nodiscard]] Status update(Bytes item) { return counted(apply_one(Operation::update, item), not_updated_); }
  [[nodiscard]] Status remove(Bytes item) { return counted(apply_one(Operation::remove, item), not_applied_); }
  [[nodiscard]] Status exchange(Bytes item) {
    FieldReader fields(item);
    return fields.next() && fields.tag() == ItemTag::removed ? remove(fields.bytes()) : add(item);
  }
  [[nodiscard]] Status whole(std::uint8_t type, std::span<const Bytes> parts) {
    return counted(apply_entry(store_, {.type = type, .parts = parts}), not_applied_);
  }

  // The head, and the new vectors of documents that are there. Documents whose new vector is lost have none then:
  // theirs was made by another embedder.
  [[nodiscard]] Status replace_embeddings(std::span<const Bytes> parts) {
    std::vector<std::byte> known;
    FieldWriter out(known);
    for (const Bytes part : parts) {
      FieldReader fields(part);
      while (fields.next()) {
        if (fields.tag() == EntryTag::head) out.bytes(EntryTag::head, fields.bytes());
      }
    }
    auto left = stored_ids();
    if (!left) return counted(std::move(left).error(), not_applied_);
    const Status gathered = for_each_item(parts, [&](Bytes item) -> Status {
      if (left->erase(id_of(item)) != 0) out.bytes(EntryTag::item, item);
      return {};
    });
    if (!gathered) return gathered;
    for (const std::string& id : *left) {
      out.message(EntryTag::item, [&](FieldWriter& item) { item.text(ItemTag::document, id); });
    }
    const Bytes all[] = {known};
    Status done = apply_entry(store_, {.type = static_cast<std::uint8_t>(Operation::replace_embeddings), .parts = all});
    if (done) not_reembedded_ += left->size();
    return counted(std::move(done), not_applied_);
  }

  [[nodiscard]] Result<std::unordered_set<std::string>> stored_ids() const {
    std::unordered_set<std::string> ids;
    ScanOptions options{.filter = {}, .limit = 1000, .after = {}, .with_embeddings = false};
    do {
      auto page = store_.scan(options, {});
      if (!page) return std::move(page).error();
      for (Document& document : page->documents) ids.insert(std::move(document.id));
      options.after = std::move(page->next);
    } while (options.after);
    return ids;
  }

  static std::string id_of(Bytes item) {
    std::string id;
    FieldReader fields(item);
    while (fields.next()) {
      if (fields.tag() == ItemTag::document) id = fields.text();
    }
    return id;
  }

  VectorStore& store_;
  SalvageReport& report_;
  std::size_t entries_ = 0;
  std::size_t without_vector_ = 0;
  std::size_t not_reembedded_ = 0;
  std::size_t not_added_ = 0;
  std::size_t not_updated_ = 0;
  std::size_t not_applied_ = 0;
  std::string first_problem_;
};

// The dimension of a logged vector, if it can be one.
std::optional<std::size_t> dimension_of(Bytes vector) {
  const std::size_t dimension = vector.size() / sizeof(float);
  const bool possible = vector.size() % sizeof(float) == 0 && dimension >= 1 && dimension <= kMaxStoredDimension;
  return possible ? std::optional(dimension) : std::nullopt;
}

// The dimension of the first vector in a part of an entry that adds documents.
std::optional<std::size_t> dimension_in(Bytes part) {
  FieldReader fields(part);
  while (fields.next()) {
    if (fields.tag() != EntryTag::item) continue;
    FieldReader item(fields.bytes());
    while (item.next()) {
      if (item.tag() != ItemTag::vector) continue;
      if (const auto dimension = dimension_of(item.bytes())) return dimension;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> SalvagedLogs::named_first_frame(std::uint64_t number) const {
  if (manifest_ == nullptr) return std::nullopt;
  const auto named = std::ranges::find(manifest_->logs, number, &LogReference::number);
  return named == manifest_->logs.end() ? std::nullopt : std::optional(named->first_frame);
}

bool SalvagedLogs::closed_in_order(std::uint64_t number) const {
  return manifest_ != nullptr && manifest_->clean && !manifest_->logs.empty() &&
         manifest_->logs.back().number == number;
}

// The number that the first frame of a log has or had; nothing where its place holds something else, and nobody says.
std::optional<std::uint64_t> SalvagedLogs::first_number(const LogToRead& log) const {
  if (const auto named = named_first_frame(log.identity.number)) return named;
  std::optional<LogFrame> first;
  const auto seen = salvage_log(log, [&](const LogFrame& frame) {
    if (!first) first = frame;
    return Status();
  });
  if (!seen || !first) return next_;
  return first->offset == kFileHeaderBytes ? std::optional(first->number) : std::nullopt;
}

Status SalvagedLogs::read(std::uint64_t number, bool is_last) {
  const std::filesystem::path path = files_.path_of(StoreFileKind::log, number);
  auto file = files_.context()->files().open_for_read(path, Links::refuse);
  if (!file) return std::move(file).error();
  auto mapped = (*file)->map();
  if (!mapped) return std::move(mapped).error();
  mapped_.push_back(*std::move(mapped));
  const std::string name = path.native();
  LogToRead log{.file = *mapped_.back(), .name = name, .identity = files_.identity_of(StoreFileKind::log, number)};
  if (closed_in_order(number)) log.synced_end = manifest_->clean->log_end;
  Status right = take_complete(log, is_last);
  if (right) return {};
  end_is_acknowledged_ = log.synced_end.has_value();
  take_all(log, path, right.error());
  return {};
}

// The complete entries of a log without fault.
Status SalvagedLogs::take_complete(LogToRead log, bool is_last) {
  const auto damaged = [&](const char* what) {
    return Error(ErrorCode::corruption, std::string(log.name) + ": " + what);
  };
  const auto first = first_number(log);
  if (!first) return damaged("begins with bytes that do not verify");
  log.first_number = *first;
  std::vector<LogFrame> complete;
  const auto end = read_log(log, [&](const LogFrame& frame) {
    complete.push_back(frame);
    return Status();
  });
  if (!end) return end.error();
  if (!is_last && end->dropped_bytes != 0) return damaged("ends in the middle, though another log follows");
  note_gap(log.identity.number, *first);
  report_.torn(end->dropped_bytes);
  frames_.insert(frames_.end(), complete.begin(), complete.end());
  next_ = std::max(next_, end->next_number);
  return {};
}

// All frames that verify, and what lies between them as lost.
void SalvagedLogs::take_all(const LogToRead& log, const std::filesystem::path& path, const Error& damage) {
  LogToRead from_here = log;
  from_here.first_number = frames_.empty() ? 1 : next_;
  const auto salvaged = salvage_log(from_here, [&](const LogFrame& frame) {
    frames_.push_back(frame);
    return Status();
  });
  if (!salvaged) return report_.lost(path, 0, log.file.size(), salvaged.error().message());
  for (const LostBytes& lost : salvaged->lost_bytes) report_.lost(path, lost.begin, lost.end, damage.message());
  if (salvaged->lost_bytes.empty()) report_.note(damage.message());
  next_ = std::max(next_, salvaged->next_number);
}

void SalvagedLogs::note_gap(std::uint64_t number, std::uint64_t first) {
  if (frames_.empty() || first <= next_) return;
  report_.lost(files_.path_of(StoreFileKind::log, number), 0, 0,
               "begins with frame " + std::to_string(first) + "; frames from " + std::to_string(next_) +
                   " on are in no log that is there");
}

std::optional<std::size_t> SalvagedLogs::first_dimension() const {
  for (const LogFrame& frame : frames_) {
    const auto operation = static_cast<Operation>(frame.type);
    if (operation != Operation::add && operation != Operation::exchange) continue;
    if (const auto dimension = dimension_in(frame.body)) return dimension;
  }
  return std::nullopt;
}

Status SalvagedLogs::apply(VectorStore& store) const {
  LenientApplier applier(store, report_);
  std::vector<Bytes> parts;
  const LogFrame* before = nullptr;
  const auto apply_parts = [&] {
    Status done = parts.empty() ? Status() : applier.apply(before->type, parts);
    parts.clear();
    return done;
  };
  for (const LogFrame& frame : frames_) {
    const bool goes_on = before != nullptr && frame.number == before->number + 1 && frame.type == before->type;
    Status done = goes_on ? Status() : apply_parts();
    parts.push_back(frame.body);
    before = &frame;
    if (done && frame.place == FramePlace::last) done = apply_parts();
    if (!done) return done;
  }
  if (!parts.empty() && !end_is_acknowledged_) {
    report_.note("the last write of the log is not complete, was never acknowledged, and is left out");
    parts.clear();
  }
  Status done = apply_parts();
  applier.report();
  return done;
}

}  // namespace scaup::inline v0
