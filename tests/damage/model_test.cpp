// Long random histories of a database beside a std::map: writes of every kind, checkpoints, reopenings, and crashes as
// of a killed process; answers of all kinds compared with the map. SCAUP_MODEL_OPERATIONS says how many operations, by
// default 20,000.

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>

#include "counts.hpp"
#include "small_database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::size_t kIds = 300;
constexpr std::size_t kDimension = 8;
constexpr IndexOptions kGraph = {.graph_from = 100, .links = 8, .ef_construction = 32, .build_threads = 1};

using Model = std::map<std::string, Document>;

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return sum;
}

/// A database and what must be in it. Two collections: "vectors" has documents with vectors of their own, "texts" an
/// embedder. Single-threaded: one thread at a time, even for const members.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed), files_(std::make_shared<MemoryFileSystem>()) { open(); }

  void step(std::size_t number) {
    const std::uint64_t dice = random_() % 1000;
    if (dice < 4) return reopen(number);
    if (dice < 8) return database_->checkpoint().value();
    if (dice < 9) return replace_collection();
    const std::string name = random_() % 3 == 0 ? "texts" : "vectors";
    if (dice < 300) return add(name);
    if (dice < 500) return upsert(name);
    if (dice < 570) return exchange(name);
    if (dice < 700) return update(name);
    if (dice < 800) return remove(name);
    if (dice < 820) return remove_by_filter(name);
    if (dice < 900) return count(name);
    if (dice < 930) return query(name);
    if (dice < 940) return compare_all(name);
    get(name);
  }
  void compare_all() {
    compare_all("vectors");
    compare_all("texts");
  }
  [[nodiscard]] std::string totals() const {
    return std::to_string(reopened_) + " reopened, " + std::to_string(crashed_) + " after a crash, " +
           std::to_string(queries_) + " queries, " + std::to_string(walks_) + " through the graph";
  }

 private:
  void open() {
    const DatabaseOptions options{.sync = static_cast<SyncMode>(random_() % 3),
                                  .verify = static_cast<VerifyLevel>(random_() % 3),
                                  .checkpoint_log_bytes = std::uint64_t{64} << 10U,
                                  .file_system = files_};
    database_.emplace(require_ok(Database::open(kFolder, options)));
    collections_.clear();
    collections_.emplace("vectors", require_ok(database_->get_or_create_collection("vectors", vector_options())));
    collections_.emplace("texts", require_ok(database_->get_or_create_collection("texts", {.embedder = embedder_})));
  }
  [[nodiscard]] static CollectionOptions vector_options() { return {.metric = Metric::l2, .index = kGraph}; }

  // Closed, dropped, or left as it is while the process is killed.
  void reopen(std::size_t number) {
    ++reopened_;
    const std::uint64_t how = random_() % 3;
    if (how == 0) require_ok(database_->close());
    if (how == 2) {
      files_ = files_->crash_image(1);
      ++crashed_;
    }
    collections_.clear();
    database_.reset();
    if (number % 3 == 0) {
      const VerifyReport report = require_ok(Database::verify(kFolder, {.file_system = files_}));
      if (!report.ok()) FAIL(report.damage[0].file << ": " << report.damage[0].reason);
    }
    open();
    compare_all();
  }

  void replace_collection() {
    require_ok(database_->remove_collection("vectors"));
    collections_.erase("vectors");
    collections_.emplace("vectors", require_ok(database_->create_collection("vectors", vector_options())));
    models_["vectors"].clear();
  }

  [[nodiscard]] std::string random_id() { return "id" + std::to_string(random_() % kIds); }

  [[nodiscard]] Document make(const std::string& name, std::string id) {
    Document document{.id = std::move(id), .text = random_words()};
    document.metadata = {{"number", static_cast<std::int64_t>(random_() % 100)}, {"even", random_() % 2 == 0}};
    if (random_() % 2 == 0) document.metadata.insert_or_assign("tag", "t" + std::to_string(random_() % 5));
    if (name == "vectors") document.embedding = random_vector();
    return document;
  }
  [[nodiscard]] std::vector<float> random_vector() {
    std::vector<float> vector(kDimension);
    for (float& component : vector) component = static_cast<float>(random_() % 2001) / 100.0F - 10.0F;
    return vector;
  }
  [[nodiscard]] std::string random_words() {
    std::string words;
    for (std::uint64_t count = 1 + random_() % 8; count > 0; --count)
      words += "w" + std::to_string(random_() % 50) + " ";
    return words;
  }

  void add(const std::string& name) {
    Model& model = models_[name];
    std::map<std::string, Document> batch;
    for (std::uint64_t i = random_() % 6; i <= 6; ++i) {
      std::string id = random_id();
      if (!model.contains(id)) batch.insert_or_assign(id, make(name, id));
    }
    if (!batch.empty() && !model.empty() && random_() % 10 == 0) {
      std::vector<Document> bad = values_of(batch);
      bad.push_back(make(name, model.begin()->first));
      return require_error(collection(name).add(bad), ErrorCode::already_exists);
    }
    require_ok(collection(name).add(values_of(batch)));
    take(name, batch);
  }
  void upsert(const std::string& name) {
    std::map<std::string, Document> batch;
    for (std::uint64_t i = random_() % 6; i <= 6; ++i) {
      std::string id = random_id();
      batch.insert_or_assign(id, make(name, id));
    }
    require_ok(collection(name).upsert(values_of(batch)));
    take(name, batch);
  }
  [[nodiscard]] static std::vector<Document> values_of(const std::map<std::string, Document>& batch) {
    std::vector<Document> documents;
    for (const auto& [id, document] : batch) documents.push_back(document);
    return documents;
  }
  void take(const std::string& name, std::map<std::string, Document>& batch) {
    for (auto& [id, document] : batch) {
      if (name == "texts") document.embedding = embed(document.text);
      if (name == "texts" && is_zero(*document.embedding)) document.embedding.reset();  // words that cancel out
      models_[name].insert_or_assign(id, std::move(document));
    }
  }
  [[nodiscard]] static bool is_zero(std::span<const float> vector) {
    return std::ranges::all_of(vector, [](float component) { return component == 0.0F; });
  }
  [[nodiscard]] std::vector<float> embed(std::string_view text) const {
    const Embeddings rows = require_ok(embedder_->embed(std::span(&text, 1), TextKind::document));
    return {rows.values.begin(), rows.values.end()};
  }

  void update(const std::string& name) {
    Model& model = models_[name];
    const std::string id = random_id();
    const MetadataUpdate change{
        .id = id, .set = {{"number", static_cast<std::int64_t>(random_() % 100)}}, .erase = {"tag"}};
    const Status updated = collection(name).update_metadata(std::span(&change, 1));
    const auto found = model.find(id);
    if (found == model.end()) return require_error(updated, ErrorCode::not_found);
    require_ok(updated);
    found->second.metadata.erase("tag");
    found->second.metadata.insert_or_assign("number", change.set.at("number"));
  }
  void remove(const std::string& name) {
    std::vector<std::string> ids;
    for (std::uint64_t i = random_() % 4; i <= 4; ++i) ids.push_back(random_id());
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::size_t gone = 0;
    for (const std::string& id : ids) gone += models_[name].erase(id);
    REQUIRE(require_ok(collection(name).remove(ids)) == gone);
  }
  // Ids that go may be there or not, come twice, and be among the documents; there may be none of the one or the other.
  void exchange(const std::string& name) {
    std::vector<std::string> removed(random_() % 6);
    for (std::string& id : removed) id = random_id();
    std::map<std::string, Document> batch;
    for (std::uint64_t i = random_() % 6; i > 0; --i) {
      std::string id = removed.empty() || random_() % 4 != 0 ? random_id() : removed[random_() % removed.size()];
      batch.insert_or_assign(id, make(name, id));
    }
    if (name == "vectors" && !batch.empty() && random_() % 10 == 0) return exchange_for_bad(removed, batch);
    const WriteReport report = require_ok(collection(name).exchange(removed, values_of(batch)));
    Model& model = models_[name];
    std::size_t replaced = 0;
    for (const auto& [id, document] : batch) replaced += model.erase(id);
    std::size_t gone = 0;
    for (const std::string& id : removed) gone += model.erase(id);
    REQUIRE(report.removed == gone);
    REQUIRE(report.replaced == replaced);
    REQUIRE(report.added == batch.size() - replaced);
    take(name, batch);
  }
  void exchange_for_bad(const std::vector<std::string>& removed, const std::map<std::string, Document>& batch) {
    std::vector<Document> bad = values_of(batch);
    bad.push_back(make("vectors", "bad"));
    bad.back().embedding->push_back(0.0F);
    require_error(collection("vectors").exchange(removed, bad), ErrorCode::dimension_mismatch);
  }
  void remove_by_filter(const std::string& name) {
    const auto limit = static_cast<std::int64_t>(random_() % 100);
    const std::size_t gone =
        std::erase_if(models_[name], [&](const auto& entry) { return number_of(entry.second) == limit; });
    REQUIRE(require_ok(collection(name).remove(field("number") == limit)) == gone);
  }
  [[nodiscard]] static std::int64_t number_of(const Document& document) {
    return *document.metadata.at("number").get_if<std::int64_t>();
  }

  void get(const std::string& name) {
    const std::string id = random_id();
    const auto document = collection(name).get(id);
    const auto expected = models_[name].find(id);
    if (expected == models_[name].end()) return require_error(document, ErrorCode::not_found);
    REQUIRE(require_ok(document) == expected->second);
  }
  void count(const std::string& name) {
    const auto limit = static_cast<std::int64_t>(random_() % 100);
    const std::string word = "w" + std::to_string(random_() % 50) + " ";
    const auto number = [&](const auto& entry) { return number_of(entry.second) >= limit; };
    const auto tag = [&](const auto& entry) { return entry.second.metadata.contains("tag"); };
    const auto has_word = [&](const auto& entry) { return entry.second.text.find(word) != std::string::npos; };
    const Model& model = models_[name];
    REQUIRE(require_ok(collection(name).count()) == model.size());
    REQUIRE(require_ok(collection(name).count(field("number") >= limit)) == count_of(model, number));
    REQUIRE(require_ok(collection(name).count(field("tag").exists())) == count_of(model, tag));
    REQUIRE(require_ok(collection(name).count(text().contains(word))) == count_of(model, has_word));
  }
  template <typename Holds>
  [[nodiscard]] static std::size_t count_of(const Model& model, const Holds& holds) {
    return static_cast<std::size_t>(std::ranges::count_if(model, holds));
  }

  // Exact answers are those of brute force; others have right documents and scores.
  void query(const std::string& name) {
    ++queries_;
    if (models_[name].empty()) return;
    const bool has_text = name == "texts";
    const std::string words = random_words();
    const std::vector<float> vector = has_text ? embed(words) : random_vector();
    if (is_zero(vector)) return;
    const bool exact = random_() % 2 == 0;
    const bool filtered = random_() % 2 == 0;
    QueryOptions options{.k = 1 + random_() % 10, .with_embeddings = true, .exact = exact};
    if (filtered) options.filter = field("even") == true;
    if (!exact && random_() % 2 == 0) options.plan = QueryPlan::graph_walk;
    const QueryResult found =
        require_ok(has_text ? collection(name).query(words, options) : collection(name).query(vector, options));
    walks_ += found.stats.plan == QueryPlan::graph_walk ? 1U : 0U;
    const std::vector<double> best = best_scores(name, vector, filtered);
    REQUIRE(found.size() == std::min(options.k, best.size()));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const Document& expected = models_[name].at(found[i].document.id);
      REQUIRE(found[i].document == expected);
      REQUIRE(std::abs(found[i].score - score(name, vector, *expected.embedding)) < 1e-5);
      if (exact) REQUIRE(std::abs(found[i].score - best[i]) < 1e-5);
    }
  }
  // Vectors of texts have length 1, and the collection compares them by cosine.
  [[nodiscard]] static double score(const std::string& name, std::span<const float> a, std::span<const float> b) {
    const double distance = squared_distance(a, b);
    return name == "texts" ? 1.0 - distance / 2 : -distance;
  }
  [[nodiscard]] std::vector<double> best_scores(const std::string& name, std::span<const float> vector, bool filtered) {
    std::vector<double> scores;
    for (const auto& [id, document] : models_[name]) {
      if (!document.embedding || (filtered && document.metadata.at("even") != Value(true))) continue;
      scores.push_back(score(name, vector, *document.embedding));
    }
    std::ranges::sort(scores, std::greater<>());
    return scores;
  }

  void compare_all(const std::string& name) {
    std::vector<Document> expected;
    for (const auto& [id, document] : models_[name]) expected.push_back(document);
    const auto found = require_ok(collection(name).scan({.limit = 1000, .with_embeddings = true})).documents;
    if (found == expected) return;
    const std::size_t most = std::min(found.size(), expected.size());
    std::size_t first = 0;
    while (first < most && found[first] == expected[first]) ++first;
    if (first == most) FAIL(name << ": " << found.size() << " documents, not " << expected.size());
    FAIL(name << ": \"" << found[first].id << "\" differs from \"" << expected[first].id << "\"");
  }
  [[nodiscard]] Collection& collection(const std::string& name) { return collections_.at(name); }

  std::mt19937_64 random_;
  Files files_;
  const std::shared_ptr<const Embedder> embedder_ = make_hash_embedder({.dimension = 16}).value();
  std::optional<Database> database_;
  std::map<std::string, Collection> collections_;
  std::map<std::string, Model> models_;
  std::size_t reopened_ = 0;
  std::size_t crashed_ = 0;
  std::size_t queries_ = 0;
  std::size_t walks_ = 0;
};

}  // namespace

TEST_CASE("damage: through any history of writes, reopenings and crashes a database is what a map would be") {
  const std::size_t operations = count_from("SCAUP_MODEL_OPERATIONS", 20'000);
  History history(7);
  for (std::size_t i = 0; i < operations; ++i) {
    INFO("operation " << i);
    history.step(i);
    if ((i + 1) % 100'000 == 0) print_line("history: " + std::to_string(i + 1) + " of " + std::to_string(operations));
  }
  history.compare_all();
  print_line("history: " + std::to_string(operations) + " operations, " + history.totals());
}
