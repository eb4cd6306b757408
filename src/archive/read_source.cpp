#include "archive/read_source.hpp"

#include <string>

namespace scaup::inline v0 {

Result<std::size_t> read_some(ByteSource& source, std::span<std::byte> out) {
  const Result<std::size_t> got = source.read(out);
  if (!got || *got <= out.size()) return got;
  return Error(ErrorCode::internal, "the source claims " + std::to_string(*got) + " bytes where " +
                                        std::to_string(out.size()) + " were asked for");
}

Result<std::size_t> read_fully(ByteSource& source, std::span<std::byte> out) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const Result<std::size_t> got = read_some(source, out.subspan(filled));
    if (!got) return got.error();
    if (*got == 0) break;
    filled += *got;
  }
  return filled;
}

}  // namespace scaup::inline v0
