// With poppler's programs where they are installed, and with scripts in their place.

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <thread>

#include "base/child_process.hpp"
#include "rag/pdf_file.hpp"
#include "scaup/chunker.hpp"
#include "scaup/loader.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::pdf_file;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

namespace fs = std::filesystem;

bool has_poppler() {
  const auto found = find_program("pdftotext");
  if (!found) WARN("skipped: " << found.error().message() << " (package poppler-utils)");
  return found.has_value();
}

// A script in place of pdftotext, and a file to be read by it.
struct Fake {
  explicit Fake(const std::string& script, const std::string& contents = "%PDF-1.4") {
    add("pdftotext", script);
    folder.write("a.pdf", contents);
  }
  void add(const std::string& name, const std::string& script) const {
    fs::permissions(folder.write("bin/" + name, "#!/bin/sh\n" + script + "\n"), fs::perms::owner_all);
  }
  Result<std::vector<Document>> load(LoadOptions options = {}, const std::stop_token& stop = {}) const {
    options.pdf.program = folder / "bin/pdftotext";
    return load_file(folder.path(), "a.pdf", options, stop);
  }
  TempFolder folder;
};

}  // namespace

TEST_CASE("load pdf: pages are apart by form feeds, and what the file says of itself is metadata") {
  if (!has_poppler()) return;
  const TempFolder folder;
  folder.write("-two.pdf", pdf_file({"First page", "Second page"},
                                    "/Title (Harbour report) /Author (A. Nobody) "
                                    "/CreationDate (D:20240301120000+01'00') /ModDate (D:20240302120000Z)"));
  const auto documents = require_ok(load_file(folder.path(), "-two.pdf"));
  REQUIRE(documents.size() == 1);
  const Document& document = documents[0];
  REQUIRE(document.text.find("First page") < document.text.find('\f'));
  REQUIRE(document.text.find('\f') < document.text.find("Second page"));
  REQUIRE(document.text.find('\f') == document.text.rfind('\f'));
  REQUIRE(document.metadata.at("title") == Value("Harbour report"));
  REQUIRE(document.metadata.at("author") == Value("A. Nobody"));
  REQUIRE(document.metadata.at("created") == Value("2024-03-01T11:00:00Z"));
  REQUIRE(document.metadata.at("modified") == Value("2024-03-02T12:00:00Z"));
  REQUIRE(document.metadata.at("format") == Value("pdf"));
  const auto chunks = require_ok(make_page_chunker()->chunk(document));
  REQUIRE(chunks.size() == 2);
  REQUIRE(chunks[1].origin->page == 2);
  REQUIRE(chunks[1].text.find("Second page") == 0);
}

