#pragma once
// A system that finds documents by words, as a process of its own: it reads the corpus, then answers commands on stdin
// with one line of JSON each on stdout. The driver decides the order, so that the rounds of all systems alternate.
//
//   build               {"build_s":..}
//   ask FIRST STEP K    the queries FIRST, FIRST + STEP, ..., one a call: {"ns":[..],"ids":[[..],..]}
//
// Times are processor time of the process, see processor_time.
//
// A corpus is two files: documents.tsv, lines of title and text with a tab between them, and queries.txt. It is read
// some number of documents long, beginning again at its end; ids are numbers from 0.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace scaup::bench {

struct TextRecord {
  std::string title = {};
  std::string text = {};
};

struct TextCorpus {
  std::size_t documents = 0;             ///< how many to index: document i is record i % records.size()
  std::vector<TextRecord> records = {};  ///< at least one
  std::vector<std::string> queries = {};

  [[nodiscard]] const TextRecord& document(std::size_t i) const { return records[i % records.size()]; }
};

/// Errors: std::runtime_error.
[[nodiscard]] TextCorpus read_corpus(const std::filesystem::path& folder, const std::string& queries_file,
                                     std::size_t documents);

/// Documents by number, best first.
using Ids = std::vector<std::int64_t>;

class TextPeer {
 public:
  TextPeer() = default;
  TextPeer(const TextPeer&) = delete;
  TextPeer& operator=(const TextPeer&) = delete;
  virtual ~TextPeer() = default;
  /// Indexes the corpus; the seconds of processor time that took, without what a peer does before.
  virtual double build() = 0;
  /// The k best documents for the query with this number.
  virtual Ids find(std::size_t query, std::size_t k) = 0;
};

/// Nanoseconds of processor time that this process, with all its threads, has used: what a query costs on a core of its
/// own, whoever else runs on the machine.
[[nodiscard]] std::int64_t processor_time();

/// Processor time of `work()` in seconds.
template <typename Work>
[[nodiscard]] double seconds_of(Work&& work) {
  const std::int64_t begin = processor_time();
  work();
  return static_cast<double>(processor_time() - begin) * 1e-9;
}

/// Serves commands until the end of stdin; the exit code of the process.
int serve(TextPeer& peer, const TextCorpus& corpus, const std::string& version);

}  // namespace scaup::bench
