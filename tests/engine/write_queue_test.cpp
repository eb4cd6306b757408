#include "engine/write_queue.hpp"

#include <map>
#include <random>
#include <string>
#include <thread>

#include "support/catch.hpp"

using namespace scaup;

namespace {

// Touches the ids it is given, and does nothing.
class Touch final : public Change {
 public:
  explicit Touch(std::vector<std::string> ids) : Change({}), ids_(std::move(ids)) {}
  void for_each_id(const std::function<void(std::string_view)>& visit) const override {
    for (const std::string& id : ids_) visit(id);
  }
  Status prepare(const Lookup& /*lookup*/, const Snapshot& /*current*/, const Snapshot& /*last*/) override {
    return {};
  }
  void commit(IdTable& /*ids*/, const Snapshot& /*current*/) noexcept override {}
  [[nodiscard]] std::span<const Slot> touched() const noexcept override { return {}; }
  void index(FilterIndex& /*filter_index*/, const Snapshot& /*current*/) const override {}

 private:
  std::vector<std::string> ids_;
};

}  // namespace

TEST_CASE("write queue: every change is carried out once, and none beside another that touches the same document") {
  constexpr int kWriters = 4;
  constexpr int kWrites = 3000;
  WriteQueue queue;
  std::atomic<int> leaders = 0;
  std::map<std::string, int> touched;  // by the one leader at a time
  int repeated = 0;
  int overlapping = 0;
  std::size_t largest = 0;
  const auto run = [&](std::span<Change* const> group) {
    if (leaders.fetch_add(1) != 0) ++overlapping;
    std::map<std::string, int> here;
    for (Change* const change : group) {
      change->for_each_id([&](std::string_view id) {
        ++touched[std::string(id)];
        if (++here[std::string(id)] > 1) ++repeated;
      });
    }
    largest = std::max(largest, group.size());
    std::this_thread::yield();
    leaders.fetch_sub(1);
  };
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      std::mt19937 random(static_cast<unsigned>(writer));
      for (int i = 0; i < kWrites; ++i) {
        Touch change({"all" + std::to_string(random() % 8), std::to_string(writer)});
        queue.submit(change, run);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  REQUIRE(repeated == 0);
  REQUIRE(overlapping == 0);
  REQUIRE(largest > 1);
  for (int writer = 0; writer < kWriters; ++writer) REQUIRE(touched[std::to_string(writer)] == kWrites);
}
