// Rerankers: one adapter, six tables.

#include <string>
#include <string_view>
#include <vector>

#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

Result<std::vector<RerankScore>> rerank(const std::shared_ptr<FakeTransport>& transport, Provider provider,
                                        std::size_t count) {
  static constexpr std::string_view kTexts[] = {"a", "b", "c"};
  const auto reranker = require_ok(make_reranker_client(provider, {.model = "m", .endpoint = endpoint_on(transport)}));
  return reranker->rerank("q?", {kTexts, count});
}

}  // namespace

TEST_CASE("reranker client: each provider gets its own address and fields") {
  struct Case {
    Provider provider;
    const char* url;
    const char* body;
    const char* reply;
  };
  const Case cases[] = {
      {Provider::cohere, "https://api.cohere.com/v2/rerank",
       R"({"model":"m","query":"q?","documents":["a","b","c"],"top_n":3})",
       R"({"id":"x","results":[{"index":2,"relevance_score":0.9},{"index":0,"relevance_score":0.5},{"index":1,"relevance_score":0.1}]})"},
      {Provider::jina, "https://api.jina.ai/v1/rerank",
       R"({"model":"m","query":"q?","documents":["a","b","c"],"top_n":3,"return_documents":false})",
       R"({"results":[{"index":0,"relevance_score":0.5,"document":{"text":"a"}},{"index":1,"relevance_score":0.1,"document":"b"},{"index":2,"relevance_score":0.9}]})"},
      {Provider::voyage, "https://api.voyageai.com/v1/rerank",
       R"({"model":"m","query":"q?","documents":["a","b","c"],"top_k":3,"truncation":true,"return_documents":false})",
       R"({"object":"list","data":[{"relevance_score":0.5,"index":0},{"relevance_score":0.9,"index":2},{"relevance_score":0.1,"index":1}],"usage":{"total_tokens":26}})"},
      {Provider::text_embeddings_inference, "http://localhost:8080/rerank",
       R"({"model":"m","query":"q?","texts":["a","b","c"],"raw_scores":false,"return_text":false,"truncate":true})",
       R"([{"index":1,"score":0.1},{"index":2,"score":0.9},{"index":0,"score":0.5}])"},
      {Provider::llama_cpp, "http://localhost:8080/v1/rerank",
       R"({"model":"m","query":"q?","documents":["a","b","c"],"top_n":3})",
       R"({"results":[{"index":0,"relevance_score":-0.5},{"index":1,"relevance_score":-4},{"index":2,"relevance_score":3}]})"},
      {Provider::vllm, "http://localhost:8000/v1/rerank",
       R"({"model":"m","query":"q?","documents":["a","b","c"],"top_n":3})",
       R"({"id":"x","model":"m","usage":{"total_tokens":3},"results":[{"index":2,"document":{"text":"c"},"relevance_score":1},{"index":0,"relevance_score":0},{"index":1,"relevance_score":-1}]})"},
  };
  for (const Case& sample : cases) {
    INFO(to_string(sample.provider));
    const auto transport = transport_of(sample.reply);
    const auto scores = require_ok(rerank(transport, sample.provider, 3));
    CHECK(transport->requests()[0].url == sample.url);
    CHECK(transport->requests()[0].body == sample.body);
    REQUIRE(scores.size() == 3);
    CHECK(scores[0].index == 2);
    CHECK(scores[1].index == 0);
    CHECK(scores[2].index == 1);
  }
}

TEST_CASE("reranker client: equal scores are in the order of the texts") {
  const auto transport = transport_of(R"([{"index":2,"score":1},{"index":0,"score":1},{"index":1,"score":1}])");
  const auto scores = require_ok(rerank(transport, Provider::text_embeddings_inference, 3));
  for (std::size_t i = 0; i < 3; ++i) REQUIRE(scores[i].index == i);
}

TEST_CASE("reranker client: no texts need no request") {
  const auto transport = transport_of("{}");
  REQUIRE(require_ok(rerank(transport, Provider::cohere, 0)).empty());
  REQUIRE(transport->requests().empty());
}

TEST_CASE("reranker client: scores that are missing, twice, foreign or no numbers are refused") {
  for (const char* body :
       {R"({"results":[]})", R"({"results":[{"index":0,"relevance_score":1}]})", R"({})", R"({"results":{}})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":0,"relevance_score":1}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":2,"relevance_score":1}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":-1,"relevance_score":1}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":1,"relevance_score":null}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":1,"relevance_score":"1"}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"relevance_score":1}]})",
        R"({"results":[{"index":0,"relevance_score":1},{"index":1,"relevance_score":1e999}]})", "[1,2]"}) {
    INFO(body);
    require_error(rerank(transport_of(body), Provider::cohere, 2), ErrorCode::bad_reply,
                  {"cohere: HTTP 200", "body begins"});
  }
}
