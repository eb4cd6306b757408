// Names of error codes, scaup::Exception, and the one place that throws on behalf of Result::value().

#include "scaup/result.hpp"

namespace scaup::inline v0 {

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::dimension_mismatch: return "dimension_mismatch";
    case ErrorCode::embedder_mismatch: return "embedder_mismatch";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::corruption: return "corruption";
    case ErrorCode::unsupported_format: return "unsupported_format";
    case ErrorCode::io: return "io";
    case ErrorCode::locked: return "locked";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::rate_limited: return "rate_limited";
    case ErrorCode::unauthorized: return "unauthorized";
    case ErrorCode::bad_reply: return "bad_reply";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::internal: return "internal";
    case ErrorCode::read_only: return "read_only";
    case ErrorCode::quota_exhausted: return "quota_exhausted";
  }
  return "internal";
}

Exception::Exception(Error error)
    : error_(std::move(error)), what_(std::string(to_string(error_.code())) + ": " + error_.message()) {}

Exception::~Exception() = default;

const char* Exception::what() const noexcept {
  return what_.c_str();
}

void detail::throw_error(const Error& error) {
  throw Exception(error);
}

}  // namespace scaup::inline v0