TEST_CASE("load pdf: a broken file is an error with the program's words") {
  if (!has_poppler()) return;
  const TempFolder folder;
  const std::string whole = pdf_file({"page"});
  for (const std::string& contents : {std::string(), std::string("words"), std::string(5'000, '\0'),
                                      "%PDF-1.4\n" + std::string(100, '\xFF'), whole.substr(0, 60)}) {
    folder.write("a.pdf", contents);
    const auto result = load_file(folder.path(), "a.pdf");
    require_error(result, ErrorCode::invalid_argument,
                  {"load \"a.pdf\": it is not a sound PDF file", "pdftotext", "Error"});
  }
}

TEST_CASE("load pdf: an encrypted file is an error that says so") {
  if (!has_poppler()) return;
  const TempFolder folder;
  // The standard handler with a user password that is not empty: 32 bytes that no key gives.
  const std::string hash(64, '7');
  folder.write("a.pdf", pdf_file({"page"}, "",
                                 "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + hash + "> /U <" +
                                     hash + "> >>"));
  require_error(load_file(folder.path(), "a.pdf"), ErrorCode::unsupported_format, {"encrypted", "assword"});
}

TEST_CASE("load pdf: pages without text are an error that says what to do") {
  if (!has_poppler()) return;
  const TempFolder folder;
  folder.write("a.pdf", pdf_file({"", ""}));
  require_error(load_file(folder.path(), "a.pdf"), ErrorCode::unsupported_format, {"no text on its 2 pages"});
}

TEST_CASE("load pdf: without pdftotext the error names it and its package, and other files are loaded") {
  const TempFolder folder;
  folder.write("a.pdf", pdf_file({"page"}));
  folder.write("b.txt", "text");
  const LoadOptions options = {.pdf = {.program = "scaup-test-missing"}};
  require_error(load_file(folder.path(), "a.pdf", options), ErrorCode::not_found,
                {"a.pdf", "pdftotext", "poppler-utils", "scaup-test-missing"});
  const auto report = require_ok(load_folder(folder.path(), options));
  REQUIRE(report.documents.size() == 1);
  REQUIRE(report.skipped.size() == 1);
}

TEST_CASE("load pdf: the program gets the absolute path after --, and need have no pdfinfo beside it") {
  const Fake fake("printf '%s|' \"$@\"");
  const auto documents = require_ok(fake.load());
  REQUIRE(documents[0].text == "-enc|UTF-8|-eol|unix|--|" + (fake.folder / "a.pdf").string() + "|-|");
  REQUIRE_FALSE(documents[0].metadata.contains("title"));
}

TEST_CASE("load pdf: what pdfinfo says is taken where it makes sense") {
  const Fake fake("echo text");
  fake.add("pdfinfo", "printf 'Title:   \\nAuthor:          B. Else \\nCreationDate:    soon\\n'");
  const auto documents = require_ok(fake.load());
  REQUIRE_FALSE(documents[0].metadata.contains("title"));
  REQUIRE(documents[0].metadata.at("author") == Value("B. Else"));
  REQUIRE_FALSE(documents[0].metadata.contains("created"));
  SECTION("one that fails says nothing") {
    fake.add("pdfinfo", "echo 'Author: C. Third'; exit 1");
    REQUIRE_FALSE(require_ok(fake.load())[0].metadata.contains("author"));
  }
  SECTION("nor one that does not write UTF-8") {
    fake.add("pdfinfo", "printf 'Author: \\377\\n'");
    REQUIRE_FALSE(require_ok(fake.load())[0].metadata.contains("author"));
  }
}

TEST_CASE("load pdf: a program that takes too long, says too much or nonsense is an error") {
  SECTION("too long") {
    const auto result = Fake("sleep 60").load({.pdf = {.timeout = std::chrono::milliseconds(200)}});
    require_error(result, ErrorCode::unavailable, {"a.pdf", "200 ms"});
  }
  SECTION("too much") {
    require_error(Fake("cat /dev/zero").load({.max_file_bytes = 1'000}), ErrorCode::invalid_argument, {"1000 bytes"});
  }
  SECTION("not UTF-8") {
    require_error(Fake("printf 'a\\377'").load(), ErrorCode::invalid_argument, {"not UTF-8 at byte 1"});
  }
  SECTION("zeros") {
    require_error(Fake("printf 'a\\000'").load(), ErrorCode::invalid_argument, {"zero at byte 1"});
  }
  SECTION("copying forbidden") {
    require_error(Fake("echo Copying forbidden >&2; exit 3").load(), ErrorCode::unsupported_format,
                  {"may not be copied", "Copying forbidden"});
  }
  SECTION("it dies") {
    require_error(Fake("kill -SEGV $$").load(), ErrorCode::invalid_argument, {"ends with 139"});
  }
}

TEST_CASE("load pdf: a stop ends the program") {
  const Fake fake("touch \"$(dirname \"$0\")/started\"; exec sleep 60");
  std::stop_source source;
  const std::jthread stopper([&] {
    while (!fs::exists(fake.folder / "bin/started")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    source.request_stop();
  });
  require_error(fake.load({}, source.get_token()), ErrorCode::cancelled, {"a.pdf"});
}
