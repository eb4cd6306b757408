// Filter::parse on any bytes: what it accepts is valid, is written and read back, and can be evaluated.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "filter/evaluator.hpp"
#include "fuzz.hpp"
#include "scaup/filter.hpp"

using scaup::fuzz::require;

namespace {

const scaup::Metadata kRow = {
    {"a", 1},
    {"b", 0.5},
    {"k", "storm"},
    {"year", 2020},
    {"draft", false},
    {"tags", scaup::Value::StringList{"sea", "wind"}},
    {"pages", scaup::Value::IntegerList{1, 2}},
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const auto filter = scaup::Filter::parse(json);
  if (!filter) {
    require(filter.error().message().starts_with("filter"));
    return 0;
  }
  require(filter->validate().has_value());
  const auto again = scaup::Filter::parse(filter->to_json());
  require(again.has_value() && *again == *filter);
  const auto positive = scaup::FilterEvaluator::prepare(*filter);
  require(positive.has_value());
  const bool holds = positive->matches("A storm at sea, 1987.", kRow);
  const auto negative = scaup::FilterEvaluator::prepare(!*filter);  // fails for the empty filter and 64 levels
  if (negative) require(negative->matches("A storm at sea, 1987.", kRow) != holds);
  return 0;
}
