#pragma once
// libcurl behind a wall: exchanges become transfers on one multi handle. curl.cpp alone includes libcurl's header.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "net/exchange.hpp"
#include "scaup/result.hpp"

namespace scaup::inline v0 {

struct CurlSettings {
  std::filesystem::path ca_file = {};  ///< empty: the system's certificates
  std::string proxy = {};              ///< empty: none
  std::string user_agent = {};
  std::size_t max_connections = 16;  ///< that are kept for later
};

/// One transfer that runs. Ends, whatever its state, when it is destroyed: on the thread of its CurlMulti and before
/// that goes, as it touches both it and the exchange.
class CurlTransfer {
 public:
  struct Parts;

  explicit CurlTransfer(std::unique_ptr<Parts> parts) noexcept;
  CurlTransfer(CurlTransfer&& other) noexcept;
  CurlTransfer& operator=(CurlTransfer&& other) noexcept;
  ~CurlTransfer();

  /// Goes on after a pause.
  void resume() noexcept;

 private:
  std::unique_ptr<Parts> parts_;
};

/// A transfer that ended by itself.
struct CurlEnd {
  const Exchange* exchange = nullptr;
  std::optional<Error> error = {};
};

/// The multi handle: all transfers, and the connections that they share.
/// Single-threaded, except for `wake`, which any thread may call.
class CurlMulti {
 public:
  /// Errors: `internal` if libcurl cannot be initialised.
  [[nodiscard]] static Result<std::unique_ptr<CurlMulti>> make(CurlSettings settings);
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;
  ~CurlMulti();

  /// Begins the transfer; the exchange must outlive it.
  [[nodiscard]] Result<CurlTransfer> start(Exchange& exchange);
  /// Moves all transfers as far as they go without waiting.
  void run() noexcept;
  /// A transfer that ended during `run`, each once.
  [[nodiscard]] std::optional<CurlEnd> next_end();
  /// Waits until there is something to do, at most `time`.
  void wait(std::chrono::milliseconds time) noexcept;
  /// Ends the present wait, or else the next one.
  void wake() noexcept;

 private:
  struct Handle;
  explicit CurlMulti(std::unique_ptr<Handle> handle) noexcept;

  std::unique_ptr<Handle> handle_;
};

}  // namespace scaup::inline v0
