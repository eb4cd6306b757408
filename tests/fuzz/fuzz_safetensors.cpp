// Fuzz target: any bytes as model.safetensors, and what comes out of them as a table.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "embed/safetensors.hpp"
#include "embed/static_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace scaup;
  const auto tensors = parse_safetensors(std::as_bytes(std::span(data, size)));
  if (!tensors) return 0;
  const auto table = StaticTable::from_tensors(*tensors, nullptr);
  if (!table || table->tokens() == 0) return 0;
  const std::vector<std::uint32_t> tokens = {0, static_cast<std::uint32_t>(table->tokens() - 1)};
  std::vector<float> sum(table->dimension());
  table->sum(tokens, sum);
  return 0;
}
