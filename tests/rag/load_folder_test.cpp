#include "scaup/loader.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "rag/forwarding_file_system.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::ForwardingFileSystem;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> ids_of(const LoadReport& report) {
  std::vector<std::string> ids;
  for (const Document& document : report.documents) ids.push_back(document.id);
  return ids;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("load_folder: files become documents, named by their path, in order of id") {
  const TempFolder folder;
  folder.write("b.txt", "bee");
  folder.write("a/z.md", "# zed");
  folder.write("a.txt", "");
  folder.write("a/deep/er/x.MARKDOWN", "ex");
  const LoadReport report = require_ok(load_folder(folder.path()));
  REQUIRE(ids_of(report) == Names{"a.txt", "a/deep/er/x.MARKDOWN", "a/z.md", "b.txt"});
  REQUIRE(report.skipped.empty());
  const Document& markdown = report.documents[2];
  REQUIRE(markdown.text == "# zed");
  REQUIRE(markdown.metadata.at("path") == Value("a/z.md"));
  REQUIRE(markdown.metadata.at("format") == Value("markdown"));
  REQUIRE_FALSE(markdown.embedding.has_value());
  REQUIRE_FALSE(markdown.origin.has_value());
  REQUIRE(report.documents[1].metadata.at("format") == Value("markdown"));
  REQUIRE(report.documents[3].metadata.at("format") == Value("text"));
}

TEST_CASE("load_folder: a folder given with a slash at its end, or through a link, gives the same ids") {
  const TempFolder folder;
  folder.write("docs/a.txt", "text");
  fs::create_directory_symlink("docs", folder / "link");
  REQUIRE(ids_of(require_ok(load_folder(folder / "docs/"))) == Names{"a.txt"});
  REQUIRE(ids_of(require_ok(load_folder(folder / "link"))) == Names{"a.txt"});
}

TEST_CASE("load_folder: other extensions, hidden files and links are left out without a word") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  folder.write("a.xyz", "text");
  folder.write("txt", "text");
  folder.write(".hidden.txt", "text");
  folder.write(".git/notes.txt", "text");
  fs::create_symlink("a.txt", folder / "link.txt");
  fs::create_symlink("nowhere", folder / "broken.txt");
  fs::create_directory_symlink(".", folder / "cycle");
  const LoadReport report = require_ok(load_folder(folder.path()));
  REQUIRE(ids_of(report) == Names{"a.txt"});
  REQUIRE(report.skipped.empty());
}

TEST_CASE("load_folder: the extensions are the caller's to choose") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  folder.write("a.rst", "text");
  REQUIRE(ids_of(require_ok(load_folder(folder.path(), {.extensions = {".rst"}}))) == Names{"a.rst"});
  REQUIRE(ids_of(require_ok(load_folder(folder.path(), {.extensions = {}}))).empty());
}

TEST_CASE("load_folder: a folder with the name of a text file is a folder") {
  const TempFolder folder;
  folder.write("book.txt/one.txt", "text");
  REQUIRE(ids_of(require_ok(load_folder(folder.path()))) == Names{"book.txt/one.txt"});
}

TEST_CASE("load_folder: a byte order mark is dropped") {
  const TempFolder folder;
  folder.write("a.txt", "\xEF\xBB\xBFtext\xEF\xBB\xBF");
  REQUIRE(require_ok(load_folder(folder.path())).documents.at(0).text == "text\xEF\xBB\xBF");
}

TEST_CASE("load_folder: what cannot be loaded is skipped with its reason, and the rest is loaded") {
  const TempFolder folder;
  folder.write("good.txt", "text");
  folder.write("latin.txt", "caf\xE9");
  folder.write("binary.txt", std::string("ab\0c", 4));
  folder.write("large.txt", std::string(101, 'x'));
  folder.write("exact.txt", std::string(100, 'x'));
  REQUIRE(mkfifo((folder / "fifo.txt").c_str(), 0600) == 0);
  const LoadReport report = require_ok(load_folder(folder.path(), {.max_file_bytes = 100}));
  REQUIRE(ids_of(report) == Names{"exact.txt", "good.txt"});
  REQUIRE(report.skipped.size() == 4);
  const auto expect = [&](std::size_t index, const char* name, ErrorCode code, std::string_view part) {
    INFO(report.skipped[index].error.message());
    REQUIRE(report.skipped[index].path == name);
    REQUIRE(report.skipped[index].error.code() == code);
    REQUIRE(report.skipped[index].error.message().find(part) != std::string::npos);
    REQUIRE(report.skipped[index].error.message().find(name) != std::string::npos);
  };
  expect(0, "binary.txt", ErrorCode::invalid_argument, "binary, not text: a zero at byte 2");
  expect(1, "fifo.txt", ErrorCode::io, "not a regular file");
  expect(2, "large.txt", ErrorCode::invalid_argument, "at most 100");
  expect(3, "latin.txt", ErrorCode::invalid_argument, "not UTF-8 at byte 3");
}

