// Random databases, random damage, and a model that says what must come back.

#include <algorithm>
#include <random>

#include "engine/checkpoint.hpp"
#include "salvage/stored.hpp"
#include "storage/log_reader.hpp"
#include "support/random_documents.hpp"
#include "support/vectors.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::size_t kDimension = 5;
const std::string kFolder = "collections/1/";

// One write, as it is logged: the frames of the log are numbered as the writes, from 1, because each write here changes
// something and fits into a frame.
struct Write {
  std::vector<Document> upserts = {};
  std::optional<std::pair<std::string, Metadata>> update = {};
  std::vector<std::string> removals = {};

  void apply(Documents& documents) const {
    for (const Document& document : upserts) documents.insert_or_assign(document.id, document);
    for (const std::string& id : removals) documents.erase(id);
    if (!update) return;
    const auto found = documents.find(update->first);
    if (found == documents.end()) return;
    for (const auto& [key, value] : update->second) found->second.metadata.insert_or_assign(key, value);
  }
};

struct Written {
  std::vector<Write> writes;
  std::size_t in_checkpoint = 0;  // so many writes from the first are in the newest checkpoint
  Tree tree;
};

Document random_row(std::mt19937_64& random, std::size_t number) {
  Document document = random_document(random, number, 0);
  document.id = "id" + std::to_string(number);
  if (random() % 8 == 0) {
    document.text.clear();  // of which the embedder makes no vector
  } else {
    document.embedding = random_vector(random, kDimension);
  }
  return document;
}

Write random_write(std::mt19937_64& random, const Documents& now) {
  const auto some_id = [&] {
    return std::next(now.begin(), static_cast<std::ptrdiff_t>(random() % now.size()))->first;
  };
  Write write;
  switch (now.empty() ? 0 : random() % 4) {
    case 2: write.update = {some_id(), {{"updated", static_cast<int>(random() % 1000)}}}; break;
    case 3: write.removals = {some_id()}; break;
    default: {
      Documents batch;
      for (std::size_t i = 1 + random() % 5; i > 0; --i) {
        Document document = random_row(random, random() % 60);
        batch.insert_or_assign(document.id, std::move(document));
      }
      for (const auto& [id, document] : batch) write.upserts.push_back(document);
    }
  }
  return write;
}

void carry_out(Collection& collection, const Write& write) {
  if (!write.upserts.empty()) require_ok(collection.upsert(write.upserts));
  if (!write.removals.empty()) require_ok(collection.remove(write.removals));
  if (write.update) require_ok(collection.update_metadata(write.update->first, write.update->second));
}

Written write_database(std::mt19937_64& random) {
  const auto files = std::make_shared<MemoryFileSystem>();
  std::stop_source stopped;
  stopped.request_stop();
  Written written;
  Database database = require_ok(open_database(files));
  const auto embedder = require_ok(make_hash_embedder({.dimension = kDimension}));
  Collection collection = require_ok(database.create_collection("notes", {.metric = Metric::l2, .embedder = embedder}));
  Documents now;
  for (std::size_t i = 5 + random() % 40; i > 0; --i) {
    written.writes.push_back(random_write(random, now));
    carry_out(collection, written.writes.back());
    written.writes.back().apply(now);
    if (random() % 12 == 0) {
      require_ok(database.checkpoint());
      written.in_checkpoint = written.writes.size();
    }
    if (random() % 12 == 0) {  // goes on in another log
      require_error(database.checkpoint(stopped.get_token()), ErrorCode::cancelled);
    }
  }
  if (random() % 2 == 0) require_ok(database.close());
  written.tree = tree_of(*files);
  return written;
}

// What damage does to one file: bytes that differ, or that are gone.
struct Damage {
  std::string file;
  std::size_t begin = 0;
  std::size_t end = 0;
};

