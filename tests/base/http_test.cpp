// HttpResponse and the defaults of ChatModel.

#include "scaup/http.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "scaup/chat.hpp"
#include "support/catch.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;

namespace {

class OneAnswer final : public ChatModel {
 public:
  explicit OneAnswer(Result<ChatReply> reply) : reply_(std::move(reply)) {}

  [[nodiscard]] Result<ChatReply> chat(std::span<const ChatMessage> /*messages*/, const ChatOptions& /*options*/,
                                       std::stop_token /*stop*/) const override {
    return reply_;
  }
  [[nodiscard]] const ChatIdentity& identity() const noexcept override { return identity_; }

 private:
  Result<ChatReply> reply_;
  ChatIdentity identity_;
};

}  // namespace

TEST_CASE("http: a header is found by its name, case aside, the first of several") {
  const HttpResponse response{.headers = {{"Retry-After", "3"}, {"retry-after", "4"}, {"X-Empty", ""}}};
  REQUIRE(response.header("RETRY-after") == "3");
  REQUIRE(response.header("x-empty").empty());
  REQUIRE(response.header("retry").empty());
  REQUIRE(response.header("").empty());
}

TEST_CASE("chat: a model that cannot stream delivers its answer in one piece") {
  std::vector<std::string> pieces;
  const auto keep = [&](std::string_view piece) {
    pieces.emplace_back(piece);
    return Status();
  };
  REQUIRE(require_ok(OneAnswer(ChatReply{.text = "seven"}).stream({}, keep)).text == "seven");
  REQUIRE(pieces == std::vector<std::string>{"seven"});
  REQUIRE(require_ok(OneAnswer(ChatReply{}).stream({}, keep)).text.empty());
  REQUIRE(pieces.size() == 1);
}

TEST_CASE("chat: the error of the model, of the sink, and an exception of the sink are what stream returns") {
  const auto refuse = [](std::string_view) -> Status { return Error(ErrorCode::cancelled, "enough"); };
  const auto throwing = [](std::string_view) -> Status { throw std::runtime_error("no room"); };
  require_error(OneAnswer(Error(ErrorCode::unavailable, "busy")).stream({}, refuse), ErrorCode::unavailable, {"busy"});
  require_error(OneAnswer(ChatReply{.text = "seven"}).stream({}, refuse), ErrorCode::cancelled, {"enough"});
  require_error(OneAnswer(ChatReply{.text = "seven"}).stream({}, throwing), ErrorCode::internal, {"no room"});
}
