#pragma once
// Runs a trace of operations while a file call fails, and checks what the store then holds.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "durability/store_model.hpp"
#include "support/fault_file_system.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

/// One run with one plan. Everything that is wrong is a failed assertion.
class FaultRun {
 public:
  FaultRun(const std::vector<Operation>& trace, const FaultPlan& plan);

  /// Carries out the trace, then opens what is left on the healthy file system, and what power cuts would leave of it.
  void run();
  /// How many calls failed by plan: 0 when the trace ran through without meeting any.
  [[nodiscard]] std::uint64_t failures() const { return failures_; }

 private:
  using Possible = std::vector<std::optional<CollectionModel>>;  // absent: no such collection

  void step(const Operation& operation);
  [[nodiscard]] bool ready();
  void succeeded(const Operation& operation);
  void failed(const Operation& operation, const Error& error);
  void expect_unchanged();
  [[nodiscard]] std::string mismatch(const StoreModel& found) const;
  void check_what_is_left();

  const std::vector<Operation>& trace_;
  std::shared_ptr<MemoryFileSystem> memory_ = std::make_shared<MemoryFileSystem>();
  std::shared_ptr<FaultFileSystem> files_ = std::make_shared<FaultFileSystem>(memory_);
  StoreSession session_;
  StoreModel model_ = {};                      // what was acknowledged
  std::map<std::string, Possible> also_ = {};  // what may be there instead, by a write whose sync failed
  std::set<std::string> poisoned_ = {};        // collections that may not be written until they are opened again
  std::set<std::string> doubtful_ = {};        // those whose removal failed: they may be read-only
  bool reads_agree_ = false;                   // the model was compared with the store since it was opened
  bool sync_failed_ = false;                   // during the operation that runs
  std::uint64_t failures_ = 0;
};

}  // namespace scaup::test
