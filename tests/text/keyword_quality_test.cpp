// nDCG@10 of BM25 on the retrieval collections, against the reference figures of their README (k1 1.2, b 0.75, exact
// lengths). Skipped where SCAUP_SHARED_DATA is not set.

#include <algorithm>
#include <cmath>
#include <iostream>

#include "support/catch.hpp"
#include "support/text_collections.hpp"
#include "text/postings/text_index.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

double discount(std::size_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 2);
}

// Linear gains, the ideal from the judgements.
double ndcg_at_10(const std::vector<TextHit>& hits, const TextCollection& collection,
                  const std::map<std::string, double>& gains) {
  double found = 0;
  for (std::size_t rank = 0; rank < hits.size(); ++rank) {
    const auto gain = gains.find(collection.documents[hits[rank].slot].id);
    if (gain != gains.end()) found += gain->second * discount(rank);
  }
  std::vector<double> ideal;
  for (const auto& [document, gain] : gains) ideal.push_back(gain);
  std::ranges::sort(ideal, std::greater<>());
  double best = 0;
  for (std::size_t rank = 0; rank < std::min<std::size_t>(10, ideal.size()); ++rank)
    best += ideal[rank] * discount(rank);
  return found / best;
}

TextIndex::Pointer index_of(const TextCollection& collection, const Analyzer& analyzer, AnalyzerScratch& scratch) {
  TextBatch batch;
  std::vector<Slot> slots;
  for (const TextRecord& record : collection.documents) {
    slots.push_back(static_cast<Slot>(slots.size()));
    batch.add(analyzer, scratch, record.title, record.text);
  }
  return require_ok(TextIndex().changed({.added = &batch, .added_slots = slots}));
}

double mean_ndcg(const TextCollection& collection) {
  const auto analyzer = require_ok(find_analyzer("english"));
  AnalyzerScratch scratch;
  const auto index = index_of(collection, *analyzer, scratch);
  double sum = 0;
  for (const TextRecord& query : collection.queries) {
    const auto gains = collection.judgements.find(query.id);
    if (gains == collection.judgements.end()) continue;
    TextSearchCounters counters;
    const auto hits = require_ok(index->top_k(make_text_query(*analyzer, scratch, query.text), {.k = 10}, counters));
    sum += ndcg_at_10(hits, collection, gains->second);
  }
  return sum / static_cast<double>(collection.judgements.size());
}

struct Reference {
  const char* name;
  double ndcg;
};

}  // namespace

TEST_CASE("bm25: the reference figures of the retrieval collections are reached") {
  const auto folder = shared_collections();
  if (!folder) {
    WARN("skipped: SCAUP_SHARED_DATA is not set");
    return;
  }
  for (const Reference& reference :
       {Reference{"scifact", 0.6829}, Reference{"cranfield", 0.3590}, Reference{"cisi", 0.3844},
        Reference{"cacm", 0.4966}, Reference{"lisa", 0.4966}, Reference{"xquad-en", 0.9647}}) {
    const double ndcg = mean_ndcg(read_collection(*folder / reference.name));
    std::cout << "bm25 " << reference.name << " nDCG@10 " << ndcg << " (reference " << reference.ndcg << ")\n";
    CHECK(ndcg >= reference.ndcg - 0.005);
    if (std::string_view(reference.name) == "scifact") CHECK(ndcg >= 0.680);
  }
}
