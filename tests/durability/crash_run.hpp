#pragma once
// Runs a trace of operations on a MemoryFileSystem, takes crash images at its file calls, and opens each of them.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "durability/store_model.hpp"
#include "support/memory_file_system.hpp"

namespace scaup::test {

/// Which states an image may show: one of states[first] to states[last], as a whole in SyncMode::every_write. In the
/// other modes each collection may have fallen back by itself, not behind states[floor].
struct AllowedStates {
  const std::vector<StoreModel>* states = nullptr;
  std::size_t floor = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Says what is wrong with what a store holds; empty: nothing.
using StateCheck = std::function<std::string(const StoreModel&)>;

/// Opens the store and checks what it holds, then writes to it, closes it, verifies it, and opens it again. Returns
/// what was wrong, or nothing.
[[nodiscard]] std::string check_store(const DatabaseOptions& options, const StateCheck& check,
                                      const std::filesystem::path& folder = kStoreFolder);

/// What to search.
struct CrashSearch {
  std::size_t operations = 500;
  std::vector<Operation> trace = {};  ///< empty: so many random operations
  std::uint64_t every = 1;            ///< images are taken at each `every`-th file call
  std::uint64_t variants = 2;         ///< images a file call; the first two are variants 0 and 1
  /// Images of the recovery of an image: at each `chain_every`-th file call one image is opened while images are taken
  /// of that; 0: none.
  std::uint64_t chain_every = 0;
  std::uint64_t chain_variants = 3;
};

/// Images may be taken on the store's own threads, one at a time.
class CrashRun {
 public:
  CrashRun(DatabaseOptions options, const CrashSearch& search, std::uint64_t seed);

  /// Carries out the trace; all operations must succeed.
  void run();

  [[nodiscard]] std::uint64_t images() const noexcept { return images_; }
  [[nodiscard]] std::uint64_t chains() const noexcept { return chains_; }
  [[nodiscard]] std::uint64_t calls() const { return files_->changes(); }
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }
  [[nodiscard]] const std::string& first_failure() const noexcept { return first_failure_; }

 private:
  void run_operation(StoreSession& session, std::size_t index);
  void at_call(std::uint64_t number);
  void check(std::uint64_t number, std::uint64_t variant);
  void check_chain(std::uint64_t number);
  [[nodiscard]] std::uint64_t seed_of(std::uint64_t number, std::uint64_t variant) const;
  [[nodiscard]] std::string check_image(std::shared_ptr<MemoryFileSystem> image, const AllowedStates& allowed) const;
  void note(const std::string& place, const std::string& failure);

  const DatabaseOptions options_;
  const CrashSearch search_;
  const std::uint64_t seed_;
  const std::vector<Operation> trace_;
  std::vector<StoreModel> states_;  // before each operation, and after the last
  std::shared_ptr<MemoryFileSystem> files_ = std::make_shared<MemoryFileSystem>();
  std::atomic<std::size_t> floor_ = 0;         // all before was made durable by a checkpoint or by closing
  std::atomic<std::size_t> acknowledged_ = 0;  // index of the state after the last operation that returned
  std::atomic<std::size_t> in_flight_ = 0;     // index of the state after the one that has begun
  std::mutex mutex_;                           // of what is below
  std::uint64_t images_ = 0;
  std::uint64_t chains_ = 0;
  std::uint64_t failures_ = 0;
  std::string first_failure_;
};

}  // namespace scaup::test
