#pragma once
// The one error channel: a function that can fail returns Result<T> or Status.
//
// No function of scaup throws, prints or aborts. Who prefers exceptions calls `.value()`, which throws
// scaup::Exception; in a program built without exceptions a wrong `.value()` ends in std::terminate,
// so such programs ask `has_value()` first. This header holds no `throw` and no macro: its functions
// are the same in every translation unit.

#include <chrono>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "scaup/config.hpp"

namespace scaup::inline v0 {

/// Why a call failed. There is one code for each thing a caller would do next; docs/errors.md lists
/// cause and remedy of each.
enum class ErrorCode : std::uint8_t {
  invalid_argument = 1,    ///< Fix the call: the message names the argument and the accepted range.
  dimension_mismatch = 2,  ///< The vector has another number of components than the collection.
  embedder_mismatch = 3,   ///< The vectors here were made by another embedder; use it, or `reembed`.
  not_found = 4,           ///< No such document, collection or file.
  already_exists = 5,      ///< The id or name is taken; `upsert` or `get_or_create` if that is fine.
  corruption = 6,          ///< Stored bytes are damaged: restore or repair.
  unsupported_format = 7,  ///< Valid, but not for this version: upgrade the library, or convert.
  io = 8,                  ///< The operating system refused; `detail()` is errno.
  locked = 9,              ///< Another process or handle has it.
  out_of_memory = 10,      ///< An allocation failed; nothing was changed.
  unavailable = 11,        ///< Passing trouble, time-outs included: try again.
  rate_limited = 12,       ///< Try again after `retry_after()`.
  unauthorized = 13,       ///< Fix the key.
  bad_reply = 14,          ///< The other side answered nonsense: check its address and the model.
  cancelled = 15,          ///< You asked for it through the stop token.
  internal = 16,           ///< A bug, in scaup or in a callback; please report it.
  read_only = 17,          ///< Opened for reading, or a failed sync made it so: open it (again) for writing.
  quota_exhausted = 18,    ///< The account has no credit left: add some; waiting does not help.
};

/// The name of a code as it is spelled above, for example "not_found". Never empty.
[[nodiscard]] SCAUP_API std::string_view to_string(ErrorCode code) noexcept;

/// A failed call: what to do (`code`), and a sentence that says where, what and which number.
/// The message never holds keys, request headers or the text of documents.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
class Error {
 public:
  Error(ErrorCode code, std::string message, int detail = 0)
      : message_(std::move(message)), detail_(detail), code_(code) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& message() const noexcept { return message_; }
  /// errno or the HTTP status behind the error; 0 where there is none.
  [[nodiscard]] int detail() const noexcept { return detail_; }
  /// How long the other side asked to wait; set only with `rate_limited` and `unavailable`.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept { return retry_after_; }
  void set_retry_after(std::chrono::milliseconds wait) noexcept { retry_after_ = wait; }
  /// Whether the same call may succeed later. Default: for `unavailable` and `rate_limited`, and nothing else.
  [[nodiscard]] bool is_transient() const noexcept {
    return transient_.value_or(code_ == ErrorCode::unavailable || code_ == ErrorCode::rate_limited);
  }
  /// For where the other side says itself whether to try again (`x-should-retry`).
  void set_transient(bool transient) noexcept { transient_ = transient; }
  /// Puts `place` before the message, as in "add: document 3: ...", while an error travels outward.
  void add_context(std::string_view place) { message_.insert(0, std::string(place) + ": "); }

 private:
  std::string message_;
  std::optional<std::chrono::milliseconds> retry_after_;
  int detail_;
  ErrorCode code_;
  std::optional<bool> transient_;
};

/// What `.value()` throws for a result that holds an error; nothing else in scaup throws.
class SCAUP_API Exception : public std::exception {
 public:
  explicit Exception(Error error);
  ~Exception() override;
  [[nodiscard]] const char* what() const noexcept override;  ///< "not_found: collection \"notes\" ..."
  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  Error error_;
  std::string what_;
};

namespace detail {
/// Throws Exception(error); defined in the library, so that this header needs no exceptions.
[[noreturn]] SCAUP_API void throw_error(const Error& error);
}  // namespace detail

/// Either a `T` or an `Error`. Must be looked at: ask `has_value()`, or call `value()`.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)
  /// From anything that converts to T, for example a pointer to a derived class.
  template <typename U>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error> && !std::is_same_v<std::remove_cvref_t<U>, Result>)
      // NOLINTNEXTLINE(google-explicit-constructor, bugprone-forwarding-reference-overload): never for a Result itself
      Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; only if `has_value()`.
  [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&state_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// The error; only if not `has_value()`.
  [[nodiscard]] const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

  /// The value, or throws Exception. On a temporary it returns by value, so that
  /// `for (const auto& match : notes.query("...").value())` is safe.
  [[nodiscard]] const T& value() const& {
    if (!has_value()) detail::throw_error(error());
    return **this;
  }
  T value() && {
    if (!has_value()) detail::throw_error(error());
    return std::move(**this);
  }
  [[nodiscard]] T value_or(T fallback) && { return has_value() ? std::move(**this) : std::move(fallback); }

  /// Calls `next(value)`, which returns a Result, or passes the error on.
  template <typename F>
  [[nodiscard]] auto and_then(F&& next) && -> std::invoke_result_t<F, T&&> {
    if (!has_value()) return std::move(*this).error();
    return std::forward<F>(next)(std::move(**this));
  }
  /// Calls `change(value)`, which returns a plain value, or passes the error on.
  template <typename F>
  [[nodiscard]] auto transform(F&& change) && -> Result<std::remove_cvref_t<std::invoke_result_t<F, T&&>>> {
    if (!has_value()) return std::move(*this).error();
    return std::forward<F>(change)(std::move(**this));
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an `Error`: the result of a call that has nothing to return.
/// Thread-compatible: const members concurrently; a non-const member needs exclusive access.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const Error& error() const& noexcept { return *error_; }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*error_); }
  void value() const {
    if (!has_value()) detail::throw_error(*error_);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace scaup::inline v0
