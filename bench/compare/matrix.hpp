#pragma once
// Rows of floats and their files, as the shared data has them: .fbin, .i8bin and .ibin are uint32 rows, uint32
// columns, then the values, little-endian without padding.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace scaup::bench {

template <typename T>
struct Table {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<T> values = {};

  Table() = default;
  Table(std::size_t n, std::size_t d) : rows(n), columns(d), values(n * d) {}
  [[nodiscard]] std::span<T> row(std::size_t i) { return {values.data() + i * columns, columns}; }
  [[nodiscard]] std::span<const T> row(std::size_t i) const { return {values.data() + i * columns, columns}; }
};

using Matrix = Table<float>;

template <typename T>
[[nodiscard]] Table<T> read_table(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint32_t shape[2] = {0, 0};
  file.read(reinterpret_cast<char*>(shape), sizeof(shape));
  if (!file) throw std::runtime_error(path + ": cannot be read");
  Table<T> table(shape[0], shape[1]);
  file.read(reinterpret_cast<char*>(table.values.data()),
            static_cast<std::streamsize>(table.values.size() * sizeof(T)));
  if (!file) throw std::runtime_error(path + ": shorter than its header says");
  return table;
}

template <typename T>
void write_table(const std::string& path, const Table<T>& table) {
  std::ofstream file(path, std::ios::binary);
  const std::uint32_t shape[2] = {static_cast<std::uint32_t>(table.rows), static_cast<std::uint32_t>(table.columns)};
  file.write(reinterpret_cast<const char*>(shape), sizeof(shape));
  file.write(reinterpret_cast<const char*>(table.values.data()),
             static_cast<std::streamsize>(table.values.size() * sizeof(T)));
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

/// Scales the vector to length 1; every vector here is far from zero.
inline void normalise(std::span<float> vector) {
  double squares = 0;
  for (const float x : vector) squares += static_cast<double>(x) * static_cast<double>(x);
  const double scale = 1 / std::sqrt(squares);
  for (float& x : vector) x = static_cast<float>(static_cast<double>(x) * scale);
}

}  // namespace scaup::bench
