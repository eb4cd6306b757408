// gzip on zlib's deflate.

#include "support/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace scaup::test {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, and gzip's header instead of zlib's (zlib.h, deflateInit2)

class Compressor {
 public:
  Compressor() {
    if (deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("gzip: deflateInit2 failed");
    }
  }
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  ~Compressor() { deflateEnd(&stream_); }

  void add(std::string_view text, int flush) {
    std::string copy(text);  // zlib's input is not const
    stream_.next_in = reinterpret_cast<Bytef*>(copy.data());
    stream_.avail_in = static_cast<uInt>(copy.size());
    do {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      deflate(&stream_, flush);
      out_.append(reinterpret_cast<const char*>(buffer_.data()), buffer_.size() - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  z_stream stream_ = {};
  std::array<Bytef, 16384> buffer_ = {};
  std::string out_;
};

}  // namespace

std::string gzip(std::string_view text) {
  Compressor compressor;
  compressor.add(text, Z_FINISH);
  return compressor.take();
}

std::string gzip_bomb(std::size_t size) {
  Compressor compressor;
  const std::string zeros(std::size_t{1} << 20, '\0');
  for (std::size_t done = 0; done < size; done += zeros.size()) {
    compressor.add(std::string_view(zeros).substr(0, std::min(zeros.size(), size - done)), Z_NO_FLUSH);
  }
  compressor.add("", Z_FINISH);
  return compressor.take();
}

}  // namespace scaup::test
