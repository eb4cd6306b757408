// Processes that are killed with SIGKILL while they write: whatever they were told is safe is there afterwards, and of
// every write all or nothing. SCAUP_KILL_ROUNDS says how often, by default 200 times.

#include <chrono>
#include <optional>
#include <random>
#include <thread>

#include "counts.hpp"
#include "process.hpp"
#include "support/catch.hpp"
#include "write_model.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint32_t kMostWriters = 3;

struct Totals {
  std::size_t acknowledged = 0;
  std::size_t unacknowledged_kept = 0;
  std::size_t while_opening = 0;
  std::size_t torn = 0;
};

/// A folder, and what must be in it.
class KillRounds {
 public:
  KillRounds(std::filesystem::path folder, Totals& totals) : folder_(std::move(folder)), totals_(totals) {
    for (std::uint32_t writer = 0; writer < kMostWriters; ++writer) models_.emplace_back(writer);
  }

  void round(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto writers = static_cast<std::uint32_t>(1 + random() % kMostWriters);
    const auto sync = static_cast<unsigned>(random() % 3);
    const std::vector<std::uint32_t> done =
        write_and_kill(random, {SCAUP_DAMAGE_WRITER, "write", folder_.native(), std::to_string(seed),
                                std::to_string(sync), std::to_string(writers)});
    if (random() % 8 == 0) check_verify();
    reopen(seed, writers, done, random() % 2 == 0);
  }

 private:
  // Returns how many operations of each writer were acknowledged.
  std::vector<std::uint32_t> write_and_kill(std::mt19937_64& random, std::vector<std::string> arguments) {
    ChildProcess child(std::move(arguments));
    std::vector<std::uint32_t> done(kMostWriters);
    bool opened = false;
    const auto take = [&](const Acknowledgement& line) {
      REQUIRE(line.writer != kFailed);
      opened = opened || line.writer == kOpened;
      if (line.writer < kMostWriters) done[line.writer] = line.operations;
    };
    Acknowledgement line;
    const bool waits = random() % 4 != 0;
    if (waits && child.receive(&line, sizeof(line))) take(line);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (waits ? 20'000 : 8'000)));
    child.kill_now();
    while (child.receive(&line, sizeof(line))) take(line);
    for (const std::uint32_t count : done) totals_.acknowledged += count;
    totals_.while_opening += opened ? 0U : 1U;
    return done;
  }

  void check_verify() const {
    const auto report = Database::verify(folder_);
    if (!report && report.error().code() == ErrorCode::not_found) return;  // killed before it was made
    const VerifyReport& found = require_ok(report);
    if (!found.ok()) FAIL("verify: " << found.damage[0].file << ": " << found.damage[0].reason);
  }

  void reopen(std::uint64_t seed, std::uint32_t writers, const std::vector<std::uint32_t>& done, bool closes) {
    Database database = require_ok(Database::open(folder_));
    auto collection = database.get_collection("notes");
    if (!collection && collection.error().code() == ErrorCode::not_found) return require_nothing_written(done);
    const std::vector<Document> documents =
        require_ok(require_ok(collection).scan({.limit = 10'000, .with_embeddings = true})).documents;
    std::size_t known = 0;
    for (std::uint32_t writer = 0; writer < kMostWriters; ++writer) {
      WriteModel found(writer);
      for (const Document& document : documents) found.load(document);
      known += found.documents().size();
      if (writer < writers) advance(models_[writer], found, seed, done[writer]);
      REQUIRE(models_[writer] == found);
    }
    REQUIRE(known == documents.size());
    for (const Document& document : documents) require_whole(document);
    for (const CollectionRecovery& recovery : database.recoveries()) totals_.torn += recovery.torn_bytes > 0 ? 1U : 0U;
    if (closes) require_ok(database.close());
  }

  // Of the write that was under way all is there or nothing.
  void advance(WriteModel& model, const WriteModel& found, std::uint64_t seed, std::uint32_t done) {
    for (std::uint32_t number = 0; number < done; ++number) model.apply(model.next(seed, number));
    if (model == found) return;
    model.apply(model.next(seed, done));
    ++totals_.unacknowledged_kept;
  }

  static void require_whole(const Document& document) {
    const Stamps stamps{*document.metadata.at("written").get_if<std::int64_t>(),
                        *document.metadata.at("changed").get_if<std::int64_t>()};
    if (document != stamped_document(document.id, stamps)) FAIL("another document: " << document.id);
  }

  void require_nothing_written(const std::vector<std::uint32_t>& done) const {
    for (const std::uint32_t count : done) REQUIRE(count == 0);
    for (const WriteModel& model : models_) REQUIRE(model.documents().empty());
  }

  const std::filesystem::path folder_;
  std::vector<WriteModel> models_;
  Totals& totals_;
};

}  // namespace

TEST_CASE("damage: a process killed at any moment loses nothing acknowledged, and leaves no half of a write") {
  const std::size_t rounds = count_from("SCAUP_KILL_ROUNDS", 200);
  const QuickFolder folder;
  Totals totals;
  std::optional<KillRounds> kills;
  for (std::size_t i = 0; i < rounds; ++i) {
    // Now and then a new database, so that making one is interrupted too.
    if (i % 100 == 0) kills.emplace(folder / ("db" + std::to_string(i)), totals);
    INFO("round " << i);
    kills->round(i);
    if ((i + 1) % 1000 == 0) print_line("kills: " + std::to_string(i + 1) + " of " + std::to_string(rounds));
  }
  print_line("kills: " + std::to_string(rounds) + ", " + std::to_string(totals.acknowledged) +
             " writes acknowledged and found again, " + std::to_string(totals.unacknowledged_kept) +
             " found that were not, none in part; " + std::to_string(totals.while_opening) + " killed while opening, " +
             std::to_string(totals.torn) + " torn tails");
  REQUIRE(totals.acknowledged > 0);
}
