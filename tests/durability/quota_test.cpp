// A disk that is full: at a write, at a checkpoint, at an opening. What is there stays usable, and once there is room
// everything goes on.

#include <cerrno>

#include "durability/crash_run.hpp"
#include "durability/rounds.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::uint64_t kRoomy = std::uint64_t{1} << 40U;

template <typename T>
void expect_ok_or_full(const Result<T>& result) {
  if (result) return;
  INFO(result.error().message());
  REQUIRE(to_string(result.error().code()) == "io");
  REQUIRE(result.error().detail() == ENOSPC);
}

/// A store on a disk of which one can say how much room is left.
class SmallDisk {
 public:
  SmallDisk() {
    require_ok(session_.open());
    for (const Operation& operation : make_trace(5, 60)) run(operation);
  }

  /// Leaves so many bytes free.
  void leave(std::uint64_t bytes) {
    files_->set_quota(kRoomy);
    const std::uint64_t used = kRoomy - require_ok(files_->free_space("/"));
    files_->set_quota(used + bytes);
  }
  void empty_bin() { files_->set_quota(std::nullopt); }

  Status try_to(const Operation& operation) {
    Status done = session_.run(operation);
    if (done) apply_operation(operation, model_);
    if (session_.is_open()) REQUIRE(difference(require_ok(session_.read_all()), model_) == "");
    return done;
  }
  void run(const Operation& operation) {
    require_ok(session_.run(operation));
    apply_operation(operation, model_);
  }
  [[nodiscard]] bool is_open() const { return session_.is_open(); }

  /// On the disk as it is, and as power cuts would leave it.
  void expect_kept() {
    const auto check = [&](const StoreModel& found) { return difference(found, model_); };
    for (const std::uint64_t variant : {0U, 1U, 2U}) {
      const auto image = files_->crash_image(variant);
      image->set_quota(std::nullopt);
      REQUIRE(check_store({.file_system = image}, check) == "");
    }
  }

 private:
  std::shared_ptr<MemoryFileSystem> files_ = std::make_shared<MemoryFileSystem>();
  StoreSession session_{DatabaseOptions{.file_system = files_}};
  StoreModel model_;
};

Operation write_of(int number) {
  const std::string name = "write " + std::to_string(number % 10);
  return {.action = Action::upsert,
          .collection = "notes",
          .documents = {{.id = name, .text = name + std::string(3000, 'x'), .metadata = {{"number", 50}}}}};
}

std::uint64_t step_of(std::uint64_t by_default) {
  return test_rounds() == 0 ? by_default : by_default / 8;
}

}  // namespace

TEST_CASE("full disk: a checkpoint that does not fit leaves the store in use, and is written once there is room") {
  SmallDisk disk;
  bool has_failed = false;
  for (std::uint64_t room = 0; room < 200'000; room += step_of(4096)) {
    INFO("room for " << room << " bytes");
    disk.run(write_of(static_cast<int>(room / 512)));
    disk.leave(room);
    const Status written = disk.try_to({.action = Action::checkpoint});
    expect_ok_or_full(written);
    has_failed = has_failed || !written;
    expect_ok_or_full(disk.try_to(write_of(3)));
    disk.expect_kept();
    disk.empty_bin();
    disk.run(write_of(4));
    disk.run({.action = Action::checkpoint});
  }
  REQUIRE(has_failed);
  disk.expect_kept();
}

TEST_CASE("full disk: writes, collections and reopenings that do not fit are refused whole") {
  SmallDisk disk;
  const Action action = GENERATE(Action::upsert, Action::create, Action::drop, Action::reopen);
  for (std::uint64_t room = 0; room < 8'192; room += step_of(512)) {
    INFO("room for " << room << " bytes");
    // Reserved room in the log would hide that the disk is full.
    disk.run({.action = Action::reopen});
    Operation operation = write_of(static_cast<int>(room / 64));
    operation.action = action;
    if (action == Action::create) operation.collection = "new";
    if (action == Action::drop) operation.collection = "beside";
    disk.leave(room);
    const Status done = disk.try_to(operation);
    expect_ok_or_full(done);
    disk.expect_kept();
    disk.empty_bin();
    if (done && action == Action::create) disk.run({.action = Action::drop, .collection = "new"});
    if (done && action == Action::drop) disk.run({.action = Action::create, .collection = "beside"});
    disk.run(write_of(5));
  }
  disk.expect_kept();
}
