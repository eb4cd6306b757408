#pragma once
// What the fuzz targets share: a condition that must hold, whatever the bytes.

#include <cstdlib>

namespace scaup::fuzz {

/// Stops the run, with the input kept by the fuzzer, unless `holds`.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace scaup::fuzz
