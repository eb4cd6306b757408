#include "support/sparse_bytes.hpp"

#include <algorithm>

namespace scaup::test {
namespace {

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

SparseBytes::SparseBytes(const SparseBytes& other) noexcept
    : table_(other.table_), is_shared_(true), size_(other.size_) {
  other.is_shared_ = true;
}

SparseBytes& SparseBytes::operator=(const SparseBytes& other) noexcept {
  if (this == &other) return *this;
  other.is_shared_ = true;
  table_ = other.table_;
  is_shared_ = true;
  size_ = other.size_;
  return *this;
}

std::size_t SparseBytes::read(std::uint64_t offset, std::span<std::byte> out) const {
  if (offset >= size_) return 0;
  const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
  for (std::size_t done = 0; done < length;) {
    const std::size_t start = (offset + done) % kPageSize;
    const std::size_t count = std::min(kPageSize - start, length - done);
    const auto page = table_->find((offset + done) / kPageSize);
    const auto target = out.subspan(done, count);
    if (page == table_->end()) std::ranges::fill(target, std::byte{0});
    if (page != table_->end()) std::ranges::copy(std::span(*page->second).subspan(start, count), target.begin());
    done += count;
  }
  return length;
}

void SparseBytes::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  Table& table = own_table();
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t start = (offset + done) % kPageSize;
    const std::size_t count = std::min(kPageSize - start, bytes.size() - done);
    write_page(table, (offset + done) / kPageSize, start, bytes.subspan(done, count));
    done += count;
  }
  size_ = std::max(size_, offset + bytes.size());
}

void SparseBytes::resize(std::uint64_t size) {
  if (size < size_) {
    Table& table = own_table();
    const std::size_t tail = size % kPageSize;
    table.erase(table.lower_bound(size / kPageSize + (tail == 0 ? 0 : 1)), table.end());
    if (const auto last = table.find(size / kPageSize); last != table.end()) {
      const auto page = std::make_shared<Page>(*last->second);
      std::ranges::fill(std::span(*page).subspan(tail), std::byte{0});
      last->second = page;
    }
  }
  size_ = size;
}

void SparseBytes::adopt_pages(const SparseBytes& from, std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return;
  Table& table = own_table();
  const std::uint64_t first = offset / kPageSize;
  const std::uint64_t last = (offset + size - 1) / kPageSize;
  table.erase(table.lower_bound(first), table.upper_bound(last));
  table.insert(from.table_->lower_bound(first), from.table_->upper_bound(last));
}

SparseBytes::Table& SparseBytes::own_table() {
  if (is_shared_) table_ = std::make_shared<Table>(*table_);
  is_shared_ = false;
  return *table_;
}

// Pages are never changed once they are in a table: other tables may hold them too.
void SparseBytes::write_page(Table& table, std::uint64_t number, std::size_t start, std::span<const std::byte> bytes) {
  const auto old = table.find(number);
  if (old == table.end() && all_zero(bytes)) return;
  const auto page = old == table.end() ? std::make_shared<Page>() : std::make_shared<Page>(*old->second);
  std::ranges::copy(bytes, page->begin() + static_cast<std::ptrdiff_t>(start));
  table.insert_or_assign(number, page);
}

}  // namespace scaup::test
