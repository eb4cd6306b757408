// quality_xapian FOLDER QUERIES_FILE DOCUMENTS: Xapian as a worker, on a database in SCAUP_BENCH_SCRATCH that the page
// cache holds, with its English stemmer, without positions, and BM25 with the constants of scaup.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

#include <xapian.h>

#include "worker.hpp"

namespace {

using namespace scaup::bench;

std::filesystem::path database_path() {
  const char* const scratch = std::getenv("SCAUP_BENCH_SCRATCH");
  if (scratch == nullptr) throw std::runtime_error("SCAUP_BENCH_SCRATCH is not set");
  return std::filesystem::path(scratch) / "xapian";
}

class XapianPeer final : public TextPeer {
 public:
  explicit XapianPeer(const TextCorpus& corpus) : corpus_(corpus) {
    parser_.set_stemmer(Xapian::Stem("en"));
    parser_.set_stemming_strategy(Xapian::QueryParser::STEM_ALL);
    parser_.set_default_op(Xapian::Query::OP_OR);
  }
  XapianPeer(const XapianPeer&) = delete;
  XapianPeer& operator=(const XapianPeer&) = delete;
  ~XapianPeer() override {
    std::error_code ignored;
    std::filesystem::remove_all(database_path(), ignored);
  }

  double build() override {
    std::filesystem::remove_all(database_path());
    const double seconds = seconds_of([&] { write(); });
    database_ = Xapian::Database(database_path());
    return seconds;
  }

  Ids find(std::size_t query, std::size_t k) override {
    Xapian::Enquire enquire(database_);
    enquire.set_weighting_scheme(Xapian::BM25Weight(1.2, 0, 1000, 0.75, 0));
    enquire.set_query(parser_.parse_query(corpus_.queries[query], 0));
    const Xapian::MSet found = enquire.get_mset(0, static_cast<Xapian::doccount>(k));
    Ids ids;
    for (auto hit = found.begin(); hit != found.end(); ++hit) ids.push_back(static_cast<std::int64_t>(*hit) - 1);
    return ids;
  }

 private:
  void write() {
    Xapian::WritableDatabase database(database_path(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_NO_SYNC);
    Xapian::TermGenerator generator;
    generator.set_stemmer(Xapian::Stem("en"));
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    for (std::size_t i = 0; i < corpus_.documents; ++i) {
      Xapian::Document document;
      generator.set_document(document);
      generator.index_text_without_positions(corpus_.document(i).title + " " + corpus_.document(i).text);
      database.add_document(document);
    }
    database.commit();
  }

  const TextCorpus& corpus_;
  Xapian::QueryParser parser_;
  Xapian::Database database_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: quality_xapian FOLDER QUERIES_FILE DOCUMENTS\n", stderr);
    return 2;
  }
  try {
    const TextCorpus corpus = read_corpus(arguments[1], arguments[2], std::stoul(arguments[3]));
    XapianPeer peer(corpus);
    return serve(peer, corpus, Xapian::version_string());
  } catch (const Xapian::Error& error) {
    std::fprintf(stderr, "quality_xapian: %s\n", error.get_msg().c_str());
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_xapian: %s\n", error.what());
    return 1;
  }
}