Damage damage_one(std::mt19937_64& random, Tree& tree) {
  auto file = std::next(tree.begin(), static_cast<std::ptrdiff_t>(random() % tree.size()));
  Bytes& bytes = file->second;
  // Logs end in reserved space, where damage does nothing.
  std::size_t used = bytes.size();
  while (used > 1 && bytes[used - 1] == std::byte{0}) --used;
  const std::size_t begin = random() % used;
  Damage damage{.file = file->first, .begin = begin, .end = bytes.size()};
  switch (random() % 4) {
    case 0: bytes.resize(begin); break;
    case 1:
      damage.begin = 0;
      tree.erase(file);
      break;
    case 2:
      damage.end = std::min(used, begin + 1 + random() % 64);
      for (std::size_t i = begin; i < damage.end; ++i) bytes[i] ^= static_cast<std::byte>(1 + random() % 255);
      break;
    default: damage.end = begin + 1; bytes[begin] ^= static_cast<std::byte>(1U << (random() % 8));
  }
  return damage;
}

bool touches(const std::vector<Damage>& damages, const std::string& file, std::size_t begin, std::size_t end) {
  return std::ranges::any_of(
      damages, [&](const Damage& damage) { return damage.file == file && damage.begin < end && begin < damage.end; });
}

// Which parts of the checkpoint are damaged. All sections are smaller than a chunk, so any byte stands for the whole.
struct CheckpointDamage {
  bool documents = false;
  bool floats = false;
  bool norms = false;
  bool state = false;      // both copies
  bool structure = false;  // header, table or footer
};

CheckpointDamage checkpoint_damage(const Tree& before, const std::vector<Damage>& damages) {
  const std::string name = only_file(before, kFolder + "checkpoint-");
  const Bytes& bytes = before.at(name);
  const auto hit = [&](CheckpointSection section) {
    const auto extent = section_extent(bytes, static_cast<std::uint32_t>(section));
    return touches(damages, name, extent.begin, extent.end);
  };
  const std::size_t sections_end = section_extent(bytes, static_cast<std::uint32_t>(CheckpointSection::state_copy)).end;
  CheckpointDamage damage;
  damage.structure = touches(damages, name, sections_end, bytes.size());
  damage.state = hit(CheckpointSection::state) && hit(CheckpointSection::state_copy);
  const bool has_rows = sections_end > 3 * 4096;
  if (!has_rows) return damage;
  damage.documents = hit(CheckpointSection::documents);
  damage.floats = hit(CheckpointSection::floats);
  damage.norms = hit(CheckpointSection::norms);
  return damage;
}

// The numbers of the writes whose frames are not damaged.
std::vector<std::size_t> surviving_writes(const Written& written, const std::vector<Damage>& damages) {
  std::vector<std::size_t> numbers;
  for (const auto& [name, bytes] : written.tree) {
    if (!name.starts_with(kFolder + "log-")) continue;
    const FileIdentity identity = require_ok(decode_file_header(bytes, name)).identity;
    require_ok(salvage_log({.file = bytes, .name = name, .identity = identity, .first_number = 1},
                           [&, file = &name](const LogFrame& frame) {
                             const std::size_t body = (frame.body.size() + 7) / 8 * 8;
                             const bool damaged =
                                 touches(damages, *file, frame.offset, frame.offset + kFrameHeaderBytes + body);
                             if (!damaged) numbers.push_back(frame.number);
                             return Status();
                           }));
  }
  std::ranges::sort(numbers);
  return numbers;
}

Documents expected_documents(const Written& written, const std::vector<Damage>& damages) {
  const CheckpointDamage checkpoint = checkpoint_damage(written.tree, damages);
  Documents expected;
  for (std::size_t i = 0; i < written.in_checkpoint && !checkpoint.documents; ++i) written.writes[i].apply(expected);
  for (auto& [id, document] : expected) {
    if (checkpoint.floats) document.embedding.reset();
  }
  for (const std::size_t number : surviving_writes(written, damages)) {
    if (number > written.in_checkpoint) written.writes[number - 1].apply(expected);
  }
  return expected;
}

// Whether each part of each document is as it was written at some time.
void require_written(const Written& written, const Documents& found) {
  for (const auto& [id, document] : found) {
    const bool was_written = std::ranges::any_of(written.writes, [&, wanted = &document](const Write& write) {
      return std::ranges::any_of(write.upserts, [&](const Document& upsert) {
        return upsert.id == wanted->id && upsert.text == wanted->text && upsert.origin == wanted->origin &&
               (!wanted->embedding || upsert.embedding == wanted->embedding);
      });
    });
    INFO(id);
    REQUIRE(was_written);
  }
}

