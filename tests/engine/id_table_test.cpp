#include "engine/id_table.hpp"

#include <map>
#include <random>
#include <string>

#include "support/catch.hpp"

using namespace scaup;

TEST_CASE("id table: behaves like a map under random inserts, replacements and removals") {
  std::mt19937_64 random(3);
  IdTable table;
  std::map<std::string, Slot> model;
  std::vector<std::string> id_by_slot;
  const auto id_of = [&](Slot slot) -> std::string_view { return id_by_slot[slot]; };
  for (int step = 0; step < 50000; ++step) {
    const std::string id = "id" + std::to_string(random() % 2000);
    const bool known = model.contains(id);
    const auto action = random() % 3;
    if (action == 0 && known) {
      table.erase(id, id_of);
      model.erase(id);
    } else if (action != 0) {
      const auto slot = static_cast<Slot>(id_by_slot.size());
      id_by_slot.push_back(id);
      table.reserve(model.size() + 1);
      if (known) {
        table.replace(id, slot, id_of);
      } else {
        table.insert(id, slot);
      }
      model[id] = slot;
    }
    const std::string probe = "id" + std::to_string(random() % 2000);
    const auto found = table.find(probe, id_of);
    REQUIRE(found.has_value() == model.contains(probe));
    if (found) REQUIRE(*found == model[probe]);
  }
}
