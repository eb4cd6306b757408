// Server-sent events and lines of JSON, cut anywhere.

#include <string>
#include <string_view>
#include <vector>

#include "providers/ndjson_decoder.hpp"
#include "providers/sse_decoder.hpp"
#include "support/catch.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

using Events = std::vector<SseEvent>;
using Lines = std::vector<std::string>;

Events events_of(std::initializer_list<std::string_view> pieces) {
  Events events;
  SseDecoder decoder;
  for (const std::string_view piece : pieces) {
    require_ok(decoder.feed(piece, [&](const SseEvent& event) {
      events.push_back(event);
      return Status();
    }));
  }
  return events;
}

Lines lines_of(std::initializer_list<std::string_view> pieces) {
  Lines lines;
  NdjsonDecoder decoder;
  const auto take = [&](std::string_view line) {
    lines.emplace_back(line);
    return Status();
  };
  for (const std::string_view piece : pieces) require_ok(decoder.feed(piece, take));
  require_ok(decoder.finish(take));
  return lines;
}

// Runs `decode` on every one- and two-cut split and compares with the whole.
template <typename Decode>
void require_same_for_every_split(std::string_view text, Decode decode) {
  const auto whole = decode({text});
  std::size_t different = 0;
  for (std::size_t a = 0; a <= text.size(); ++a) {
    for (std::size_t b = a; b <= text.size(); ++b) {
      if (decode({text.substr(0, a), text.substr(a, b - a), text.substr(b)}) != whole) ++different;
    }
  }
  REQUIRE(different == 0);
}

}  // namespace

TEST_CASE("sse: the examples of the HTML standard") {
  REQUIRE(events_of({"data: YHOO\ndata: +2\ndata: 10\n\n"}) == Events{{"", "YHOO\n+2\n10", ""}});
  REQUIRE(events_of({": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n"}) ==
          Events{{"", "first event", "1"}, {"", "second event", ""}});
  REQUIRE(events_of({"data\n\ndata\ndata\n\ndata:"}) == Events{{"", "", ""}, {"", "\n", ""}});
  REQUIRE(events_of({"data:test\n\ndata: test\n\n"}) == Events{{"", "test", ""}, {"", "test", ""}});
}

TEST_CASE("sse: lines may end with CR, LF or both, also between two pieces") {
  for (const std::string_view end : {"\n", "\r", "\r\n"}) {
    std::string text;
    for (const char* line : {"event: add", "data: 1", "data: 2", "", "data: 3", ""})
      text += std::string(line) + std::string(end);
    REQUIRE(events_of({text}) == Events{{"add", "1\n2", ""}, {"", "3", ""}});
  }
  REQUIRE(events_of({"data: a\r", "\n\r", "\ndata: b\r\r"}) == Events{{"", "a", ""}, {"", "b", ""}});
}

TEST_CASE("sse: ids stay, unknown fields and ids with NUL do not count, retry is kept") {
  REQUIRE(events_of({"id: 7\ndata: a\n\ndata: b\nfoo: c\n\n"}) == Events{{"", "a", "7"}, {"", "b", "7"}});
  REQUIRE(events_of({std::string_view("id: a\0b\ndata: a\n\n", 17)}) == Events{{"", "a", ""}});
  REQUIRE(events_of({"\xEF\xBB\xBF"
                     "data: a\n\n\xEF\xBB\xBF"
                     "data: b\n\n"}) == Events{{"", "a", ""}});
  SseDecoder decoder;
  require_ok(decoder.feed("retry: 1500\nretry: 2x\nretry:\nretry: -1\n", [](const SseEvent&) { return Status(); }));
  REQUIRE(decoder.retry() == std::chrono::milliseconds(1500));
}

TEST_CASE("sse: an event without the blank line behind it is none") {
  REQUIRE(events_of({"data: a\n\ndata: b\n"}) == Events{{"", "a", ""}});
  REQUIRE(events_of({"data: a"}).empty());
  REQUIRE(events_of({"event: x\n\n"}).empty());
}

TEST_CASE("sse: every one- and two-cut split gives the same events") {
  require_same_for_every_split(
      "\xEF\xBB\xBF: ping\r\n\r\nevent: chunk\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"\xF0\x9F\xA6\x86 "
      "\xC3\xA9\"}}]}\r\n\r\n"
      "data: {\"a\":1}\ndata: x\nid: 9\n\ndata:\r\rdata: [DONE]\n\n",
      events_of);
}

TEST_CASE("sse: a line and an event beyond the limit are errors, and what the sink says ends it") {
  const SseSink ignore = [](const SseEvent&) { return Status(); };
  require_ok(SseDecoder(16).feed("data: 0123456789\n\n", ignore));
  require_error(SseDecoder(16).feed("data: 0123456789a\n\n", ignore), ErrorCode::bad_reply, {"16 bytes"});
  require_error(SseDecoder(16).feed("data: 01234567\ndata: 01234567\n\n", ignore), ErrorCode::bad_reply, {"event"});
  SseDecoder fed(16);
  require_ok(fed.feed("data: 0123", ignore));
  require_error(fed.feed("0123456789", ignore), ErrorCode::bad_reply, {"line"});
  int calls = 0;
  const SseSink refuse = [&](const SseEvent&) {
    ++calls;
    return Status(Error(ErrorCode::cancelled, "enough"));
  };
  require_error(SseDecoder().feed("data: a\n\ndata: b\n\n", refuse), ErrorCode::cancelled, {"enough"});
  REQUIRE(calls == 1);
}

TEST_CASE("ndjson: lines without their ends, blank ones left out, a last one without end counts") {
  REQUIRE(lines_of({"{\"a\":1}\r\n\n  \r\n{\"b\":2}\n{\"c\":3}"}) == Lines{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}"});
  REQUIRE(lines_of({"\xEF\xBB\xBF{}\n"}) == Lines{"{}"});
  REQUIRE(lines_of({""}).empty());
}

TEST_CASE("ndjson: every one- and two-cut split gives the same lines") {
  require_same_for_every_split(
      "\xEF\xBB\xBF{\"message\":{\"content\":\"\xF0\x9F\xA6\x86\"},\"done\":false}\r\n\r\n{\"error\":\"x\"}\n "
      "\n{\"done\":true}",
      lines_of);
}

TEST_CASE("ndjson: a line beyond the limit is an error before it is held") {
  NdjsonDecoder decoder(8);
  const LineSink ignore = [](std::string_view) { return Status(); };
  require_ok(decoder.feed("12345678\n1234", ignore));
  require_error(decoder.feed("56789", ignore), ErrorCode::bad_reply, {"8 bytes"});
}
