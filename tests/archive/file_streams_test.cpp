#include "archive/file_streams.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include "support/catch.hpp"
#include "support/memory_streams.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const std::filesystem::path& path) {
  const auto source = require_ok(make_file_source(*posix_file_system(), path));
  const auto bytes = require_ok(read_all(*source));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("file streams: what was written and finished is read back, in place of what was there") {
  const TempFolder folder;
  const auto files = posix_file_system();
  const auto path = folder.write("export.scaup", "something old");
  folder.write("export.scaup.partial", "what a killed export left behind");
  auto sink = require_ok(make_file_sink(*files, path));
  require_ok(sink->write(bytes_of("hello ")));
  require_ok(sink->write(bytes_of("world")));
  REQUIRE(text_of(path) == "something old");
  require_ok(sink->finish());
  sink.reset();
  REQUIRE(text_of(path) == "hello world");
  REQUIRE_FALSE(std::filesystem::exists(folder / "export.scaup.partial"));
}

TEST_CASE("file streams: a sink that is not finished leaves everything as it was") {
  const TempFolder folder;
  const auto files = posix_file_system();
  auto sink = require_ok(make_file_sink(*files, folder / "export.scaup"));
  require_ok(sink->write(bytes_of("hello")));
  REQUIRE(std::filesystem::exists(folder / "export.scaup.partial"));
  sink.reset();
  REQUIRE(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("file streams: a folder or file that is not there is not found") {
  const TempFolder folder;
  const auto files = posix_file_system();
  require_error(make_file_sink(*files, folder / "none" / "export.scaup"), ErrorCode::not_found);
  require_error(make_file_source(*files, folder / "none"), ErrorCode::not_found);
}
