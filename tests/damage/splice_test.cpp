// Whole files and whole frames in wrong places: from another database, another collection, or an earlier time. They are
// told apart by what seeds their hashes (database, collection, kind, number), or what is read is right all the same.

#include <algorithm>
#include <functional>

#include "small_database.hpp"
#include "storage/log_format.hpp"
#include "storage/manifest.hpp"
#include "storage/small_file.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

const std::filesystem::path kFirst = kFolder / "collections" / "1";

enum class Outcome { refused, unchanged, changed };

// What became of a database that should read as `expected`.
Outcome outcome(const Files& files, const std::vector<StoredAnswer>& expected) {
  const auto answers = read_files(files);
  if (answers) return *answers == expected ? Outcome::unchanged : Outcome::changed;
  INFO(answers.error().message());
  REQUIRE(tells_damage(answers.error()));
  return Outcome::refused;
}

// A graph is derived and LOCK is empty: whatever stands there, answers are right. All else must be refused.
void require_told(const Files& files, const std::vector<StoredAnswer>& expected, const std::filesystem::path& path) {
  const bool derived = kind_of(path) == "graph" || kind_of(path) == "LOCK";
  REQUIRE(outcome(files, expected) == (derived ? Outcome::unchanged : Outcome::refused));
  const auto report = Database::verify(kFolder, {.file_system = files});
  if (kind_of(path) != "LOCK") REQUIRE_FALSE((report && report->ok()));
}

// Two collections with the same documents.
Files make_twins() {
  const auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_small(files);
  for (const char* const name : {"one", "two"}) {
    fill_small(database.create_collection(name, {.metric = Metric::l2, .index = kSmallIndex}).value());
  }
  database.checkpoint().value();
  for (const char* const name : {"one", "two"}) change_small(database.get_collection(name).value());
  database.close().value();
  cut_reserves(*files);
  return files;
}

/// A closed database at four times: after its first log entries, after more of them, after a checkpoint with a few
/// more, and with a second collection.
struct Ages {
  std::vector<Files> files;
  std::vector<std::vector<StoredAnswer>> answers;
};

void add_age(Ages& ages, const Files& files) {
  ages.files.push_back(files->crash_image(1));
  ages.answers.push_back(read_files(ages.files.back()).value());
}

Ages make_ages() {
  Ages ages;
  const Files files = make_small_database();
  add_age(ages, files);
  const auto later = [&](const std::function<void(Database&)>& change) {
    Database database = open_small(files);
    change(database);
    database.close().value();
    cut_reserves(*files);
    add_age(ages, files);
  };
  later([](Database& database) { database.get_collection("notes")->add(small_documents(60, 62)).value(); });
  later([](Database& database) {
    Collection notes = database.get_collection("notes").value();
    database.checkpoint().value();
    notes.add(small_documents(62, 64)).value();
  });
  later([](Database& database) {
    database.create_collection("young", {.metric = Metric::l2})->add(small_documents(0, 9)).value();
  });
  return ages;
}

std::filesystem::path log_of(const Files& files) {
  for (const auto& path : files_in(*files)) {
    if (kind_of(path) == "log") return path;
  }
  FAIL("no log");
  return {};
}

/// A log as header, frames and what is reserved.
struct Frames {
  Bytes header;
  std::vector<Bytes> frames;
  std::size_t size = 0;

  [[nodiscard]] Bytes joined() const {
    Bytes bytes = header;
    for (const Bytes& frame : frames) bytes.insert(bytes.end(), frame.begin(), frame.end());
    bytes.resize(std::max(bytes.size(), size));
    return bytes;
  }
};

Frames split_log(const Files& files, const std::filesystem::path& path) {
  const Bytes bytes = read_bytes(*files, path);
  const auto catalog = read_small_file(*files, kFolder / "CATALOG", StoreFileKind::catalog).value();
  const std::string name = path.filename().native();
  const FileIdentity identity{.uuid = catalog.header.identity.uuid,
                              .collection = 1,
                              .kind = StoreFileKind::log,
                              .number = std::stoull(name.substr(name.find('-') + 1))};
  Frames frames{.header = Bytes(bytes.begin(), bytes.begin() + kFileHeaderBytes), .frames = {}, .size = bytes.size()};
  for (std::size_t at = kFileHeaderBytes;;) {
    const auto header = decode_frame_header(seed(identity), std::span(bytes).subspan(at));
    if (!header) return frames;
    const auto size = static_cast<std::ptrdiff_t>(header->frame_bytes());
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    frames.frames.emplace_back(begin, begin + size);
    at += static_cast<std::size_t>(size);
  }
}

}  // namespace

