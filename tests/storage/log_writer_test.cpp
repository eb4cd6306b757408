// Writing logs: what is read back, what a failure leaves, and the repair of a torn tail.

#include "storage/log_writer.hpp"

#include <random>
#include <string>

#include "storage/failing_files.hpp"
#include "storage/log_bytes.hpp"
#include "storage/log_repair.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

struct Fixture {
  TempFolder folder = {};
  std::filesystem::path path = folder / "log-3";
  FailingFiles files = {};
  LogWriterOptions options = {.preallocation = 4'096};

  LogWriter create() { return require_ok(LogWriter::create(files, path, log_identity(), 1, options)); }
  Result<LogEnd> read(Shown& shown) const {
    shown = {};
    const Bytes bytes = file_bytes(path);
    return read_log(log_to_read(bytes), shown.visitor());
  }
};

void add_last(LogWriter& writer, std::string_view body) {
  static_cast<void>(require_ok(writer.add(1, as_bytes(body), FramePlace::last)));
}

}  // namespace

TEST_CASE("log writer: random entries read back, after each write and after resuming") {
  Fixture fixture;
  std::mt19937_64 random(31);
  std::vector<std::string> written;
  {
    LogWriter writer = fixture.create();
    for (int round = 0; round < 60; ++round) {
      for (std::size_t frames = 1 + random() % 4; frames > 0; --frames) {
        written.push_back(std::string(random() % 700, static_cast<char>('a' + random() % 26)));
        const FramePlace place = frames == 1 ? FramePlace::last : FramePlace::more;
        REQUIRE(require_ok(writer.add(7, as_bytes(written.back()), place)) == written.size());
      }
      require_ok(writer.write());
      if (random() % 2 == 0) require_ok(writer.sync());
      Shown shown;
      const LogEnd end = require_ok(fixture.read(shown));
      REQUIRE(shown.bodies == written);
      REQUIRE(end.end_offset == writer.size());
      REQUIRE(end.next_number == writer.next_number());
      REQUIRE(end.dropped_bytes == 0);
      if (random() % 4 != 0) continue;
      writer = require_ok(LogWriter::resume(fixture.files, fixture.path, log_identity(), end.end_offset,
                                            end.next_number, fixture.options));
      REQUIRE(writer.synced_through() == written.size());
    }
  }
}

TEST_CASE("log writer: nothing is in the file before write, and an entry that has not ended cannot be written") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  Shown shown;
  static_cast<void>(require_ok(writer.add(1, as_bytes("a"), FramePlace::more)));
  require_error(writer.write(), ErrorCode::invalid_argument, {"has not ended"});
  REQUIRE(require_ok(fixture.read(shown)).dropped_bytes == 0);
  require_error(writer.add(2, as_bytes("b"), FramePlace::last), ErrorCode::invalid_argument, {"type 2", "type 1"});
  add_last(writer, "b");
  require_ok(writer.write());
  REQUIRE(require_ok(fixture.read(shown)).next_number == 3);
}

TEST_CASE("log writer: frames say through which number the log was synced") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  REQUIRE(writer.synced_through() == 0);
  add_last(writer, "a");
  require_ok(writer.write());
  require_ok(writer.sync());
  REQUIRE(writer.synced_through() == 1);
  add_last(writer, "b");
  require_ok(writer.write());
  const Bytes bytes = file_bytes(fixture.path);
  const auto second = decode_frame_header(seed(log_identity()), std::span(bytes).subspan(64 + 48));
  REQUIRE(second.has_value());
  REQUIRE(second->number == 2);
  REQUIRE(second->synced_through == 1);
}

TEST_CASE("log writer: a body above the limit is refused and changes nothing") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  const Bytes body(kMaxFrameBody + 1);
  require_error(writer.add(1, body, FramePlace::last), ErrorCode::invalid_argument, {"67108865"});
  add_last(writer, "a");
  require_ok(writer.write());
  Shown shown;
  REQUIRE(require_ok(fixture.read(shown)).next_number == 2);
}

