// The keeper of words on its own: which writes its states account for.

#include "engine/text_keeper.hpp"

#include <array>

#include "engine/local_store.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::array<float, 2> kVector = {1.0F, 0.0F};

using SnapshotPointer = std::shared_ptr<const Snapshot>;

/// A store of texts, and what it looked like after each of its writes.
class History {
 public:
  explicit History(std::size_t documents) {
    std::vector<Document> all;
    for (std::size_t i = 0; i < documents; ++i) all.push_back({.id = std::to_string(i), .text = "one two"});
    std::vector<StoreRecord> records;
    for (const Document& document : all) records.push_back({.document = &document, .vector = kVector});
    require_ok(store_.write(records, WriteMode::add, 1, {}));
  }

  SnapshotPointer now() const { return store_.snapshot(); }

  /// The snapshot after the removal of a document, which is in the slot of its number.
  SnapshotPointer without(Slot slot) {
    const std::string id = std::to_string(slot);
    REQUIRE(require_ok(store_.remove_ids(std::span(&id, 1), {})) == 1);
    return now();
  }

 private:
  LocalStore store_{{.dimension = 2, .analysis = "simple"}, {.graph = false}, system_clock()};
};

std::size_t documents_in(TextKeeper& keeper, const SnapshotPointer& snapshot) {
  const TextStatePointer state = require_ok(keeper.at(snapshot, {}));
  REQUIRE(state != nullptr);
  REQUIRE(state->mean.count() == snapshot->documents);
  return static_cast<std::size_t>(state->index->totals().documents);
}

}  // namespace

TEST_CASE("text keeper: writes that came before the words were kept count in every state made later") {
  History history(5);
  TextKeeper keeper([&] { return history.now(); });
  const SnapshotPointer first = history.now();
  const SnapshotPointer second = history.without(1);
  const SnapshotPointer third = history.without(2);
  // As if a query had taken its snapshot before two writes, and asked for words after them.
  const Slot slots[] = {1, 2};
  keeper.note(*second, std::span(slots).first(1));
  keeper.note(*third, std::span(slots).last(1));
  REQUIRE(documents_in(keeper, first) == 5);
  REQUIRE(documents_in(keeper, second) == 4);
  REQUIRE(documents_in(keeper, third) == 3);
}

TEST_CASE("text keeper: after a state that could not be made, what it should have known is looked for again") {
  History history(5);
  TextKeeper keeper([&] { return history.now(); });
  REQUIRE(documents_in(keeper, history.now()) == 5);
  const Slot slots[] = {1, 2};
  const SnapshotPointer second = history.without(1);
  keeper.note(*second, std::span(slots).first(1));
  std::stop_source stop;
  stop.request_stop();
  require_error(keeper.at(second, stop.get_token()), ErrorCode::cancelled);
  const SnapshotPointer third = history.without(2);
  keeper.note(*third, std::span(slots).last(1));
  REQUIRE(documents_in(keeper, second) == 4);
  REQUIRE(documents_in(keeper, third) == 3);
}
