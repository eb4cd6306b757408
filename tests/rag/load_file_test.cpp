#include <filesystem>
#include <fstream>
#include <memory>
#include <stop_token>
#include <string>

#include "rag/forwarding_file_system.hpp"
#include "scaup/chunker.hpp"
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

// Calls `on_read` each time a file is opened, before it is read.
class ChangingFileSystem final : public ForwardingFileSystem {
 public:
  explicit ChangingFileSystem(std::function<void()> on_read) : on_read_(std::move(on_read)) {}
  Result<std::unique_ptr<ReadableFile>> open_for_read(const fs::path& path, Links links) const override {
    on_read_();
    return ForwardingFileSystem::open_for_read(path, links);
  }

 private:
  const std::function<void()> on_read_;
};

Document load_one(const TempFolder& folder, const std::string& name, const LoadOptions& options = {}) {
  auto documents = require_ok(load_file(folder.path(), name, options));
  REQUIRE(documents.size() == 1);
  return documents[0];
}

}  // namespace

TEST_CASE("load_file: every document says where it is, what it is, and when it was changed") {
  const TempFolder folder;
  const fs::path file = folder.write("sub/a b%\xC3\xA9.txt", "text");
  fs::last_write_time(
      file, fs::file_time_type::clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1'709'294'400))));
  const Document document = load_one(folder, "sub/a b%\xC3\xA9.txt");
  REQUIRE(document.id == "sub/a b%\xC3\xA9.txt");
  REQUIRE(document.text == "text");
  REQUIRE(document.metadata == Metadata{{"path", document.id},
                                        {"uri", "file://" + folder.path().generic_string() + "/sub/a%20b%25%C3%A9.txt"},
                                        {"format", "text"},
                                        {"modified", "2024-03-01T12:00:00Z"}});
}

TEST_CASE("load_file: an empty file is a document without text, a CSV file without rows none") {
  const TempFolder folder;
  for (const char* const name : {"a.txt", "a.md", "a.html"}) {
    folder.write(name, "");
    REQUIRE(load_one(folder, name).text.empty());
  }
  folder.write("a.csv", "");
  REQUIRE(require_ok(load_file(folder.path(), "a.csv")).empty());
  folder.write("a.jsonl", "");
  REQUIRE(require_ok(load_file(folder.path(), "a.jsonl")).empty());
}

TEST_CASE("load_file: where a byte order mark was dropped, the text begins after it") {
  const TempFolder folder;
  folder.write("a.txt", "\xEF\xBB\xBFtext");
  const Document document = load_one(folder, "a.txt");
  REQUIRE(document.text == "text");
  REQUIRE(document.metadata.at("text_begin") == Value(3));
  REQUIRE(document.metadata.at("text_line") == Value(1));
}

TEST_CASE("load_file: source code names its language") {
  const TempFolder folder;
  folder.write("a.py", "def f():\n  return 1\n");
  folder.write("a.HPP", "int f();\n");
  REQUIRE(load_one(folder, "a.py").metadata.at("language") == Value("python"));
  REQUIRE(load_one(folder, "a.HPP").metadata.at("language") == Value("cpp"));
  REQUIRE(load_one(folder, "a.py").metadata.at("format") == Value("code"));
}

TEST_CASE("load_file: a binary file, and one of another encoding, say so whatever their names") {
  const TempFolder folder;
  for (const char* const name : {"a.txt", "a.md", "a.html", "a.csv", "a.jsonl", "a.py"}) {
    folder.write(name, std::string("\x7f"
                                   "ELF\0\1",
                                   6));
    require_error(load_file(folder.path(), name), ErrorCode::invalid_argument, {name, "binary", "byte 4"});
    folder.write(name, "\xFF\xFEt\x00");
    require_error(load_file(folder.path(), name), ErrorCode::invalid_argument, {name, "not UTF-8 at byte 0"});
  }
}

TEST_CASE("load_file: a file of one gigabyte is refused by its size") {
  const TempFolder folder;
  for (const char* const name : {"a.txt", "a.pdf"}) {
    const fs::path file = folder.write(name, "");
    fs::resize_file(file, std::uintmax_t{1} << 30U);  // sparse
    require_error(load_file(folder.path(), name), ErrorCode::invalid_argument, {"1073741824", "accepted: at most"});
  }
}

TEST_CASE("load_file: a path that leaves the folder, a link, a folder and a missing file are refused") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  folder.write("sub/b.txt", "text");
  fs::create_symlink("a.txt", folder / "link.txt");
  fs::create_symlink("a.txt", folder / "link.pdf");
  for (const std::string path : {"../x.txt", "sub/../../x.txt", "", "/etc/passwd"}) {
    require_error(load_file(folder / "sub", path), ErrorCode::invalid_argument, {"inside the folder"});
  }
  require_error(load_file(folder.path(), "link.txt"), ErrorCode::io, {"link.txt"});
  require_error(load_file(folder.path(), "link.pdf"), ErrorCode::io, {"link.pdf"});
  require_error(load_file(folder.path(), "sub"), ErrorCode::io);
  require_error(load_file(folder.path(), "missing.txt"), ErrorCode::not_found, {"missing.txt"});
}

TEST_CASE("load_file: a file that changes while it is read is read once more") {
  const TempFolder folder;
  const fs::path file = folder.write("a.txt", "old");
  int reads = 0;
  const auto change_once = [&] {
    if (++reads == 1) folder.write("a.txt", "newer");
  };
  REQUIRE(load_one(folder, "a.txt", {.file_system = std::make_shared<ChangingFileSystem>(change_once)}).text ==
          "newer");
  REQUIRE(reads == 2);
}

TEST_CASE("load_file: a file that does not stop changing is unavailable") {
  const TempFolder folder;
  folder.write("a.txt", "");
  const auto change = [&] { std::ofstream(folder / "a.txt", std::ios::app) << "more"; };
  require_error(load_file(folder.path(), "a.txt", {.file_system = std::make_shared<ChangingFileSystem>(change)}),
                ErrorCode::unavailable, {"a.txt", "changes"});
}

TEST_CASE("load_file: what is broken because it changed meanwhile is no error") {
  const TempFolder folder;
  folder.write("a.txt", "whole");
  int reads = 0;
  const auto break_once = [&] { folder.write("a.txt", ++reads == 1 ? "half \xC3" : "whole again"); };
  const auto result =
      load_file(folder.path(), "a.txt", {.file_system = std::make_shared<ChangingFileSystem>(break_once)});
  require_error(result, ErrorCode::unavailable);  // it changed before the second reading too
  REQUIRE(reads == 2);
}

TEST_CASE("load_file: a stop cancels it") {
  const TempFolder folder;
  folder.write("a.txt", "text");
  std::stop_source source;
  source.request_stop();
  require_error(load_file(folder.path(), "a.txt", {}, source.get_token()), ErrorCode::cancelled);
}
