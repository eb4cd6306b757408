#pragma once
// What stands on the command line.

#include <cstddef>
#include <optional>
#include <scaup/scaup.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// The command line is wrong: exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Arguments {
  std::string command = {};
  std::vector<std::string> operands = {};     // FOLDER and what follows it
  std::vector<std::string> options = {};      // the names of those that were given
  std::vector<std::string> collections = {};  // --collection
  std::string passphrase_env = {};
  std::string existing = "fail";
  std::string filter = {};
  std::size_t k = 5;

  [[nodiscard]] bool has(std::string_view option) const;
  /// The key of --passphrase-env, where that was given.
  [[nodiscard]] std::optional<scaup::EncryptionKey> key() const;
};

/// Reads options wherever they stand; after "--" all is operands. Throws UsageError.
Arguments parse_arguments(int argc, char** argv);