TEST_CASE("log writer: an entry of many MiB is written in parts and shown whole, or forgotten whole") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  const std::string body(3U << 20U, 'x');
  for (int i = 0; i < 4; ++i) static_cast<void>(require_ok(writer.add(1, as_bytes(body), FramePlace::more)));
  Shown shown;
  SECTION("not ended") {
    REQUIRE(require_ok(fixture.read(shown)).dropped_bytes > 0);
    REQUIRE(shown.numbers.empty());
    require_ok(writer.discard());
    REQUIRE(writer.next_number() == 1);
    REQUIRE(require_ok(fixture.read(shown)).dropped_bytes == 0);
    add_last(writer, "small");
    require_ok(writer.write());
    REQUIRE(require_ok(fixture.read(shown)).next_number == 2);
  }
  SECTION("ended") {
    add_last(writer, "end");
    require_ok(writer.write());
    REQUIRE(require_ok(fixture.read(shown)).next_number == 6);
  }
}

TEST_CASE("log writer: discard forgets what was gathered") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  add_last(writer, "kept");
  require_ok(writer.write());
  static_cast<void>(require_ok(writer.add(1, as_bytes("gone"), FramePlace::more)));
  require_ok(writer.discard());
  add_last(writer, "after");
  require_ok(writer.write());
  Shown shown;
  static_cast<void>(require_ok(fixture.read(shown)));
  REQUIRE(shown.bodies == std::vector<std::string>{"kept", "after"});
}

TEST_CASE("log writer: a failed write leaves the log as it was, and the next one works") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  add_last(writer, "kept");
  require_ok(writer.write());
  add_last(writer, "lost");
  fixture.files.fail_when([](std::string_view call) { return call == "write"; });
  require_error(writer.write(), ErrorCode::io, {"injected"});
  fixture.files.fail_when({});
  REQUIRE(writer.next_number() == 2);
  Shown shown;
  REQUIRE(require_ok(fixture.read(shown)).dropped_bytes == 0);
  add_last(writer, "after");
  require_ok(writer.write());
  require_ok(writer.sync());
  REQUIRE(std::filesystem::file_size(fixture.path) == 4'096);  // reserved anew
  static_cast<void>(require_ok(fixture.read(shown)));
  REQUIRE(shown.bodies == std::vector<std::string>{"kept", "after"});
}

TEST_CASE("log writer: where a failed write cannot be taken back, or a sync fails, every later call fails") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  add_last(writer, "a");
  std::string_view failing;
  SECTION("truncate") {
    fixture.files.fail_when([](std::string_view call) { return call == "write" || call == "truncate"; });
    require_error(writer.write(), ErrorCode::io, {"write: injected"});
    failing = "truncate: injected";
  }
  SECTION("sync") {
    require_ok(writer.write());
    fixture.files.fail_when([](std::string_view call) { return call == "sync"; });
    require_error(writer.sync(), ErrorCode::io, {"sync: injected"});
    failing = "sync: injected";
  }
  fixture.files.fail_when({});
  REQUIRE(writer.failure().has_value());
  const auto parts = {std::string_view("read-only until reopened"), failing};
  require_error(writer.add(1, {}, FramePlace::last), ErrorCode::io, parts);
  require_error(writer.write(), ErrorCode::io, parts);
  require_error(writer.sync(), ErrorCode::io, parts);
  require_error(writer.discard(), ErrorCode::io, parts);
  REQUIRE(writer.synced_through() == 0);
}

TEST_CASE("log writer: a call that throws is a failed one: what was refused is never written, nor a sync trusted") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  add_last(writer, "kept");
  require_ok(writer.write());
  const auto throwing = [&](std::string_view wanted) {
    fixture.files.fail_when(
        [wanted](std::string_view call) -> bool { return call == wanted ? throw std::bad_alloc() : false; });
  };
  SECTION("write") {
    add_last(writer, "refused");
    throwing("write");
    require_error(writer.write(), ErrorCode::out_of_memory);
    fixture.files.fail_when({});
    add_last(writer, "after");
    require_ok(writer.write());
    Shown shown;
    static_cast<void>(require_ok(fixture.read(shown)));
    REQUIRE(shown.bodies == std::vector<std::string>{"kept", "after"});
  }
  SECTION("sync") {
    throwing("sync");
    require_error(writer.sync(), ErrorCode::out_of_memory);
    fixture.files.fail_when({});
    require_error(writer.sync(), ErrorCode::out_of_memory, {"read-only until reopened"});
    require_error(writer.add(1, {}, FramePlace::last), ErrorCode::out_of_memory, {"read-only until reopened"});
  }
}

