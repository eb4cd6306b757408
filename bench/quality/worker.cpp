// Reading the corpus, and the command loop of a worker.

#include "worker.hpp"

#include <time.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace scaup::bench {
namespace {

std::vector<std::string> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.filename().string());
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::string error_in_json(const std::string& message) {
  std::string out = "{\"error\":\"";
  for (const char c : message) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"}";
}

template <typename Item, typename Print>
void list(std::ostream& out, const std::vector<Item>& items, Print print) {
  out << '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out << ',';
    print(items[i]);
  }
  out << ']';
}

std::string ask(TextPeer& peer, std::size_t queries, std::size_t first, std::size_t step, std::size_t k) {
  std::vector<std::int64_t> ns;
  std::vector<Ids> found;
  for (std::size_t query = first; query < queries; query += step) {
    const std::int64_t begin = processor_time();
    found.push_back(peer.find(query, k));
    ns.push_back(processor_time() - begin);
  }
  std::ostringstream out;
  out << "{\"ns\":";
  list(out, ns, [&](std::int64_t time) { out << time; });
  out << ",\"ids\":";
  list(out, found, [&](const Ids& ids) { list(out, ids, [&](std::int64_t id) { out << id; }); });
  return out.str() + "}";
}

std::string answer(TextPeer& peer, const TextCorpus& corpus, std::istringstream& words) {
  std::string command;
  words >> command;
  if (command == "build") return "{\"build_s\":" + std::to_string(peer.build()) + "}";
  std::size_t first = 0;
  std::size_t step = 1;
  std::size_t k = 10;
  words >> first >> step >> k;
  if (command == "ask" && step > 0) return ask(peer, corpus.queries.size(), first, step, k);
  throw std::runtime_error("unknown command " + command);
}

}  // namespace

TextCorpus read_corpus(const std::filesystem::path& folder, const std::string& queries_file, std::size_t documents) {
  TextCorpus corpus{.documents = documents, .queries = read_lines(folder / queries_file)};
  for (const std::string& line : read_lines(folder / "documents.tsv")) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) throw std::runtime_error("a line of documents.tsv without a tab");
    corpus.records.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  if (corpus.records.empty()) throw std::runtime_error("documents.tsv is empty");
  return corpus;
}

std::int64_t processor_time() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

int serve(TextPeer& peer, const TextCorpus& corpus, const std::string& version) {
  std::cout << "{\"ready\":true,\"version\":\"" << version << "\"}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      std::istringstream words(line);
      std::cout << answer(peer, corpus, words) << std::endl;
    } catch (const std::exception& error) {
      std::cout << error_in_json(error.what()) << std::endl;
    }
  }
  return 0;
}

}  // namespace scaup::bench
