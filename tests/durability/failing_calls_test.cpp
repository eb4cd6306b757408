// The n-th file call fails, for every n: errors are typed, nothing acknowledged is lost, and the store opens again.

#include <iostream>

#include "durability/fault_run.hpp"
#include "durability/rounds.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint64_t kMostCalls = 100'000;

// A trace that makes both collections, and checkpoints and reopens in the middle.
std::vector<Operation> scenario() {
  return make_trace(11, 60);
}

// Lets call 1, 2, ... fail until the trace runs through; by default only each `step`-th.
void fail_each_call(FaultPlan plan, std::uint64_t step, const std::vector<Operation>& trace = scenario()) {
  if (test_rounds() != 0) step = 1;
  std::uint64_t runs = 0;
  for (std::uint64_t call = 1;; call += step) {
    INFO("call " << call);
    REQUIRE(call < kMostCalls);
    plan.call = call;
    FaultRun run(trace, plan);
    run.run();
    ++runs;
    if (run.failures() == 0) break;
  }
  REQUIRE(runs > 3);
  if (test_rounds() != 0) std::cout << "failing calls: " << runs << " runs, 0 failures\n";
}

}  // namespace

TEST_CASE("failing calls: one call fails") {
  const int error = GENERATE(EIO, ENOSPC);
  fail_each_call({.error = error}, 37);
}

TEST_CASE("failing calls: all calls fail from one on") {
  const int error = GENERATE(EIO, ENOSPC, EDQUOT, EROFS);
  fail_each_call({.repeat = Repeat::from_then_on, .error = error}, 67);
}

TEST_CASE("failing calls: a write puts a part of its bytes before it fails") {
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  const std::size_t bytes = GENERATE(1U, 100U, 1U << 20U);
  fail_each_call({.repeat = repeat, .kinds = {CallKind::write}, .error = ENOSPC, .written_bytes = bytes}, 23);
}

TEST_CASE("failing calls: a call fails while a large write goes to the log in pieces") {
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  const std::size_t bytes = GENERATE(0U, 1000U);
  fail_each_call({.repeat = repeat, .error = ENOSPC, .written_bytes = bytes}, 19, make_large_trace());
}

TEST_CASE("failing calls: a sync fails and loses what was not synced") {
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  fail_each_call({.repeat = repeat, .kinds = {CallKind::sync}, .sync_failure = SyncFailure::forget}, 11);
}

TEST_CASE("failing calls: a sync of a folder fails") {
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  fail_each_call({.repeat = repeat, .kinds = {CallKind::sync_directory}}, 3);
}

TEST_CASE("failing calls: what was written to a collection whose removal failed half-way is there") {
  std::vector<Operation> trace = {{.action = Action::create, .collection = "notes"}};
  const Document document{.id = "a", .text = "text", .metadata = {{"number", 1}}};
  trace.push_back({.action = Action::upsert, .collection = "notes", .documents = {document}});
  trace.push_back({.action = Action::drop, .collection = "notes"});
  trace.push_back({.action = Action::upsert, .collection = "notes", .documents = {document, document}});
  trace.back().documents[1].id = "b";
  const Repeat repeat = GENERATE(Repeat::once, Repeat::from_then_on);
  for (std::uint64_t call = 1;; ++call) {
    INFO("call " << call);
    FaultRun run(trace, {.call = call, .repeat = repeat, .kinds = {CallKind::sync_directory}});
    run.run();
    if (run.failures() == 0) break;
  }
}
