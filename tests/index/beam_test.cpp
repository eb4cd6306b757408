// The beam against a sorted list.

#include "index/beam.hpp"

#include <algorithm>
#include <limits>
#include <random>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace scaup {
namespace {

using Row = std::pair<float, Slot>;

std::vector<Row> random_rows(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> distance(-40, 40);  // few values, so that many are equal
  std::vector<Row> rows;
  for (Slot slot = 0; slot < count; ++slot) rows.emplace_back(static_cast<float>(distance(random)) / 8.0F, slot);
  std::ranges::shuffle(rows, random);
  return rows;
}

std::vector<Row> held(const Beam& beam) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < beam.size(); ++i) rows.emplace_back(beam.distance(i), beam.slot(i));
  return rows;
}

TEST_CASE("beam: it holds the nearest rows in order, whatever the order of offers") {
  for (const std::size_t width : {1U, 2U, 7U, 64U, 500U}) {
    std::vector<Row> rows = random_rows(300, width);
    Beam beam;
    beam.reset(width);
    for (const auto& [distance, slot] : rows) beam.offer(distance, slot);
    std::ranges::sort(rows);
    rows.resize(std::min(width, rows.size()));
    REQUIRE(held(beam) == rows);
  }
}

TEST_CASE("beam: entries order as distances do, negative ones included") {
  const float distances[] = {
      -std::numeric_limits<float>::max(),    -1.0F, -1e-30F, 0.0F, 1e-30F, 1.0F, std::numeric_limits<float>::max(),
      std::numeric_limits<float>::infinity()};
  for (std::size_t i = 0; i + 1 < std::size(distances); ++i) {
    CHECK(Beam::pack(distances[i], 5) < Beam::pack(distances[i + 1], 0));
  }
  CHECK(Beam::slot_of(Beam::pack(-1.0F, 123)) == 123);
}

TEST_CASE("beam: rows are taken nearest first, each once, also where nearer ones come later") {
  Beam beam;
  beam.reset(8);
  beam.offer(3.0F, 3);
  beam.offer(2.0F, 2);
  CHECK(beam.take_next() == Slot{2});
  beam.offer(1.0F, 1);
  CHECK(beam.take_next() == Slot{1});
  CHECK(beam.take_next() == Slot{3});
  CHECK_FALSE(beam.take_next().has_value());
}

TEST_CASE("beam: beyond its limit no row is added or taken") {
  Beam beam;
  beam.reset(8);
  beam.offer(1.0F, 1);
  beam.offer(3.0F, 3);
  beam.tighten(2.0F);
  CHECK_FALSE(beam.would_add(Beam::pack(2.5F, 9)));
  CHECK(beam.would_add(Beam::pack(1.5F, 9)));
  beam.offer(2.5F, 9);
  CHECK(beam.size() == 2);
  CHECK(beam.take_next() == Slot{1});
  CHECK_FALSE(beam.take_next().has_value());

  SECTION("a limit is never widened") {
    beam.tighten(5.0F);
    CHECK_FALSE(beam.would_add(Beam::pack(2.5F, 9)));
  }
  SECTION("until the beam is reset") {
    beam.reset(8);
    CHECK(beam.would_add(Beam::pack(2.5F, 9)));
  }
}

}  // namespace
}  // namespace scaup
