// A small database, damaged at every place: every bit flipped, every file cut at every length. It is refused, or all
// that is read from it is right. SCAUP_DAMAGE_STRIDE=1 takes every bit and every length, by default one in so many.

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "counts.hpp"
#include "small_database.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

constexpr std::size_t kDefaultFlipStride = 131;
constexpr std::size_t kDefaultCutStride = 31;

struct Case {
  std::filesystem::path path;
  std::size_t offset = 0;
  std::optional<unsigned> bit = {};  // absent: the file is cut at `offset`
};

std::string to_string(const Case& one) {
  const std::string what = one.bit ? "bit " + std::to_string(*one.bit) + " of byte " : "cut at ";
  return one.path.native() + ": " + what + std::to_string(one.offset);
}

/// One database, and what became of all the cases so far.
class Bench {
 public:
  Bench() : files_(make_small_database()), expected_(read_files(files_).value()) {
    for (const auto& path : files_in(*files_)) contents_[path] = read_bytes(*files_, path);
  }

  [[nodiscard]] const std::map<std::filesystem::path, Bytes>& contents() const noexcept { return contents_; }

  /// What is wrong with the answers of the database with this damage; empty: nothing.
  [[nodiscard]] std::string judge(const Case& one, std::size_t number) {
    const Files damaged = damage(one);
    std::string problem = judge_verify(one, damaged);
    if (problem.empty()) problem = judge_lazy(one, damaged);
    const Access access = number % 4 == 0 ? Access::read_write : Access::read_only;
    if (problem.empty()) problem = judge_full(one, damaged, access);
    return problem.empty() ? problem : to_string(one) + ": " + problem;
  }

  [[nodiscard]] std::string totals() const {
    return std::to_string(refused_) + " refused, " + std::to_string(right_) + " read right, of these " +
           std::to_string(noted_) + " with a note that the graph was built anew";
  }
  [[nodiscard]] std::size_t refused() const noexcept { return refused_; }
  [[nodiscard]] std::size_t noted() const noexcept { return noted_; }

 private:
  [[nodiscard]] Files damage(const Case& one) const {
    Files damaged = files_->crash_image(1);
    const auto file = damaged->open_for_write(one.path, OpenMode::open_existing).value();
    if (!one.bit) {
      file->truncate(one.offset).value();
      return damaged;
    }
    const std::byte changed[] = {contents_.at(one.path)[one.offset] ^ static_cast<std::byte>(1U << *one.bit)};
    file->write_at(one.offset, changed).value();
    return damaged;
  }

  // LOCK has no content, and what is behind the end of a log is space for writes to come.
  [[nodiscard]] bool has_no_meaning(const Case& one) const {
    if (kind_of(one.path) == "LOCK") return true;
    if (kind_of(one.path) != "log") return false;
    const Bytes& bytes = contents_.at(one.path);
    return one.offset >= bytes.size() - 512;
  }
  [[nodiscard]] bool is_zero(const Case& one) const {
    return one.bit && contents_.at(one.path)[one.offset] == std::byte{0};
  }

  [[nodiscard]] std::string judge_verify(const Case& one, const Files& damaged) const {
    const std::string name = one.path.lexically_relative(kFolder).native();
    const auto report = Database::verify(kFolder, {.file_system = damaged});
    if (!report) {
      if (!tells_damage(report.error())) return "verify: " + report.error().message();
      const bool named = report.error().message().find(name) != std::string::npos;
      return named ? "" : "verify does not name the file: " + report.error().message();
    }
    for (const LostRange& lost : report->damage) {
      if (lost.file == name) return {};
      return "verify names " + lost.file + ": " + lost.reason;
    }
    return has_no_meaning(one) ? "" : "verify finds nothing";
  }

  [[nodiscard]] std::string judge_lazy(const Case& /*one*/, const Files& damaged) const {
    const auto database =
        Database::open(kFolder, {.verify = VerifyLevel::lazy, .access = Access::read_only, .file_system = damaged});
    if (!database) return tells_damage(database.error()) ? "" : "lazy open: " + database.error().message();
    const auto collection = database->get_collection("notes", {.index = kSmallIndex});
    if (!collection) return tells_damage(collection.error()) ? "" : "lazy: " + collection.error().message();
    for (std::size_t question = 0; question < kQuestions; ++question) {
      const auto answer = ask(*collection, question);
      if (!answer && answer.error().code() != ErrorCode::corruption) return "lazy: " + answer.error().message();
      if (answer && *answer != expected_[question]) return "lazy: question " + std::to_string(question) + " is wrong";
    }
    return {};
  }

