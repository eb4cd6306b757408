#include "collection/request_check.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "simd/vector_check.hpp"
#include "storage/document_codec.hpp"

namespace scaup::inline v0 {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

// Puts the item's name before the message of a failed check; costs nothing where it succeeds.
Status in_item(Status status, std::string_view kind, std::size_t index, std::string_view id) {
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context(item_name(kind, index, id));
  return error;
}

// Refuses an id that comes a second time; remembers it otherwise.
class DuplicateCheck {
 public:
  explicit DuplicateCheck(std::size_t count) { seen_.reserve(count); }
  Status operator()(std::string_view id) {
    if (seen_.insert(id).second) return {};
    return invalid("the id comes twice in this call");
  }

 private:
  std::unordered_set<std::string_view> seen_;
};

bool uses(const Filter& filter, std::initializer_list<FilterOperator> operators) {
  if (std::ranges::find(operators, filter.operation()) != operators.end()) return true;
  return std::ranges::any_of(filter.children(), [&](const Filter& child) { return uses(child, operators); });
}

Status check_group_by(const std::string& key, const StoreCapabilities& capabilities) {
  if (key.empty()) return {};
  if (!capabilities.grouping) return invalid("group_by: this store has no groups");
  Status status = check_key(key);
  if (status) return status;
  Error error = std::move(status).error();
  error.add_context("group_by");
  return error;
}

}  // namespace

std::string item_name(std::string_view kind, std::size_t index, std::string_view id) {
  std::string name = std::string(kind) + " " + std::to_string(index);
  if (!id.empty()) name += " (" + in_quotes(id) + ")";
  return name;
}

Status check_vector(std::span<const float> vector, Metric metric, std::optional<std::size_t> dimension) {
  if (vector.empty() || vector.size() > kMaxStoredDimension) {
    return invalid("the vector has " + std::to_string(vector.size()) + " components; 1 to " +
                   std::to_string(kMaxStoredDimension) + " are allowed");
  }
  if (dimension && vector.size() != *dimension) {
    return Error(ErrorCode::dimension_mismatch, "the vector has " + std::to_string(vector.size()) +
                                                    " components, the collection " + std::to_string(*dimension));
  }
  if (const auto place = first_not_finite(vector)) {
    return invalid("component " + std::to_string(*place) + " of the vector is " + std::to_string(vector[*place]) +
                   "; only finite numbers are allowed");
  }
  if (metric == Metric::cosine && std::ranges::all_of(vector, [](float x) { return x == 0.0F; })) {
    return invalid("the vector is zero, which has no direction; cosine needs one");
  }
  return {};
}

Status check_documents(std::span<const Document> documents, const StoreSchema& schema) {
  DuplicateCheck not_seen(documents.size());
  std::optional<std::size_t> dimension = schema.dimension;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Document& document = documents[i];
    Status status = check_document(document);
    if (status) status = not_seen(document.id);
    if (status && document.embedding) {
      status = check_vector(*document.embedding, schema.metric, dimension);
      dimension = document.embedding->size();
    }
    if (!status) return in_item(std::move(status), "document", i, document.id);
  }
  return {};
}

Status check_ids(std::span<const std::string> ids) {
  DuplicateCheck not_seen(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Status status = check_id(ids[i]);
    if (status) status = not_seen(ids[i]);
    if (!status) return in_item(std::move(status), "id", i, ids[i]);
  }
  return {};
}

Status check_each_id(std::span<const std::string> ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (Status status = check_id(ids[i]); !status) return in_item(std::move(status), "id", i, ids[i]);
  }
  return {};
}

Status check_updates(std::span<const MetadataUpdate> updates) {
  DuplicateCheck not_seen(updates.size());
  for (std::size_t i = 0; i < updates.size(); ++i) {
    const MetadataUpdate& update = updates[i];
    Status status = check_id(update.id);
    if (status) status = not_seen(update.id);
    if (status) status = check_metadata(update.set);
    for (const std::string& key : update.erase) {
      if (status) status = check_key(key);
    }
    if (!status) return in_item(std::move(status), "update", i, update.id);
  }
  return {};
}

Status check_filter(const Filter& filter, const StoreCapabilities& capabilities) {
  if (Status valid = filter.validate(); !valid) return valid;
  using enum FilterOperator;
  if (!capabilities.text_filters && uses(filter, {text_contains, text_not_contains})) {
    return invalid("filter: this store has no conditions on the text");
  }
  if (!capabilities.regex_filters && uses(filter, {text_regex, text_not_regex})) {
    return invalid("filter: this store has no regular expressions");
  }
  return {};
}

// Recall as a share above 0; NaN is none.
Status check_recall(double recall) {
  if (recall > 0.0 && recall <= 1.0) return {};
  return invalid("recall is " + std::to_string(recall) + "; above 0 and up to 1 is allowed");
}

Status check_self_recall(const SelfRecallOptions& options) {
  constexpr std::size_t kMostQueries = 100000;
  if (options.sample == 0 || options.sample > kMostQueries) {
    return invalid("sample is " + std::to_string(options.sample) + "; 1 to " + std::to_string(kMostQueries) +
                   " are allowed");
  }
  return check_recall(options.recall);
}

Status check_weight(std::string_view name, double weight) {
  if (weight >= 0.0 && weight <= 100.0) return {};
  return invalid(std::string(name) + " is " + std::to_string(weight) + "; 0 to 100 is allowed");
}

Status check_mode(const QueryOptions& options, const StoreCapabilities& capabilities) {
  if (options.mode == QueryMode::dense) return {};
  if (options.mode > QueryMode::hybrid) {
    return invalid("mode: there is no number " + std::to_string(static_cast<int>(options.mode)) + "; 0 to 2 are");
  }
  if (!capabilities.keywords) return invalid("mode: this store has no keyword search");
  if (options.mode == QueryMode::keyword && options.negative) {
    return invalid("negative: a keyword query has no vector to keep away from; leave it out, or ask with a filter");
  }
  const HybridOptions& hybrid = options.hybrid;
  constexpr std::size_t kMostCandidates = 10000;
  if (hybrid.candidates == 0 || hybrid.candidates > kMostCandidates) {
    return invalid("hybrid.candidates is " + std::to_string(hybrid.candidates) + "; 1 to " +
                   std::to_string(kMostCandidates) + " are allowed");
  }
  const double most_dense = hybrid.fusion ? 1.0 : 100.0;
  if (hybrid.dense_weight && !(*hybrid.dense_weight >= 0.0 && *hybrid.dense_weight <= most_dense)) {
    return invalid("hybrid.dense_weight is " + std::to_string(*hybrid.dense_weight) + "; 0 to " +
                   std::to_string(most_dense) + " is allowed");
  }
  if (Status valid = check_weight("hybrid.title_weight", hybrid.title_weight); !valid) return valid;
  return check_weight("hybrid.neighbour_weight", hybrid.neighbour_weight);
}

Status check_query_options(const QueryOptions& options, const StoreCapabilities& capabilities) {
  if (options.k == 0) return invalid("k is 0; at least 1 match must be asked for");
  if (Status valid = check_mode(options, capabilities); !valid) return valid;
  if (Status valid = check_recall(options.recall); !valid) return valid;
  if (options.ef == std::size_t{0}) return invalid("ef is 0; a search must be at least 1 wide");
  if (Status valid = check_group_by(options.group_by, capabilities); !valid) return valid;
  return check_filter(options.filter, capabilities);
}

}  // namespace scaup::inline v0
