// quality_scaup WHAT FOLDER QUERIES_FILE DOCUMENTS: scaup as a worker. WHAT is `collection`, keyword queries through
// the public interface; `hybrid`, the same with vectors that are given; or `index`, the index of words alone.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>

#include "collections.hpp"
#include "text/postings/text_index.hpp"
#include "worker.hpp"

namespace {

using namespace scaup;
using namespace scaup::bench;

constexpr std::size_t kBatch = 1'000;

Document document_of(const TextRecord& record) {
  Document document{.text = record.text};
  if (!record.title.empty()) document.metadata.emplace("title", record.title);
  return document;
}

/// A collection with texts, titles and vectors.
class CollectionPeer final : public TextPeer {
 public:
  CollectionPeer(const TextCorpus& corpus, QueryMode mode)
      : corpus_(corpus), mode_(mode), embedder_(take(make_static_embedder())), collection_(make()) {}

  // The index of words is made at the first query that needs it, so that query is the time of its making; documents
  // and graph are there before.
  double build() override {
    add_documents();
    if (mode_ == QueryMode::hybrid) queries_ = embed_queries(*embedder_, corpus_.queries);
    wait();
    const QueryOptions options{.k = 1, .mode = QueryMode::keyword, .threads = 1};
    const double seconds = seconds_of([&] { take(collection_.query("words", options)); });
    // What hybrid queries make beside themselves is made by now.
    if (mode_ == QueryMode::hybrid) static_cast<void>(find(0, 1));
    wait();
    return seconds;
  }

  Ids find(std::size_t query, std::size_t k) override {
    const QueryOptions options{.k = k, .mode = mode_, .threads = 1};
    if (mode_ == QueryMode::keyword) return ids_of(take(collection_.query(corpus_.queries[query], options)));
    const QueryRequest request{.text = corpus_.queries[query], .vector = queries_[query], .options = options};
    return ids_of(take(collection_.query_batch(std::span(&request, 1))).front());
  }

 private:
  Collection make() {
    CollectionOptions options{.embedder = embedder_};
    options.index.graph = mode_ == QueryMode::hybrid;
    return take(database_.create_collection("words", options));
  }

  void wait() const {
    if (const Status done = collection_.wait_until_indexed(); !done) throw std::runtime_error(done.error().message());
  }

  void add_documents() {
    std::vector<Document> records;
    for (const TextRecord& record : corpus_.records) records.push_back(document_of(record));
    const Embeddings embeddings = embed_documents(*embedder_, records);
    for (std::size_t i = 0; i < records.size(); ++i) set_embedding(records[i], embeddings, i);
    std::vector<Document> batch;
    for (std::size_t i = 0; i < corpus_.documents; ++i) {
      batch.push_back(records[i % records.size()]);
      batch.back().id = std::to_string(i);
      if (batch.size() < kBatch && i + 1 < corpus_.documents) continue;
      take(collection_.add(batch));
      batch.clear();
    }
  }

  static Ids ids_of(const QueryResult& result) {
    Ids ids;
    for (const Match& match : result) ids.push_back(std::stoll(match.document.id));
    return ids;
  }

  const TextCorpus& corpus_;
  QueryMode mode_;
  std::shared_ptr<const Embedder> embedder_;
  Database database_ = Database::in_memory();
  Collection collection_;
  std::vector<std::vector<float>> queries_;
};

/// The index of words alone: what a query costs beside documents, ids and snapshots.
class IndexPeer final : public TextPeer {
 public:
  explicit IndexPeer(const TextCorpus& corpus)
      : corpus_(corpus), analyzer_(take(find_analyzer("english"))), index_(take(TextIndex::empty())) {}

  double build() override {
    return seconds_of([&] {
      for (std::size_t first = 0; first < corpus_.documents; first += kBatch) add_batch(first);
    });
  }

  Ids find(std::size_t query, std::size_t k) override {
    const TextQuery words = make_text_query(*analyzer_, scratch_, corpus_.queries[query]);
    Ids ids;
    for (const TextHit& hit : take(index_->top_k(words, {.k = k}, counters_))) ids.push_back(hit.slot);
    return ids;
  }

 private:
  void add_batch(std::size_t first) {
    TextBatch batch;
    std::vector<Slot> slots;
    for (std::size_t i = first; i < std::min(first + kBatch, corpus_.documents); ++i) {
      batch.add(*analyzer_, scratch_, corpus_.document(i).title, corpus_.document(i).text);
      slots.push_back(static_cast<Slot>(i));
    }
    index_ = take(take(index_->changed({.added = &batch, .added_slots = slots}))->tidied());
  }

  const TextCorpus& corpus_;
  std::shared_ptr<const Analyzer> analyzer_;
  AnalyzerScratch scratch_;
  TextIndex::Pointer index_;
  TextSearchCounters counters_;
};

std::string version() {
  return std::to_string(SCAUP_VERSION_MAJOR) + "." + std::to_string(SCAUP_VERSION_MINOR) + "." +
         std::to_string(SCAUP_VERSION_PATCH);
}

std::unique_ptr<TextPeer> make_peer(const std::string& what, const TextCorpus& corpus) {
  if (what == "collection") return std::make_unique<CollectionPeer>(corpus, QueryMode::keyword);
  if (what == "hybrid") return std::make_unique<CollectionPeer>(corpus, QueryMode::hybrid);
  if (what == "index") return std::make_unique<IndexPeer>(corpus);
  throw std::runtime_error("unknown part " + what);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: quality_scaup collection|hybrid|index FOLDER QUERIES_FILE DOCUMENTS\n", stderr);
    return 2;
  }
  try {
    const TextCorpus corpus = read_corpus(arguments[2], arguments[3], std::stoul(arguments[4]));
    const auto peer = make_peer(arguments[1], corpus);
    return serve(*peer, corpus, version());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_scaup: %s\n", error.what());
    return 1;
  }
}