  [[nodiscard]] std::string judge_full(const Case& one, const Files& damaged, Access access) {
    const auto database = Database::open(kFolder, {.access = access, .file_system = damaged});
    if (!database) return refused(one, database.error());
    const auto collection = database->get_collection("notes", {.index = kSmallIndex});
    if (!collection) return refused(one, collection.error());
    const auto answers = read_database(*database);
    if (!answers) return "an answer after the opening: " + answers.error().message();
    if (*answers != expected_) return "a wrong answer";
    ++right_;
    if (kind_of(one.path) != "graph") return {};
    // Zeros between the sections of a graph are not looked at.
    const bool noted = !database->recoveries().at(0).notes.empty();
    noted_ += noted ? 1U : 0U;
    return noted || is_zero(one) ? "" : "no note about the graph";
  }

  [[nodiscard]] std::string refused(const Case& one, const Error& error) {
    ++refused_;
    if (!tells_damage(error)) return "refused with another error: " + error.message();
    if (kind_of(one.path) == "graph") return "refused because of a graph: " + error.message();
    return has_no_meaning(one) && one.bit ? "refused for a place without meaning: " + error.message() : "";
  }

  const Files files_;
  const std::vector<StoredAnswer> expected_;
  std::map<std::filesystem::path, Bytes> contents_;
  std::atomic<std::size_t> refused_ = 0;
  std::atomic<std::size_t> right_ = 0;
  std::atomic<std::size_t> noted_ = 0;
};

// Judges all cases on two threads; returns the first problems.
std::vector<std::string> judge_all(Bench& bench, const std::vector<Case>& cases, const std::string& title) {
  std::vector<std::string> problems;
  std::mutex mutex;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < cases.size(); i = next++) {
      std::string problem = bench.judge(cases[i], i);
      const std::lock_guard lock(mutex);
      if (!problem.empty() && problems.size() < 20) problems.push_back(std::move(problem));
      if ((i + 1) % 20'000 == 0)
        print_line(title + ": " + std::to_string(i + 1) + " of " + std::to_string(cases.size()));
    }
  };
  {
    const std::jthread other(work);
    work();
  }
  print_line(title + ": " + std::to_string(cases.size()) + " cases, " + bench.totals() + ", " +
             std::to_string(problems.size()) + " problems");
  return problems;
}

}  // namespace

TEST_CASE("damage: with any bit flipped a database is refused, or all that is read from it is right") {
  Bench bench;
  const std::size_t stride = count_from("SCAUP_DAMAGE_STRIDE", kDefaultFlipStride);
  std::vector<Case> cases;
  std::size_t bits = 0;
  for (const auto& [path, bytes] : bench.contents()) {
    for (std::size_t bit = bits % stride; bit < bytes.size() * 8; bit += stride) {
      cases.push_back({path, bit / 8, static_cast<unsigned>(bit % 8)});
    }
    bits += bytes.size() * 8;
  }
  const auto problems = judge_all(bench, cases, "flips of " + std::to_string(bits) + " bits");
  CAPTURE(problems);
  REQUIRE(problems.empty());
  REQUIRE(bench.refused() > 0);
  REQUIRE(bench.noted() > 0);
}

TEST_CASE("damage: with any file cut at any length a database is refused, or all that is read from it is right") {
  Bench bench;
  const std::size_t stride = count_from("SCAUP_DAMAGE_STRIDE", kDefaultCutStride);
  std::vector<Case> cases;
  for (const auto& [path, bytes] : bench.contents()) {
    for (std::size_t size = 0; size < bytes.size(); size += stride) cases.push_back({path, size, std::nullopt});
  }
  const auto problems = judge_all(bench, cases, "cuts");
  CAPTURE(problems);
  REQUIRE(problems.empty());
  REQUIRE(bench.refused() > 0);
  REQUIRE(bench.noted() > 0);
}
