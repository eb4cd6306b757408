#pragma once
// The operations that store_writer.cpp carries out, known to the test that runs it.

#include "durability/store_model.hpp"

namespace scaup::test {

[[nodiscard]] inline std::vector<Operation> writer_trace() {
  return make_trace(11, 60);
}

}  // namespace scaup::test