TEST_CASE("splice: a file of another database is refused, however alike the two are") {
  const Files mine = make_small_database();
  const Files other = make_small_database();
  const auto expected = read_files(mine).value();
  REQUIRE(read_files(other).value() == expected);
  for (const auto& path : files_in(*mine)) {
    INFO(path);
    const Files spliced = mine->crash_image(1);
    put_bytes(*spliced, path, read_bytes(*other, path));
    require_told(spliced, expected, path);
  }
}

TEST_CASE("splice: a file of another collection is refused, and so are two folders that changed places") {
  const Files files = make_twins();
  const auto expected = read_files(files).value();
  const std::filesystem::path second = kFolder / "collections" / "2";
  const Files swapped = files->crash_image(1);
  for (const auto& path : files_in(*files)) {
    if (path.parent_path() != kFirst) continue;
    INFO(path);
    const Files spliced = files->crash_image(1);
    put_bytes(*spliced, path, read_bytes(*files, second / path.filename()));
    require_told(spliced, expected, path);
    put_bytes(*swapped, path, read_bytes(*files, second / path.filename()));
    put_bytes(*swapped, second / path.filename(), read_bytes(*files, path));
  }
  REQUIRE(outcome(swapped, expected) == Outcome::refused);
}

TEST_CASE("splice: a file in the place of any other file of its database is refused") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  const auto paths = files_in(*files);
  for (const auto& to : paths) {
    for (const auto& from : paths) {
      if (to == from) continue;
      INFO(from << " as " << to);
      const Files spliced = files->crash_image(1);
      put_bytes(*spliced, to, read_bytes(*files, from));
      require_told(spliced, expected, to);
    }
  }
}

TEST_CASE("splice: a missing file is told") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  for (const auto& path : files_in(*files)) {
    if (kind_of(path) == "LOCK") continue;
    INFO(path);
    const Files without = files->crash_image(1);
    without->remove(path).value();
    if (kind_of(path) != "CATALOG") {
      require_told(without, expected, path);
      continue;
    }
    require_error(Database::open(kFolder, {.access = Access::read_only, .file_system = without}), ErrorCode::not_found);
    require_error(Database::open(kFolder, {.file_system = without}), ErrorCode::corruption, {"CATALOG"});
  }
}

TEST_CASE("splice: one file put back as it was is refused, or changes nothing") {
  const Ages ages = make_ages();
  for (std::size_t now = 1; now < 3; ++now) {
    for (std::size_t then = 0; then < now; ++then) {
      for (const auto& path : files_in(*ages.files[then])) {
        INFO(path << " of time " << then << " at time " << now);
        const Files spliced = ages.files[now]->crash_image(1);
        put_bytes(*spliced, path, read_bytes(*ages.files[then], path));
        // An old manifest with the same files, an old checkpoint, log or graph that nothing names: all is as it was.
        REQUIRE(outcome(spliced, ages.answers[now]) != Outcome::changed);
        REQUIRE(read_files(spliced, VerifyLevel::full, Access::read_write).has_value() ==
                (outcome(spliced, ages.answers[now]) == Outcome::unchanged));
      }
    }
  }
  // In particular: a log that is shorter than when it was closed.
  const Files spliced = ages.files[1]->crash_image(1);
  const auto log = log_of(spliced);
  put_bytes(*spliced, log, read_bytes(*ages.files[0], log));
  REQUIRE(outcome(spliced, ages.answers[1]) == Outcome::refused);
}

TEST_CASE("splice: a state put back whole is that state, which nothing in the folder could contradict") {
  const Ages ages = make_ages();
  const Files spliced = ages.files[1]->crash_image(1);
  for (const auto& path : files_in(*ages.files[0])) put_bytes(*spliced, path, read_bytes(*ages.files[0], path));
  // Log and manifest of one time agree with each other, as after restoring a backup.
  REQUIRE(outcome(spliced, ages.answers[0]) == Outcome::unchanged);
}

