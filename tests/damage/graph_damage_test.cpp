// The graph file is derived: whatever became of it, the collection opens, answers are right, a note says that the graph
// is built anew, and the next checkpoint has a good one.

#include <algorithm>
#include <functional>

#include "small_database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::filesystem::path graph_of(const Files& files) {
  for (const auto& path : files_in(*files)) {
    if (kind_of(path) == "graph") return path;
  }
  FAIL("no graph");
  return {};
}

struct GraphDamage {
  const char* what;
  std::function<void(Bytes&)> apply;
};

// The first seven are those that another store did not survive (four of them killed it); offsets are in the file, whose
// links begin at byte 4096.
std::vector<GraphDamage> damages() {
  const auto flip = [](std::size_t offset, unsigned bit) {
    return [offset, bit](Bytes& bytes) { bytes.at(offset) ^= static_cast<std::byte>(1U << bit); };
  };
  return {{"the second half is gone", [](Bytes& bytes) { bytes.resize(bytes.size() / 2); }},
          {"a bit of header byte 9", flip(9, 3)},
          {"a bit of header byte 34", flip(34, 0)},
          {"a bit of the links", flip(4096 + 190, 2)},
          {"the highest bit of a neighbour", flip(4096 + 203, 7)},
          {"all but the first section's begin is gone", [](Bytes& bytes) { bytes.resize(4096 + 64); }},
          {"the last bytes are gone", [](Bytes& bytes) { bytes.resize(bytes.size() - 5); }},
          {"it is empty", [](Bytes& bytes) { bytes.clear(); }},
          {"it is all zeros", [](Bytes& bytes) { std::ranges::fill(bytes, std::byte{0}); }},
          {"it has bytes behind its end", [](Bytes& bytes) { bytes.resize(bytes.size() + 100); }}};
}

void require_healed(const Files& damaged, const std::vector<StoredAnswer>& expected) {
  {
    Database database = require_ok(Database::open(kFolder, {.file_system = damaged}));
    REQUIRE(require_ok(read_database(database)) == expected);
    const auto recoveries = database.recoveries();
    REQUIRE(recoveries.size() == 1);
    REQUIRE(recoveries[0].notes.size() == 1);
    REQUIRE(recoveries[0].notes[0].find("graph") != std::string::npos);
    REQUIRE(require_ok(require_ok(database.get_collection("notes")).info()).graph_rows >= kDocuments);
    require_ok(database.checkpoint());
    require_ok(database.close());
  }
  Database database = require_ok(Database::open(kFolder, {.file_system = damaged}));
  REQUIRE(require_ok(read_database(database)) == expected);
  REQUIRE(database.recoveries()[0].notes.empty());
  require_ok(database.close());
  REQUIRE(require_ok(Database::verify(kFolder, {.file_system = damaged})).ok());
}

}  // namespace

TEST_CASE("graph damage: a damaged graph is noted and built anew, and answers are right meanwhile and after") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  const auto path = graph_of(files);
  for (const GraphDamage& damage : damages()) {
    INFO(damage.what);
    const Files damaged = files->crash_image(1);
    Bytes bytes = read_bytes(*files, path);
    damage.apply(bytes);
    put_bytes(*damaged, path, bytes);
    const VerifyReport report = require_ok(Database::verify(kFolder, {.file_system = damaged}));
    REQUIRE(report.damage.size() == 1);
    REQUIRE(report.damage[0].file == path.lexically_relative(kFolder).native());
    require_healed(damaged, expected);
  }
}

TEST_CASE("graph damage: a missing graph is noted and built anew") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  files->remove(graph_of(files)).value();
  require_healed(files, expected);
}

TEST_CASE("graph damage: a graph that is in order is taken, without a note") {
  const Files files = make_small_database();
  const Database database = require_ok(Database::open(kFolder, {.access = Access::read_only, .file_system = files}));
  const Collection notes = require_ok(database.get_collection("notes", {.index = kSmallIndex}));
  require_ok(notes.wait_until_indexed());
  REQUIRE(database.recoveries()[0].notes.empty());
  REQUIRE(require_ok(notes.info()).graph_rows >= kDocuments);
}
