#include "engine/retired.hpp"

#include <optional>

#include "support/catch.hpp"

using namespace scaup;

namespace {

Record::Pointer make_record(Sequence written) {
  return Record::make("id", "text", {{"k", 1}}, nullptr, written, nullptr);
}

}  // namespace

TEST_CASE("record: keeps id, text, metadata and origin, and finds the version of a snapshot") {
  const Origin origin{.source_id = "s", .begin = 1, .end = 3};
  const auto first = Record::make("id", "text", {}, &origin, 5, nullptr);
  const auto second = Record::make("id", "text", {{"k", 1}}, nullptr, 8, first.get());
  REQUIRE(first->id() == "id");
  REQUIRE(first->text() == "text");
  REQUIRE(*first->origin() == origin);
  REQUIRE(first->metadata().empty());
  REQUIRE(Record::version(second.get(), 8) == second.get());
  REQUIRE(Record::version(second.get(), 7) == first.get());
  REQUIRE(Record::version(second.get(), 5) == first.get());
  REQUIRE(Record::version(second.get(), 4) == nullptr);
}

TEST_CASE("retired records: a long chain behind an old snapshot is freed without recursion") {
  std::optional<RetiredBatch> oldest(std::in_place);
  std::optional<RetiredBatch> newest(*oldest);
  for (Sequence i = 0; i < 1000000; ++i) {
    RetiredBatch next;
    std::vector<Record::Pointer> records;
    if (i % 100 == 0) records.push_back(make_record(i));
    newest->close(std::move(records), next);
    newest.emplace(next);
  }
  oldest.reset();  // the address sanitizer sees a leak or a second free
  SUCCEED();
}