TEST_CASE("splice: an old catalog is refused before it costs the younger collections, and salvage finds them") {
  const Ages ages = make_ages();
  const Files spliced = ages.files[3]->crash_image(1);
  put_bytes(*spliced, kFolder / "CATALOG", read_bytes(*ages.files[2], kFolder / "CATALOG"));
  for (const Access access : {Access::read_only, Access::read_write}) {
    require_error(Database::open(kFolder, {.access = access, .file_system = spliced}), ErrorCode::corruption,
                  {"CATALOG", "older"});
  }
  require_error(Database::verify(kFolder, {.file_system = spliced}), ErrorCode::corruption, {"CATALOG", "older"});
  Database salvaged = require_ok(Database::open(kFolder, {.recovery = Recovery::salvage, .file_system = spliced}));
  REQUIRE(require_ok(salvaged.list_collections()) == std::vector<std::string>{"notes", "young"});
  REQUIRE(require_ok(require_ok(salvaged.get_collection("young")).count()) == 9);
}

TEST_CASE("splice: a catalog of another database is refused before it costs what it does not name") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  const auto empty = std::make_shared<MemoryFileSystem>();
  require_ok(open_small(empty).close());
  const Bytes right = read_bytes(*files, kFolder / "CATALOG");
  put_bytes(*files, kFolder / "CATALOG", read_bytes(*empty, kFolder / "CATALOG"));
  for (const Access access : {Access::read_only, Access::read_write}) {
    require_error(Database::open(kFolder, {.access = access, .file_system = files}), ErrorCode::corruption,
                  {"CATALOG", "another database"});
  }
  put_bytes(*files, kFolder / "CATALOG", right);
  REQUIRE(read_files(files).value() == expected);
}

TEST_CASE("splice: frames of a closed log that are doubled, dropped, swapped or copied over each other are told") {
  const Files files = make_small_database();
  const auto expected = read_files(files).value();
  const auto path = log_of(files);
  const Frames whole = split_log(files, path);
  REQUIRE(whole.frames.size() >= 4);
  REQUIRE(whole.joined() == read_bytes(*files, path));
  const auto require_refused = [&](const Frames& changed) {
    const Files spliced = files->crash_image(1);
    put_bytes(*spliced, path, changed.joined());
    REQUIRE(outcome(spliced, expected) == Outcome::refused);
    REQUIRE_FALSE(require_ok(Database::verify(kFolder, {.file_system = spliced})).ok());
  };
  for (std::size_t i = 0; i < whole.frames.size(); ++i) {
    for (std::size_t j = 0; j < whole.frames.size(); ++j) {
      INFO("frames " << i << " and " << j);
      Frames copied = whole;
      copied.frames.insert(copied.frames.begin() + static_cast<std::ptrdiff_t>(j), whole.frames[i]);
      require_refused(copied);
      if (i == j) continue;
      Frames over = whole;
      over.frames[j] = whole.frames[i];
      require_refused(over);
      Frames swapped = whole;
      std::swap(swapped.frames[i], swapped.frames[j]);
      require_refused(swapped);
    }
    Frames dropped = whole;
    dropped.frames.erase(dropped.frames.begin() + static_cast<std::ptrdiff_t>(i));
    require_refused(dropped);
    Frames doubled_at_end = whole;
    doubled_at_end.frames.push_back(whole.frames[i]);
    require_refused(doubled_at_end);
  }
}

TEST_CASE("splice: of a log that was not closed only its last write can go unnoticed, as if it was never made") {
  const auto open_files = std::make_shared<MemoryFileSystem>();
  Files files;
  {
    Database database = open_small(open_files);
    Collection notes = database.create_collection("notes", {.metric = Metric::l2, .index = kSmallIndex}).value();
    for (int i = 0; i < 5; ++i) notes.add(small_documents(i * 4, i * 4 + 4)).value();
    files = open_files->crash_image(1);
  }
  cut_reserves(*files);
  const auto path = log_of(files);
  const Frames whole = split_log(files, path);
  REQUIRE(whole.frames.size() == 5);
  for (std::size_t i = 0; i < whole.frames.size(); ++i) {
    INFO("without frame " << i);
    Frames dropped = whole;
    dropped.frames.erase(dropped.frames.begin() + static_cast<std::ptrdiff_t>(i));
    const Files spliced = files->crash_image(1);
    put_bytes(*spliced, path, dropped.joined());
    const auto answers = read_files(spliced);
    if (i + 1 < whole.frames.size()) {
      require_error(answers, ErrorCode::corruption);
      continue;
    }
    // Nothing was written after it, so nobody says that it was there.
    REQUIRE(require_ok(answers)[0].documents.size() == 16);
  }
}
