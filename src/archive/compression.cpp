// The sole includer of zstd.

#include "archive/compression.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/boundary.hpp"
#include "base/scratch_bytes.hpp"

namespace scaup::inline v0 {
namespace {

constexpr int kMinLevel = 1;
constexpr int kMaxLevel = 19;
constexpr int kMaxWindowLog = 23;                              // 8 MiB, what level 19 uses
constexpr std::uint64_t kFreeBytes = std::uint64_t{64} << 20;  // may come out of however few

Error zstd_error(ErrorCode otherwise, std::string_view what, std::size_t code) {
  if (ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation) return out_of_memory_error();
  return {otherwise, std::string(what) + ": " + ZSTD_getErrorName(code)};
}

class CompressingSink final : public ByteSink {
 public:
  explicit CompressingSink(ByteSink& next) : next_(next), out_(ZSTD_CStreamOutSize()) {}

  Status begin(int level) {
    if (!context_) return out_of_memory_error();
    for (const auto& [parameter, value] : {std::pair(ZSTD_c_compressionLevel, level), {ZSTD_c_checksumFlag, 1}}) {
      const std::size_t set = ZSTD_CCtx_setParameter(context_.get(), parameter, value);
      if (ZSTD_isError(set) != 0) return Error(ErrorCode::internal, "compression: a parameter was refused");
    }
    return {};
  }

  Status write(std::span<const std::byte> bytes) override {
    ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
    while (in.pos < in.size) {
      const Result<std::size_t> left = step(in, ZSTD_e_continue);
      if (!left) return left.error();
    }
    return {};
  }

  Status finish() override {
    ZSTD_inBuffer in = {nullptr, 0, 0};
    for (;;) {
      const Result<std::size_t> left = step(in, ZSTD_e_end);
      if (!left) return left.error();
      if (*left == 0) return next_.finish();
    }
  }

 private:
  // One call of zstd, and what it gave passed on; returns how much it still holds back.
  Result<std::size_t> step(ZSTD_inBuffer& in, ZSTD_EndDirective mode) {
    ZSTD_outBuffer out = {out_.span().data(), out_.size(), 0};
    const std::size_t left = ZSTD_compressStream2(context_.get(), &out, &in, mode);
    if (ZSTD_isError(left) != 0) return zstd_error(ErrorCode::internal, "compression", left);
    if (out.pos == 0) return left;
    if (Status status = next_.write(out_.span().first(out.pos)); !status) return status.error();
    return left;
  }

  ByteSink& next_;
  ScratchBytes out_;
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_{ZSTD_createCCtx(), &ZSTD_freeCCtx};
};

class DecompressingSource final : public ByteSource {
 public:
  DecompressingSource(ByteSource& next, const DecompressionLimits& limits)
      : next_(next), limits_(limits), buffer_(ZSTD_DStreamInSize()) {}

  Status begin() {
    if (!context_) return out_of_memory_error();
    const std::size_t set = ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
    if (ZSTD_isError(set) != 0) return Error(ErrorCode::internal, "decompression: a parameter was refused");
    return {};
  }

  Result<std::size_t> read(std::span<std::byte> bytes) override {
    while (!frame_ended_) {
      if (Status status = refill(); !status) return status.error();
      ZSTD_outBuffer out = {bytes.data(), bytes.size(), 0};
      const std::size_t hint = ZSTD_decompressStream(context_.get(), &out, &in_);
      if (ZSTD_isError(hint) != 0) return zstd_error(ErrorCode::corruption, "decompression", hint);
      frame_ended_ = hint == 0;
      bytes_out_ += out.pos;
      if (Status status = check_limits(); !status) return status.error();
      if (out.pos > 0) return out.pos;
      if (source_ended_ && !frame_ended_) {
        return Error(ErrorCode::corruption, "decompression: incomplete, the stream ends inside its frame");
      }
    }
    return check_end();
  }

 private:
  // Reads more when zstd took all there was. zstd may still hold output back then, so the end is no error here.
  Status refill() {
    if (in_.pos < in_.size || source_ended_) return {};
    const Result<std::size_t> got = next_.read(buffer_.span());
    if (!got) return got.error();
    in_ = {buffer_.span().data(), *got, 0};
    bytes_in_ += in_.size;
    source_ended_ = in_.size == 0;
    return {};
  }

  Status check_limits() const {
    if (bytes_out_ > limits_.max_bytes) {
      return Error(ErrorCode::invalid_argument, "decompression: more than the limit of " +
                                                    std::to_string(limits_.max_bytes) + " bytes; raise max_bytes");
    }
    if (bytes_out_ <= kFreeBytes ||
        (bytes_out_ - kFreeBytes) / std::max<std::uint64_t>(bytes_in_, 1) < limits_.max_expansion)
      return {};
    return Error(ErrorCode::invalid_argument,
                 "decompression: " + std::to_string(bytes_in_) + " bytes expand to more than " +
                     std::to_string(limits_.max_expansion) + " times as many; raise max_expansion if that is meant");
  }

  Result<std::size_t> check_end() {
    if (Status status = refill(); !status) return status.error();
    if (source_ended_) return 0;
    return Error(ErrorCode::corruption, "decompression: bytes follow behind the frame");
  }

  ByteSource& next_;
  DecompressionLimits limits_;
  ScratchBytes buffer_;
  ZSTD_inBuffer in_ = {nullptr, 0, 0};
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  bool source_ended_ = false;
  bool frame_ended_ = false;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context_{ZSTD_createDCtx(), &ZSTD_freeDCtx};
};

}  // namespace

Result<std::unique_ptr<ByteSink>> make_compressing_sink(ByteSink& next, int level) {
  if (level < kMinLevel || level > kMaxLevel) {
    return Error(ErrorCode::invalid_argument, "compression_level is " + std::to_string(level) + ", outside 1 to 19");
  }
  auto sink = std::make_unique<CompressingSink>(next);
  if (Status status = sink->begin(level); !status) return status.error();
  return Result<std::unique_ptr<ByteSink>>(std::move(sink));
}

Result<std::unique_ptr<ByteSource>> make_decompressing_source(ByteSource& next, const DecompressionLimits& limits) {
  auto source = std::make_unique<DecompressingSource>(next, limits);
  if (Status status = source->begin(); !status) return status.error();
  return Result<std::unique_ptr<ByteSource>>(std::move(source));
}

}  // namespace scaup::inline v0