void require_equal(const Documents& found, const Documents& expected) {
  for (const auto& [id, document] : expected) {
    INFO(id);
    REQUIRE(found.contains(id));
    REQUIRE(found.at(id) == document);
  }
  REQUIRE(found.size() == expected.size());
}

// Each file that was moved is in quarantine as it was.
void require_quarantined(const Tree& damaged, const Tree& after) {
  for (const auto& [name, bytes] : damaged) {
    if (!name.starts_with(kFolder)) continue;
    const auto kept = after.find("quarantine/collection-1." + name.substr(kFolder.size()));
    INFO(name);
    REQUIRE(kept != after.end());
    REQUIRE(kept->second == bytes);
  }
}

bool was_salvaged(const CollectionRecovery& recovery) {
  return !recovery.notes.empty() && recovery.notes.front().starts_with("salvaged");
}

void require_nothing_to_do(const std::shared_ptr<MemoryFileSystem>& files, const Documents& expected) {
  const Tree before = tree_of(*files);
  Database database = require_ok(open_database(files, Recovery::salvage));
  REQUIRE(documents_of(require_ok(database.get_collection("notes"))) == expected);
  const CollectionRecovery recovery = recovery_of(database, "notes");
  REQUIRE(recovery.lost.empty());
  REQUIRE(recovery.notes.empty());
  REQUIRE(database.recoveries().size() == 1);
  require_ok(database.close());
  REQUIRE(tree_of(*files) == before);
}

struct Counts {
  int salvaged = 0;
  int lost = 0;
  int refused = 0;
};

void check(std::mt19937_64& random, Counts& counts) {
  const Written written = write_database(random);
  Tree damaged = written.tree;
  std::vector<Damage> damages;
  for (std::size_t i = 1 + random() % 3; i > 0 && !damaged.empty(); --i) damages.push_back(damage_one(random, damaged));
  for (const Damage& damage : damages) UNSCOPED_INFO(damage.file << " " << damage.begin << " to " << damage.end);
  const CheckpointDamage checkpoint = checkpoint_damage(written.tree, damages);

  const auto files = file_system_of(damaged);
  auto opened = open_database(files, Recovery::salvage);
  const std::string name =
      opened && require_ok(opened->list_collections()) == std::vector<std::string>{"notes"} ? "notes" : "collection-1";
  auto collection = opened ? opened->get_collection(name) : Result<Collection>(opened.error());
  if (!collection) {
    ++counts.refused;
    require_error(collection, ErrorCode::corruption);
    REQUIRE((checkpoint.state || checkpoint.structure));
    return;
  }
  const Documents found = documents_of(*collection);
  require_written(written, found);
  const Documents expected = expected_documents(written, damages);
  if (!checkpoint.structure && !checkpoint.norms) require_equal(found, expected);
  const CollectionRecovery recovery = recovery_of(*opened, name);
  require_ok(opened->close());
  Documents whole;
  for (const Write& write : written.writes) write.apply(whole);
  const bool is_reported = !recovery.lost.empty() || recovery.torn_bytes != 0;
  if (found != whole && name == "notes") {
    ++counts.lost;
    CHECK((is_reported || recovery.notes.size() > 1));
  }
  if (was_salvaged(recovery)) {
    ++counts.salvaged;
    require_quarantined(damaged, tree_of(*files));
  }
  if (name != "notes") return;
  require_healthy(files, "notes", kDimension);
  require_nothing_to_do(files, found);
}

}  // namespace

TEST_CASE("salvage: whatever is damaged, what verifies comes back, nothing is invented, and what is lost is told") {
  Counts counts;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    check(random, counts);
  }
  // That the test sees all cases.
  REQUIRE(counts.salvaged > 100);
  REQUIRE(counts.lost > 100);
  REQUIRE(counts.refused > 10);
}
