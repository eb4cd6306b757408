// Paths in filters, as text.

#include "filter/place.hpp"

#include <utility>
#include <vector>

#include "base/in_quotes.hpp"

namespace scaup::inline v0 {
namespace {

// A key as it stands; in quotes if it is long, or has bytes that would blur the path.
std::string step_name(std::string_view name) {
  std::string shown = in_quotes(name);
  const bool plain =
      !name.empty() && shown.size() == name.size() + 2 && name.find_first_of(".[]: ") == std::string_view::npos;
  return plain ? std::string(name) : shown;
}

}  // namespace

std::string describe(const FilterPlace& place) {
  std::vector<const FilterPlace*> steps;
  for (const FilterPlace* step = &place; step->outer != nullptr; step = step->outer) steps.push_back(step);
  if (steps.empty()) return "filter";
  std::string path = "filter: at ";
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (step != steps.rbegin()) path += '.';
    path += step_name((*step)->name);
    if ((*step)->index) path += '[' + std::to_string(*(*step)->index) + ']';
  }
  return path;
}

Error filter_error(const FilterPlace& place, std::string_view what) {
  return {ErrorCode::invalid_argument, describe(place) + ": " + std::string(what)};
}

Error filter_error(const FilterPlace& place, Error error) {
  error.add_context(describe(place));
  return error;
}

}  // namespace scaup::inline v0
