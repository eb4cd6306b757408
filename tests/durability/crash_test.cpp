// A power cut at the file calls of a trace: whatever it leaves opens, and holds what was acknowledged.

#include <iostream>

#include "durability/crash_run.hpp"
#include "durability/rounds.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

// As small as it may be, so that checkpoints come by themselves too.
constexpr std::uint64_t kCheckpointLogBytes = std::uint64_t{64} << 10U;

// By default a part of the calls; SCAUP_TEST_ROUNDS images at every call otherwise.
CrashSearch search_images(std::uint64_t every, std::uint64_t variants) {
  const int rounds = test_rounds();
  if (rounds == 0) return {.every = every, .variants = variants};
  return {.variants = static_cast<std::uint64_t>(rounds)};
}

void expect_no_failure(const DatabaseOptions& options, const CrashSearch& search, std::uint64_t seed) {
  CrashRun run(options, search, seed);
  run.run();
  if (test_rounds() != 0) {
    std::cout << "seed " << seed << ": " << run.calls() << " file calls, " << run.images() << " images, "
              << run.chains() << " images of recoveries, " << run.failures() << " failures\n";
  }
  INFO(run.first_failure());
  REQUIRE(run.failures() == 0);
  REQUIRE(run.images() + run.chains() > 50);
}

}  // namespace

TEST_CASE("power cut: with synced writes the state is the last acknowledged one, or that and the write in flight") {
  expect_no_failure({.checkpoint_log_bytes = kCheckpointLogBytes}, search_images(31, 3), 1);
}

TEST_CASE("power cut: a large write that goes to the log in pieces is there whole or not at all") {
  CrashSearch search = search_images(3, 3);
  search.trace = make_large_trace();
  expect_no_failure({}, search, 4);
}

TEST_CASE("power cut: without synced writes each collection falls back to a state it had since the last sync") {
  const SyncMode sync = GENERATE(SyncMode::interval, SyncMode::off);
  const DatabaseOptions options{
      .sync = sync, .sync_interval = std::chrono::milliseconds(2), .checkpoint_log_bytes = kCheckpointLogBytes};
  expect_no_failure(options, search_images(53, 3), 2);
}

TEST_CASE("power cut: in the recovery from a power cut nothing more is lost") {
  const SyncMode sync = GENERATE(SyncMode::every_write, SyncMode::off);
  const bool full = test_rounds() != 0;
  const CrashSearch search{.operations = full ? 500U : 150U,
                           .every = 1'000'000'000,
                           .chain_every = full ? 97U : 101U,
                           .chain_variants = full ? 5U : 2U};
  expect_no_failure({.sync = sync, .checkpoint_log_bytes = kCheckpointLogBytes}, search, 3);
}
