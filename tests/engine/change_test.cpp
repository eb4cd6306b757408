// Changes that are prepared together and committed one after the other.

#include "engine/change.hpp"

#include <array>
#include <unordered_map>

#include "base/hash.hpp"
#include "engine/id_table.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// So long that a segment has few rows.
constexpr std::size_t kDimension = 65'536;

std::uint32_t hash_in_table(const std::string& id) {
  return static_cast<std::uint32_t>(hash64(id));
}

/// Two ids that the table cannot tell apart by their hashes, and one whose place is next to theirs.
struct NearIds {
  std::string first, second, neighbour;
};

NearIds find_near_ids() {
  NearIds found;
  std::unordered_map<std::uint32_t, std::string> known;
  for (int i = 0; found.first.empty(); ++i) {
    const std::string id = std::to_string(i);
    const auto [place, is_new] = known.emplace(hash_in_table(id), id);
    if (!is_new) found = {.first = place->second, .second = id, .neighbour = {}};
  }
  const std::uint32_t wanted = hash_in_table(found.first);
  std::uint32_t least = UINT32_MAX;
  for (const auto& [hash, id] : known) {
    const std::uint32_t distance = hash > wanted ? hash - wanted : wanted - hash;
    if (distance == 0 || distance >= least) continue;
    least = distance;
    found.neighbour = id;
  }
  return found;
}

/// A store of changes alone: what a LocalStore does around them, without its log and its readers.
class Rows final : public Lookup {
 public:
  Rows() {
    auto first = std::make_shared<Snapshot>();
    first->schema.dimension = kDimension;
    first->table = Table::empty(kDimension);
    current_ = std::move(first);
    ids_.reserve(1000);  // large enough for all, so that erased places stay
  }
  ~Rows() override {
    for (std::size_t row = 0; row < current_->rows; ++row) {
      const auto slot = static_cast<Slot>(row);
      if (current_->visible(slot)) const Record::Pointer owned(current_->table->newest(slot));
    }
  }

  [[nodiscard]] std::optional<Slot> find(std::string_view id) const override {
    return ids_.find(id, [&](Slot slot) { return current_->id(slot); });
  }

  /// Prepares all of them, then commits them in their order.
  void carry_out(std::initializer_list<Change*> group) {
    const Snapshot* last = current_.get();
    for (Change* const change : group) {
      require_ok(change->prepare(*this, *current_, *last));
      last = change->next.get();
    }
    for (Change* const change : group) change->commit(ids_, *current_);
    current_ = std::data(group)[group.size() - 1]->next;
  }

  [[nodiscard]] const Snapshot& current() const { return *current_; }

 private:
  IdTable ids_;
  std::shared_ptr<const Snapshot> current_;
};

/// Documents without vectors, and the change that adds them.
class Adding {
 public:
  explicit Adding(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) documents_.push_back({.id = id});
    for (const Document& document : documents_) records_.push_back({.document = &document, .vector = {}});
    change_.emplace(Addition{.records = records_, .mode = WriteMode::add}, 1, std::stop_token());
  }
  [[nodiscard]] Change* change() { return &*change_; }

 private:
  std::vector<Document> documents_;
  std::vector<StoreRecord> records_;
  std::optional<AddChange> change_;
};

}  // namespace

TEST_CASE("changes: a removal finds its document beside one of the same hash, in rows that the change before it made") {
  const NearIds ids = find_near_ids();
  const std::size_t rows = rows_per_segment(kDimension);
  Rows store;
  Adding both({ids.neighbour, ids.first});
  store.carry_out({both.change()});
  const std::array<std::string, 1> neighbour{ids.neighbour};
  RemoveChange making_room(neighbour, {});
  store.carry_out({&making_room});
  // The second of the same hash comes last, into a segment that the table of now does not have.
  std::vector<std::string> many;
  for (std::size_t i = 0; i < rows; ++i) many.push_back("new " + std::to_string(i));
  many.push_back(ids.second);
  Adding more(many);
  const std::array<std::string, 1> first{ids.first};
  RemoveChange removal(first, {});
  REQUIRE(store.current().table->capacity() == rows);
  store.carry_out({more.change(), &removal});
  REQUIRE(removal.removed() == 1);
  REQUIRE(store.current().table->capacity() == 2 * rows);
  REQUIRE_FALSE(store.find(ids.first));
  REQUIRE(store.find(ids.second) == static_cast<Slot>(2 + rows));
}
