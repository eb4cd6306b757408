// The sole includer of RE2.

#include "filter/regex.hpp"

#include <re2/re2.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/in_quotes.hpp"

namespace scaup::inline v0 {
namespace {

// Without logging, because the library never prints; without captures, which nobody asks for.
RE2::Options options_for(std::size_t memory) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(static_cast<std::int64_t>(memory));
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

// RE2's reason, and the part of the expression that it is about, which RE2 appends in full length.
std::string reason_of(const RE2& re2) {
  const std::string& error = re2.error();
  if (re2.error_arg().empty()) return error;
  return error.substr(0, error.find(": ")) + ", at " + in_quotes(re2.error_arg());
}

}  // namespace

struct Regex::Compiled {
  Compiled(std::string_view expression, std::size_t memory) : re2(piece(expression), options_for(memory)) {}
  RE2 re2;
};

Regex::Regex(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view expression, std::size_t memory) {
  auto compiled = std::make_unique<const Compiled>(expression, memory);
  if (compiled->re2.ok()) return Regex(std::move(compiled));
  return Error(ErrorCode::invalid_argument,
               "bad regular expression " + in_quotes(expression) + ": " + reason_of(compiled->re2));
}

bool Regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(piece(text), compiled_->re2);
}

}  // namespace scaup::inline v0
