// Where the comparison meets the options of scaup. Options that a version of the library does not have are found
// out at compile time, so that the same source measures each version by what it offers.

#include "scaup_peer.hpp"

#include <charconv>

#include "worker.hpp"

namespace scaup::bench {
namespace {

// To adapt when the options of a query change: each function sets one of them, or says that it is not there.
// Templates, because `if constexpr` leaves out the missing member only where the type is a parameter.

template <typename Options>
bool set_exact(Options& options) {
  if constexpr (requires { options.exact = true; }) options.exact = true;
  return true;  // without the option every query is exact
}

template <typename Options>
bool set_ef(Options& options, std::size_t ef) {
  if constexpr (requires { options.ef = ef; }) {
    options.ef = ef;
    return true;
  }
  return false;
}

template <typename Options>
bool set_recall(Options& options, double recall) {
  if constexpr (requires { options.recall = recall; }) {
    options.recall = recall;
    return true;
  }
  return false;
}

template <typename Options>
void set_one_thread(Options& options) {
  if constexpr (requires { options.threads = 1; }) options.threads = 1;
}

// To adapt when the index has a state to ask for: the call that waits until the background thread is done.
template <typename Handle>
void wait_for(const Handle& collection) {
  if constexpr (requires { collection.wait_until_indexed(); }) {
    if (!collection.wait_until_indexed()) throw std::runtime_error("the index did not become complete");
  }
}

}  // namespace

std::vector<Document> documents_of(const Matrix& rows, std::size_t first, std::size_t end, const MetadataOf& metadata,
                                   std::size_t id_offset) {
  std::vector<Document> documents;
  documents.reserve(end - first);
  for (std::size_t i = first; i < end; ++i) {
    Document& document = documents.emplace_back();
    document.id = std::to_string(i + id_offset);
    document.embedding.emplace(rows.row(i).begin(), rows.row(i).end());
    if (metadata) document.metadata = metadata(i);
  }
  return documents;
}

Collection collection_of(const Matrix& rows, const MetadataOf& metadata) {
  auto collection = Database::in_memory().create_collection("rows").value();
  for (std::size_t first = 0; first < rows.rows; first += kBatchOfRows) {
    collection.add(documents_of(rows, first, std::min(rows.rows, first + kBatchOfRows), metadata)).value();
  }
  wait_until_indexed(collection);
  return collection;
}

void wait_until_indexed(const Collection& collection) {
  wait_for(collection);
}

bool has_graph() {
  QueryOptions options;
  return set_ef(options, kNeighbours) || set_recall(options, 0.95);
}

QueryOptions options_of(const std::string& setting) {
  QueryOptions options{.k = kNeighbours};
  set_one_thread(options);
  bool there = setting == "default";
  if (setting == "exact") there = set_exact(options);
  if (setting.starts_with("ef=")) there = set_ef(options, static_cast<std::size_t>(setting_value(setting, "ef")));
  if (setting.starts_with("recall=")) there = set_recall(options, setting_value(setting, "recall"));
  if (!there) throw std::runtime_error("queries have no option " + setting);
  return options;
}

std::vector<std::int32_t> rows_of(const QueryResult& result) {
  std::vector<std::int32_t> rows;
  for (const Match& match : result) {
    const std::string& id = match.document.id;
    std::int32_t row = -1;
    std::from_chars(id.data(), id.data() + id.size(), row);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace scaup::bench
