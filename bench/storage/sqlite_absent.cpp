// For a build without SQLite.

#include "sqlite_peer.hpp"

namespace scaup::bench {

std::unique_ptr<SqlitePeer> SqlitePeer::open(const std::filesystem::path& /*path*/) {
  return nullptr;
}

}  // namespace scaup::bench