TEST_CASE("log writer: without room to reserve, writes still work") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  fixture.files.fail_when([](std::string_view call) { return call == "preallocate"; });
  for (int i = 0; i < 20; ++i) {
    add_last(writer, std::string(1'000, 'x'));
    require_ok(writer.write());
  }
  Shown shown;
  REQUIRE(require_ok(fixture.read(shown)).next_number == 21);
}

TEST_CASE("log writer: a log that cannot be begun is not left behind") {
  Fixture fixture;
  for (const std::string_view failing : {"open", "write", "preallocate", "sync"}) {
    fixture.files.fail_when([&](std::string_view call) { return call == failing; });
    require_error(LogWriter::create(fixture.files, fixture.path, log_identity(), 1, fixture.options), ErrorCode::io);
    REQUIRE_FALSE(std::filesystem::exists(fixture.path));
  }
}

TEST_CASE("log writer: space is reserved ahead, so that most writes change no size") {
  Fixture fixture;
  LogWriter writer = fixture.create();
  REQUIRE(std::filesystem::file_size(fixture.path) == 4'096);
  for (int i = 0; i < 10; ++i) {
    add_last(writer, "abc");
    require_ok(writer.write());
  }
  REQUIRE(std::filesystem::file_size(fixture.path) == 4'096);
}

TEST_CASE("log writer: resuming behind the end of the file is refused") {
  Fixture fixture;
  static_cast<void>(fixture.create());
  require_error(LogWriter::resume(fixture.files, fixture.path, log_identity(), 5'000, 2, fixture.options),
                ErrorCode::corruption, {"4096 bytes", "5000"});
}

TEST_CASE("log repair: a torn tail is set aside and cut, and writing goes on") {
  Fixture fixture;
  {
    LogWriter writer = fixture.create();
    for (const char* body : {"one", "two", "three"}) {
      add_last(writer, body);
      require_ok(writer.write());
    }
  }
  const Bytes whole = file_bytes(fixture.path);
  std::filesystem::resize_file(fixture.path, 64 + 48 + 48 + 44);  // within the third frame
  Shown shown;
  const LogEnd torn = require_ok(fixture.read(shown));
  REQUIRE(torn.next_number == 3);
  REQUIRE(torn.dropped_bytes == 44);
  const auto quarantine = fixture.folder / "quarantine";
  const auto kept = require_ok(cut_log_tail(fixture.files, fixture.path, torn, quarantine));
  REQUIRE(kept == quarantine / "log-3.tail-160");
  REQUIRE(file_bytes(*kept) == Bytes(whole.begin() + 160, whole.begin() + 204));
  const LogEnd clean = require_ok(fixture.read(shown));
  REQUIRE(clean.dropped_bytes == 0);
  REQUIRE_FALSE(require_ok(cut_log_tail(fixture.files, fixture.path, clean, quarantine)).has_value());
  LogWriter writer = require_ok(LogWriter::resume(fixture.files, fixture.path, log_identity(), clean.end_offset,
                                                  clean.next_number, fixture.options));
  add_last(writer, "again");
  require_ok(writer.write());
  static_cast<void>(require_ok(fixture.read(shown)));
  REQUIRE(shown.bodies == std::vector<std::string>{"one", "two", "again"});
}

TEST_CASE("log repair: a repair that fails at any call can be done again, and keeps each copy") {
  Fixture fixture;
  {
    LogWriter writer = fixture.create();
    static_cast<void>(require_ok(writer.add(1, as_bytes(std::string(5U << 20U, 'x')), FramePlace::more)));
  }
  Shown shown;
  const LogEnd torn = require_ok(fixture.read(shown));
  const auto quarantine = fixture.folder / "quarantine";
  for (const std::string_view failing : {"create_directory", "open", "write", "sync", "sync_directory", "truncate"}) {
    fixture.files.fail_when([&](std::string_view call) { return call == failing; });
    require_error(cut_log_tail(fixture.files, fixture.path, torn, quarantine), ErrorCode::io, {failing});
    REQUIRE(require_ok(fixture.read(shown)).dropped_bytes == torn.dropped_bytes);
  }
  fixture.files.fail_when({});
  const auto kept = require_ok(cut_log_tail(fixture.files, fixture.path, torn, quarantine));
  REQUIRE(std::filesystem::file_size(*kept) == torn.dropped_bytes);
  REQUIRE(std::filesystem::file_size(fixture.path) == torn.end_offset);
}
