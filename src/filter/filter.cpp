// The tree of a filter: immutable nodes, shared by all filters that have them as a part.

#include "scaup/filter.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "filter/filter_check.hpp"
#include "filter/operators.hpp"

namespace scaup::inline v0 {

// Invariants: immutable once a Filter holds it, but for `next_doomed`, which belongs to `destroy`; no
// cycle, since a node is made after its children.
struct Filter::Node {
  FilterOperator operation = FilterOperator::everything;
  std::string key;
  std::vector<Value> values;
  std::vector<Filter> children;
  std::size_t conditions = 1;  // in this tree, at most kMaxFilterConditions + 1
  mutable const Node* next_doomed = nullptr;

  static std::size_t count_conditions(const std::vector<Filter>& children);
  static Filter join(FilterOperator operation, const Filter& a, const Filter& b);
  static void destroy(const Node* node) noexcept;
};

// Saturates, so that a tree of 2^60 paths counts in 60 steps.
std::size_t Filter::Node::count_conditions(const std::vector<Filter>& children) {
  std::size_t conditions = children.empty() ? 1 : 0;
  for (const Filter& child : children) {
    conditions += child.node_ ? child.node_->conditions : 1;
    if (conditions > kMaxFilterConditions) return kMaxFilterConditions + 1;
  }
  return conditions;
}

// A tree may be a million levels deep, so a node must not destroy its children by recursion: a node
// whose last owner goes while another is being destroyed waits in a list, threaded through the nodes
// themselves because a destructor must not allocate.
void Filter::Node::destroy(const Node* node) noexcept {
  thread_local const Node* doomed = nullptr;
  thread_local bool draining = false;
  node->next_doomed = std::exchange(doomed, node);
  if (draining) return;
  draining = true;
  while (doomed != nullptr) {
    const std::unique_ptr<const Node> last(doomed);
    doomed = last->next_doomed;
  }
  draining = false;
}

// Appends to the left side where it has the same operator, so that `a && b && c` is one node. Not so
// once the filter has more conditions than any call accepts: then a loop that goes on stays linear.
Filter Filter::Node::join(FilterOperator operation, const Filter& a, const Filter& b) {
  std::vector<Filter> children;
  if (a.operation() == operation && a.node_->conditions <= kMaxFilterConditions) {
    children.reserve(a.node_->children.size() + 1);
    children = a.node_->children;
  } else {
    children.push_back(a);
  }
  children.push_back(b);
  return make(operation, {}, {}, std::move(children));
}

Filter::Filter() = default;
Filter::Filter(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

// The empty filter has no node: `make` and the operators never make one for it.
bool Filter::empty() const noexcept {
  return node_ == nullptr;
}

FilterOperator Filter::operation() const noexcept {
  return node_ ? node_->operation : FilterOperator::everything;
}

const std::string& Filter::key() const noexcept {
  static const std::string none;
  return node_ ? node_->key : none;
}

std::span<const Value> Filter::values() const noexcept {
  if (!node_) return {};
  return node_->values;
}

std::span<const Filter> Filter::children() const noexcept {
  if (!node_) return {};
  return node_->children;
}

Filter Filter::make(FilterOperator operation, std::string key, std::vector<Value> values,
                    std::vector<Filter> children) {
  if (operation == FilterOperator::everything) return {};
  if (operator_group(operation) == OperatorGroup::junction) {
    if (children.empty()) return {};
    if (children.size() == 1) return std::move(children.front());
  }
  auto node = std::make_unique<Node>();
  node->operation = operation;
  node->key = std::move(key);
  node->values = std::move(values);
  node->conditions = Node::count_conditions(children);
  node->children = std::move(children);
  return Filter(std::shared_ptr<const Node>(node.release(), &Node::destroy));
}

namespace {

// All but the children themselves.
bool same_node(const Filter& a, const Filter& b) {
  return a.operation() == b.operation() && a.key() == b.key() && std::ranges::equal(a.values(), b.values()) &&
         a.children().size() == b.children().size();
}

}  // namespace

// Without recursion, because of depth; and each pair of nodes once, because a tree whose parts are
// shared, as `f = f && (f || x)` in a loop makes it, has far more paths than nodes.
bool operator==(const Filter& a, const Filter& b) {
  using Pair = std::pair<const Filter*, const Filter*>;
  std::vector<Pair> open = {{&a, &b}};
  std::set<std::pair<const void*, const void*>> compared;
  while (!open.empty()) {
    const auto [left, right] = open.back();
    open.pop_back();
    if (left->node_ == right->node_) continue;
    if (!same_node(*left, *right)) return false;
    const bool is_leaf = left->children().empty();
    if (is_leaf || !compared.insert({left->node_.get(), right->node_.get()}).second) continue;
    for (std::size_t i = 0; i < left->children().size(); ++i) {
      open.emplace_back(&left->children()[i], &right->children()[i]);
    }
  }
  return true;
}

Filter operator&&(const Filter& a, const Filter& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return Filter::Node::join(FilterOperator::all_of, a, b);
}

Filter operator||(const Filter& a, const Filter& b) {
  if (a.empty() || b.empty()) return {};
  return Filter::Node::join(FilterOperator::any_of, a, b);
}

Filter operator!(const Filter& a) {
  return Filter::make(FilterOperator::negation, {}, {}, {a});
}

}  // namespace scaup::inline v0
