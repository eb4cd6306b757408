// A salvage that is cut short at any moment, and begun again.

#include <algorithm>

#include "salvage/stored.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// Damage in the catalog, in a checkpoint, and in the log after it.
Tree damaged() {
  const auto files = std::make_shared<MemoryFileSystem>();
  Database database = require_ok(open_database(files));
  Collection collection = require_ok(database.create_collection("notes", {.metric = Metric::l2}));
  const auto add = [&](int number) {
    require_ok(collection.add({{.id = "id" + std::to_string(number),
                                .text = "text " + std::to_string(number),
                                .embedding = std::vector<float>{static_cast<float>(number), 1.0F}}}));
  };
  for (int i = 0; i < 5; ++i) add(i);
  require_ok(database.checkpoint());
  for (int i = 5; i < 10; ++i) add(i);
  require_ok(database.close());
  Tree tree = tree_of(*files);
  flip(tree.at("CATALOG"), 70);
  Bytes& checkpoint = tree.at(only_file(tree, "collections/1/checkpoint-"));
  flip(checkpoint, section_extent(checkpoint, 6).begin);  // floats
  flip(tree.at(only_file(tree, "collections/1/log-")), 200);
  return tree;
}

Documents salvaged(const std::shared_ptr<MemoryFileSystem>& files) {
  Database database = require_ok(open_database(files, Recovery::salvage));
  return documents_of(require_ok(database.get_collection("notes")));
}

// Every damaged file is there, in its place or in quarantine.
void require_kept(const Tree& before, const Tree& after) {
  for (const auto& [name, bytes] : before) {
    const bool kept =
        std::ranges::any_of(after, [&, wanted = &bytes](const auto& file) { return file.second == *wanted; });
    INFO(name);
    REQUIRE(kept);
  }
}

}  // namespace

TEST_CASE("salvage: a power cut at any moment of it leaves what a new attempt brings to the same end") {
  const Tree tree = damaged();
  const auto whole = file_system_of(tree);
  const Documents expected = salvaged(whole);
  REQUIRE(expected.size() == 9);
  require_kept(tree, tree_of(*whole));

  const auto files = file_system_of(tree);
  std::vector<std::shared_ptr<MemoryFileSystem>> images;
  files->on_change([&](std::uint64_t) {
    for (const std::uint64_t variant : {0U, 1U, 2U}) images.push_back(files->crash_image(variant));
  });
  REQUIRE(salvaged(files) == expected);
  files->on_change({});
  REQUIRE(images.size() > 100);
  for (std::size_t i = 0; i < images.size(); ++i) {
    INFO("image " << i);
    REQUIRE(salvaged(images[i]) == expected);
    require_kept(tree, tree_of(*images[i]));
    REQUIRE(require_ok(Database::verify("db", {.file_system = images[i]})).ok());
  }
}
