#pragma once
// A CA and certificates made for one test, and nginx serving them on loopback.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/temp_folder.hpp"

namespace scaup::test {

/// Why nginx or the openssl command cannot be used here; empty if they can.
[[nodiscard]] std::string why_no_nginx();

/// A certificate authority, in files of the folder. Functions throw std::runtime_error where openssl fails.
class TestAuthority {
 public:
  explicit TestAuthority(const TempFolder& folder);

  [[nodiscard]] std::filesystem::path ca_file() const { return folder_ / "ca.pem"; }
  /// Makes <name>.pem and <name>.key for `subject`, for example "DNS:localhost". With `days` below 0 it has expired.
  void issue(std::string_view name, std::string_view subject, int days) const;
  /// The same, signed by itself.
  void issue_self_signed(std::string_view name, std::string_view subject) const;

 private:
  void run(const std::string& arguments) const;

  const TempFolder& folder_;
};

/// nginx with one TLS port for each certificate of the folder named; answers every request with
/// "<protocol> <number of the connection>". Stopped by its destructor.
class NginxServer {
 public:
  NginxServer(const TempFolder& folder, const std::vector<std::string>& certificates);
  NginxServer(const NginxServer&) = delete;
  NginxServer& operator=(const NginxServer&) = delete;
  ~NginxServer();

  /// "https://localhost:<port>" of the certificate's server, and `path`.
  [[nodiscard]] std::string url(std::string_view certificate, std::string_view path = "/") const;

 private:
  std::vector<std::string> certificates_;
  std::vector<std::uint16_t> ports_;
  pid_t process_ = 0;
};

}  // namespace scaup::test
