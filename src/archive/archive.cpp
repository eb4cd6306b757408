// What include/scaup/archive.hpp declares: the streams' defaults, and keys.

#include "scaup/archive.hpp"

#include <string>
#include <utility>

#include "archive/encryption.hpp"
#include "base/boundary.hpp"

namespace scaup::inline v0 {

ByteSink::~ByteSink() = default;

Status ByteSink::finish() {
  return {};
}

ByteSource::~ByteSource() = default;

Result<EncryptionKey> EncryptionKey::from_passphrase(Secret passphrase) {
  return guarded([&]() -> Result<EncryptionKey> {
    if (passphrase.empty()) return Error(ErrorCode::invalid_argument, "encryption key: the passphrase is empty");
    return EncryptionKey(Kind::passphrase, std::move(passphrase));
  });
}

Result<EncryptionKey> EncryptionKey::from_raw(Secret key) {
  return guarded([&]() -> Result<EncryptionKey> {
    if (key.size() != kCipherKeyBytes) {
      return Error(ErrorCode::invalid_argument, "encryption key: " + std::to_string(key.size()) +
                                                    " bytes; a raw key has 32. Use from_passphrase for other secrets");
    }
    return EncryptionKey(Kind::raw, std::move(key));
  });
}

}  // namespace scaup::inline v0