TEST_CASE("load_folder: a name that is not UTF-8 is skipped") {
  const TempFolder folder;
  folder.write("caf\xE9.txt", "text");
  const LoadReport report = require_ok(load_folder(folder.path()));
  REQUIRE(report.documents.empty());
  REQUIRE(report.skipped.size() == 1);
  REQUIRE(report.skipped[0].error.message().find("name is not UTF-8 at byte 3") != std::string::npos);
}

TEST_CASE("load_folder: an empty folder gives an empty report") {
  const TempFolder folder;
  const LoadReport report = require_ok(load_folder(folder.path()));
  REQUIRE(report.documents.empty());
  REQUIRE(report.skipped.empty());
}

TEST_CASE("load_folder: a missing folder, or a file in its place, is an error") {
  const TempFolder folder;
  require_error(load_folder(folder / "missing"), ErrorCode::not_found, {"missing"});
  require_error(load_folder(folder.write("a.txt", "text")), ErrorCode::io, {"a.txt"});
  require_error(load_folder(""), ErrorCode::not_found);
}

TEST_CASE("load_folder: progress counts files, skipped ones too") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  folder.write("b.txt", "\xFF");
  folder.write("c.md", "text");
  folder.write("d.xyz", "text");
  std::vector<LoadProgress> seen;
  const auto on_progress = [&](const LoadProgress& progress) { seen.push_back(progress); };
  require_ok(load_folder(folder.path(), {.on_progress = on_progress}));
  REQUIRE(seen.size() == 3);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    REQUIRE(seen[i].files_done == i + 1);
    REQUIRE(seen[i].files_total == 3);
  }
  REQUIRE(seen[1].file == "b.txt");
}

TEST_CASE("load_folder: an exception in the progress callback becomes an error") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  const auto on_progress = [](const LoadProgress&) { throw std::runtime_error("screen is full"); };
  require_error(load_folder(folder.path(), {.on_progress = on_progress}), ErrorCode::internal, {"screen is full"});
}

TEST_CASE("load_folder: a stop between two files cancels the call") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  folder.write("b.txt", "text");
  std::stop_source source;
  std::size_t done = 0;
  const auto on_progress = [&](const LoadProgress& progress) {
    done = progress.files_done;
    source.request_stop();
  };
  require_error(load_folder(folder.path(), {.on_progress = on_progress}, source.get_token()), ErrorCode::cancelled);
  REQUIRE(done == 1);
  require_error(load_folder(folder.path(), {}, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("load_folder: a subfolder and a file that cannot be read are skipped, whatever the file system") {
  // Works for root too.
  class BrokenFileSystem final : public ForwardingFileSystem {
   public:
    Result<std::unique_ptr<ReadableFile>> open_for_read(const fs::path& path, Links links) const override {
      CHECK(links == Links::refuse);  // an entry may have become a link since it was listed
      if (path.filename() == "broken.txt") return Error(ErrorCode::io, "bad sector", 5);
      return ForwardingFileSystem::open_for_read(path, links);
    }
    Result<std::vector<DirectoryEntry>> list(const fs::path& path) const override {
      if (path.filename() == "private") return Error(ErrorCode::io, "no permission", 13);
      return ForwardingFileSystem::list(path);
    }
  };
  const TempFolder folder;
  folder.write("broken.txt", "text");
  folder.write("private/a.txt", "text");
  folder.write("sub/b.txt", "text");
  const auto files = std::make_shared<BrokenFileSystem>();
  const LoadReport report = require_ok(load_folder(folder.path(), {.file_system = files}));
  REQUIRE(ids_of(report) == Names{"sub/b.txt"});
  REQUIRE(report.skipped.size() == 2);
  REQUIRE(report.skipped[0].path == "broken.txt");
  REQUIRE(report.skipped[0].error.detail() == 5);
  REQUIRE(report.skipped[1].path == "private");
  REQUIRE(report.skipped[1].error.detail() == 13);
}

TEST_CASE("load_folder: rows of a file stay together, in their order") {
  const TempFolder folder;
  std::string csv = "name\n";
  for (int i = 0; i < 11; ++i) csv += "row\n";
  folder.write("a.csv", csv);
  folder.write("a.csv.txt", "text");
  const Names ids = ids_of(require_ok(load_folder(folder.path())));
  REQUIRE(ids.size() == 12);
  REQUIRE(ids[1] == "a.csv#2");
  REQUIRE(ids[10] == "a.csv#11");
  REQUIRE(ids[11] == "a.csv.txt");
}
