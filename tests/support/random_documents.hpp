#pragma once
// Random documents with every type of metadata, for round trips.

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "scaup/document.hpp"
#include "support/random_text.hpp"

namespace scaup::test {

/// Any finite float, by its bits: subnormal ones and zeros of both signs too.
inline float random_float(std::mt19937_64& random) {
  for (;;) {
    const float value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isfinite(value)) return value;
  }
}

inline double random_double(std::mt19937_64& random) {
  if (random() % 4 == 0) return static_cast<double>(random() % 10);  // whole numbers must stay real
  for (;;) {
    const double value = std::bit_cast<double>(random());
    if (std::isfinite(value)) return value;
  }
}

template <typename Make>
auto random_list(std::mt19937_64& random, const Make& make) {
  std::vector<decltype(make())> list(random() % 4);
  for (std::size_t i = 0; i < list.size(); ++i) list[i] = make();
  return list;
}

inline Value random_value(std::mt19937_64& random) {
  const auto text = [&] { return random_text(random, random() % 6); };
  const auto integer = [&] { return static_cast<std::int64_t>(random() >> (random() % 64)); };
  const auto real = [&] { return random_double(random); };
  const auto truth = [&] { return random() % 2 == 0; };
  switch (random() % 8) {
    case 0: return text();
    case 1: return integer();
    case 2: return real();
    case 3: return truth();
    case 4: return random_list(random, text);
    case 5: return random_list(random, integer);
    case 6: return random_list(random, real);
    default: return random_list(random, truth);
  }
}

inline Origin random_origin(std::mt19937_64& random) {
  Origin origin;
  origin.source_id = random_text(random, 1 + random() % 3);
  origin.begin = random() % 1000;
  origin.end = origin.begin + random() % 1000;
  origin.chunk_index = random() % 50;
  origin.first_line = 1 + random() % 20;
  origin.last_line = origin.first_line + random() % 20;
  if (random() % 2 == 0) origin.page = random() % 100;
  for (std::size_t i = random() % 3; i > 0; --i) origin.section.push_back(random_text(random, 3));
  return origin;
}

/// `number` makes the id unique. No embedding where `dimension` is 0, and now and then.
inline Document random_document(std::mt19937_64& random, std::size_t number, std::size_t dimension) {
  Document document;
  document.id = std::to_string(number) + random_text(random, random() % 4);
  document.text = random_text(random, random() % 40);
  for (std::size_t i = random() % 5; i > 0; --i) {
    document.metadata.insert_or_assign("k" + random_text(random, random() % 3), random_value(random));
  }
  if (random() % 2 == 0) document.origin = random_origin(random);
  if (dimension == 0 || random() % 8 == 0) return document;
  document.embedding.emplace(dimension);
  for (float& component : *document.embedding) component = random_float(random);
  return document;
}

}  // namespace scaup::test
