// Filter::to_json: the canonical form, in which every node is written as what it is.

#include <cmath>

#include "filter/filter_check.hpp"
#include "filter/operators.hpp"
#include "json/json_writer.hpp"

namespace scaup::inline v0 {
namespace {

// Writes any tree, also one that does not validate: what JSON cannot say becomes null or a list where a
// scalar belongs, which `parse` refuses.
class FilterWriter {
 public:
  // No recursion, because an invalid tree has any depth. Stops soon after the limit of size: such a filter
  // is not valid, and a tree with shared parts may have more paths than memory has bytes.
  std::string write(const Filter& filter) {
    enter(filter);
    while (!open_.empty() && out_.size() <= kMaxFilterBytes) step();
    return std::move(out_);
  }

 private:
  struct Frame {
    const Filter* filter;
    std::size_t next = 0;  // the child to write next
  };

  // Goes on with the innermost node that is not finished.
  void step() {
    Frame& frame = open_.back();
    const auto children = frame.filter->children();
    if (frame.next == children.size()) {
      out_ += is_junction(*frame.filter) ? "]}" : "}";
      open_.pop_back();
      return;
    }
    if (frame.next > 0) out_ += ',';
    enter(children[frame.next++]);
  }

  // Writes a condition whole, and the beginning of a node with children.
  void enter(const Filter& filter) {
    switch (operator_group(filter.operation())) {
      case OperatorGroup::field: return field_condition(filter);
      case OperatorGroup::text: return text_condition(filter);
      case OperatorGroup::none: out_ += filter.empty() ? "{}" : "null"; return;
      case OperatorGroup::junction:
      case OperatorGroup::negation: break;
    }
    open_.push_back({&filter});
    name(filter);
    if (is_junction(filter)) out_ += '[';
  }

  static bool is_junction(const Filter& filter) {
    return operator_group(filter.operation()) == OperatorGroup::junction;
  }

  void name(const Filter& filter) {
    out_ += '{';
    append_json_string(out_, operator_name(filter.operation()));
    out_ += ':';
  }

  void field_condition(const Filter& filter) {
    out_ += '{';
    append_json_string(out_, filter.key());
    out_ += ':';
    name(filter);
    operands(filter);
    out_ += "}}";
  }

  void text_condition(const Filter& filter) {
    name(filter);
    operands(filter);
    out_ += '}';
  }

  // A number of operands that does not suit the operator becomes a list, for the reader to refuse.
  void operands(const Filter& filter) {
    const FilterOperator operation = filter.operation();
    if (operation == FilterOperator::exists && filter.values().empty()) {
      out_ += "true";
      return;
    }
    const bool wants_list = operation == FilterOperator::in || operation == FilterOperator::not_in;
    if (!wants_list && filter.values().size() == 1) return value(filter.values()[0]);
    list(filter.values());
  }

  void value(const Value& value) {
    std::visit([&](const auto& held) { put(held); }, value.storage());
  }

  void put(const std::string& text) { append_json_string(out_, text); }
  void put(std::int64_t number) { append_json(out_, number); }
  void put(bool truth) { append_json(out_, truth); }
  void put(double number) {  // nan and infinity have no form in JSON
    if (std::isfinite(number)) return append_json(out_, number);
    out_ += "null";
  }
  void put(const Value& held) { value(held); }

  template <typename Element>
  void put(const std::vector<Element>& elements) {
    list(elements);
  }

  template <typename Range>
  void list(const Range& elements) {
    out_ += '[';
    bool first = true;
    for (const auto& element : elements) {
      if (!first) out_ += ',';
      first = false;
      put(element);
    }
    out_ += ']';
  }

  std::string out_;
  std::vector<Frame> open_;
};

}  // namespace

std::string Filter::to_json() const {
  return FilterWriter().write(*this);
}

}  // namespace scaup::inline v0
