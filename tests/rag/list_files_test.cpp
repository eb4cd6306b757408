#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "rag/forwarding_file_system.hpp"
#include "scaup/loader.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::ForwardingFileSystem;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_of(const FileList& list) {
  std::vector<std::string> names;
  for (const FoundFile& file : list.files) names.push_back(file.path.generic_string());
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("list_files: files come with size and time, ascending by path") {
  const TempFolder folder;
  folder.write("b.txt", "four");
  folder.write("a/z.md", "");
  const FileList list = require_ok(list_files(folder.path()));
  REQUIRE(names_of(list) == Names{"a/z.md", "b.txt"});
  REQUIRE(list.files[0].size == 0);
  REQUIRE(list.files[1].size == 4);
  REQUIRE(list.files[1].modified == require_ok(posix_file_system()->info(folder / "b.txt")).modified);
}

TEST_CASE("list_files: the formats that have a loader are found by default, source code on request") {
  const TempFolder folder;
  for (const char* const name : {"a.TXT", "b.md", "c.markdown", "d.html", "e.htm", "f.pdf", "g.csv", "h.jsonl", "i.py",
                                 "j.cpp", "k.json", "l"}) {
    folder.write(name, "");
  }
  const Names documents = {"a.TXT", "b.md", "c.markdown", "d.html", "e.htm", "f.pdf", "g.csv", "h.jsonl"};
  REQUIRE(names_of(require_ok(list_files(folder.path()))) == documents);
  REQUIRE(names_of(require_ok(list_files(folder.path(), {.extensions = {}, .with_code = true}))) ==
          Names{"i.py", "j.cpp"});
}

TEST_CASE("list_files: links are left out, so that a cycle ends") {
  const TempFolder folder;
  folder.write("sub/a.txt", "text");
  fs::create_directory_symlink("..", folder / "sub/up");
  fs::create_directory_symlink("sub", folder / "again");
  fs::create_symlink("sub/a.txt", folder / "a.txt");
  REQUIRE(names_of(require_ok(list_files(folder.path()))) == Names{"sub/a.txt"});
}

TEST_CASE("list_files: a file that goes away meanwhile is not there, one that cannot be looked at is reported") {
  class VanishingFileSystem final : public ForwardingFileSystem {
   public:
    Result<FileInfo> info(const fs::path& path, Links links) const override {
      if (path.filename() == "gone.txt") return Error(ErrorCode::not_found, "gone", 2);
      if (path.filename() == "bad.txt") return Error(ErrorCode::io, "bad sector", 5);
      return ForwardingFileSystem::info(path, links);
    }
  };
  const TempFolder folder;
  for (const char* const name : {"bad.txt", "gone.txt", "good.txt"}) folder.write(name, "text");
  const auto list = require_ok(list_files(folder.path(), {.file_system = std::make_shared<VanishingFileSystem>()}));
  REQUIRE(names_of(list) == Names{"good.txt"});
  REQUIRE(list.skipped.size() == 1);
  REQUIRE(list.skipped[0].path == "bad.txt");
  REQUIRE(list.skipped[0].error.detail() == 5);
}

TEST_CASE("list_files: a missing folder and a stop are errors") {
  const TempFolder folder;
  require_error(list_files(folder / "missing"), ErrorCode::not_found, {"missing"});
  std::stop_source source;
  source.request_stop();
  require_error(list_files(folder.path(), {}, source.get_token()), ErrorCode::cancelled);
}
