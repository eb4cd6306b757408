// sync of a folder: the first time, with nothing changed, and with one file edited.

#include <fstream>
#include <random>
#include <scaup/scaup.hpp>

#include "figures.hpp"
#include "measuring.hpp"

namespace scaup::bench {
namespace {

constexpr std::size_t kFiles = 1000;
constexpr std::size_t kWordsAFile = 3000;

// Text of random words, Zipf-like, in sentences and paragraphs.
std::string random_text(std::mt19937_64& random) {
  std::string text;
  for (std::size_t i = 1; i <= kWordsAFile; ++i) {
    const double share = std::generate_canonical<double, 53>(random);
    text += "word" + std::to_string(static_cast<std::size_t>(20000 * share * share * share));
    text += i % 200 == 0 ? ".\n\n" : i % 15 == 0 ? ". " : " ";
  }
  return text;
}

double make_files(const std::filesystem::path& folder) {
  std::mt19937_64 random(1);
  double bytes = 0;
  for (std::size_t i = 0; i < kFiles; ++i) {
    const std::string text = random_text(random);
    std::ofstream(folder / ("file" + std::to_string(i) + ".txt")) << text;
    bytes += static_cast<double>(text.size());
  }
  return bytes * 1e-6;
}

// Seconds of a sync, the median of some runs.
double seconds_of_sync(Ingestor& library, const std::filesystem::path& folder) {
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) seconds.push_back(seconds_of([&] { library.sync(folder).value(); }));
  return median(seconds);
}

}  // namespace

void measure_sync(const std::filesystem::path& work) {
  const auto folder = new_folder(work / "files");
  const double megabytes = make_files(folder);
  auto database = Database::open(new_folder(work / "database")).value();
  const auto embedder = make_static_embedder().value();
  const CollectionOptions collection{.embedder = embedder};
  auto library = Ingestor::open(database, "library", {.collection = collection}).value();
  const double first = seconds_of([&] { library.sync(folder).value(); });
  report("sync_first_mb_s", megabytes / first);
  report("sync_first_files_per_second", static_cast<double>(kFiles) / first);
  report("sync_unchanged_mb_s", megabytes / seconds_of_sync(library, folder));
  auto hashing =
      Ingestor::open(database, "library", {.compare = FileComparison::content, .collection = collection}).value();
  report("sync_unchanged_by_content_mb_s", megabytes / seconds_of_sync(hashing, folder));
  std::ofstream(folder / "file500.txt", std::ios::app) << "One more sentence.\n";
  IngestReport changed;
  report("sync_one_edited_ms", seconds_of([&] { changed = library.sync(folder).value(); }) * 1e3);
  report("sync_one_edited_chunks_embedded", static_cast<double>(changed.chunks_embedded));
  report("sync_one_edited_chunks_kept", static_cast<double>(changed.chunks_kept));
}

}  // namespace scaup::bench
