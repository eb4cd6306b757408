// What each provider is sent, byte by byte.

#include <string>
#include <string_view>

#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

namespace {

struct Case {
  Provider provider;
  const char* model;
  const char* base_url;  // empty: the provider's own
  std::size_t dimension;
  TextKind kind;
  const char* reply;
  const char* url;
  const char* body;
};

constexpr const char* kList = R"({"data":[{"index":0,"embedding":[3,4]},{"index":1,"embedding":[0,2]}]})";

const Case kCases[] = {
    {Provider::openai, "text-embedding-3-small", "", 2, TextKind::document, kList,
     "https://api.openai.com/v1/embeddings",
     R"({"model":"text-embedding-3-small","input":["a \"b\"","c"],"dimensions":2,"encoding_format":"base64"})"},
    {Provider::openai, "m", "http://localhost:9000/v1/", 2, TextKind::query, kList,
     "http://localhost:9000/v1/embeddings",
     R"({"model":"m","input":["a \"b\"","c"],"dimensions":2,"encoding_format":"base64"})"},
    {Provider::azure_openai, "my deployment", "https://res.openai.azure.com", 2, TextKind::document, kList,
     "https://res.openai.azure.com/openai/deployments/my%20deployment/embeddings?api-version=2024-10-21",
     R"({"model":"my deployment","input":["a \"b\"","c"],"dimensions":2,"encoding_format":"base64"})"},
    {Provider::azure_openai, "dep", "https://res.openai.azure.com/?api-version=2024-02-01", 2, TextKind::document,
     kList, "https://res.openai.azure.com/openai/deployments/dep/embeddings?api-version=2024-02-01",
     R"({"model":"dep","input":["a \"b\"","c"],"dimensions":2,"encoding_format":"base64"})"},
    {Provider::azure_openai, "dep", "https://res.openai.azure.com/openai/v1", 2, TextKind::document, kList,
     "https://res.openai.azure.com/openai/v1/embeddings",
     R"({"model":"dep","input":["a \"b\"","c"],"dimensions":2,"encoding_format":"base64"})"},
    {Provider::ollama, "nomic-embed-text", "", 2, TextKind::document,
     R"({"embeddings":[[3,4],[0,2]],"prompt_eval_count":4})", "http://localhost:11434/api/embed",
     R"({"model":"nomic-embed-text","input":["a \"b\"","c"],"dimensions":2,"truncate":true})"},
    {Provider::cohere, "embed-v4.0", "", 2, TextKind::document, R"({"id":"x","embeddings":{"float":[[3,4],[0,2]]}})",
     "https://api.cohere.com/v2/embed",
     R"({"model":"embed-v4.0","texts":["a \"b\"","c"],"input_type":"search_document","output_dimension":2,)"
     R"("embedding_types":["float"],"truncate":"END"})"},
    {Provider::cohere, "embed-v4.0", "", 2, TextKind::query, R"({"id":"x","embeddings":{"float":[[3,4],[0,2]]}})",
     "https://api.cohere.com/v2/embed",
     R"({"model":"embed-v4.0","texts":["a \"b\"","c"],"input_type":"search_query","output_dimension":2,)"
     R"("embedding_types":["float"],"truncate":"END"})"},
    {Provider::mistral, "codestral-embed", "", 2, TextKind::document, kList, "https://api.mistral.ai/v1/embeddings",
     R"({"model":"codestral-embed","input":["a \"b\"","c"],"output_dimension":2,"encoding_format":"base64"})"},
    {Provider::jina, "jina-embeddings-v3", "", 2, TextKind::query, kList, "https://api.jina.ai/v1/embeddings",
     R"({"model":"jina-embeddings-v3","input":["a \"b\"","c"],"task":"retrieval.query","dimensions":2,)"
     R"("normalized":true,"embedding_type":"base64","truncate":true})"},
    {Provider::jina, "jina-embeddings-v2-base-en", "", 2, TextKind::query, kList, "https://api.jina.ai/v1/embeddings",
     R"({"model":"jina-embeddings-v2-base-en","input":["a \"b\"","c"],"dimensions":2,)"
     R"("normalized":true,"embedding_type":"base64","truncate":true})"},
    {Provider::voyage, "voyage-3.5", "", 2, TextKind::document, kList, "https://api.voyageai.com/v1/embeddings",
     R"({"model":"voyage-3.5","input":["a \"b\"","c"],"input_type":"document","output_dimension":2,)"
     R"("truncation":true,"encoding_format":"base64"})"},
    {Provider::mixedbread, "mixedbread-ai/mxbai-embed-large-v1", "", 2, TextKind::document, kList,
     "https://api.mixedbread.com/v1/embeddings",
     R"({"model":"mixedbread-ai/mxbai-embed-large-v1","input":["a \"b\"","c"],"dimensions":2,)"
     R"("normalized":true,"encoding_format":"float"})"},
    {Provider::vertex_ai, "text-embedding-005", "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu", 2,
     TextKind::query,
     R"({"predictions":[{"embeddings":{"values":[3,4],"statistics":{"token_count":3.0}}},{"embeddings":{"values":[0,2]}}]})",
     "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/publishers/google/models/"
     "text-embedding-005:predict",
     R"({"instances":[{"content":"a \"b\"","task_type":"RETRIEVAL_QUERY"},{"content":"c","task_type":"RETRIEVAL_QUERY"}],)"
     R"("parameters":{"autoTruncate":true,"outputDimensionality":2}})"},
    {Provider::text_embeddings_inference, "bge", "", 2, TextKind::document, "[[3,4],[0,2]]",
     "http://localhost:8080/embed",
     R"({"model":"bge","inputs":["a \"b\"","c"],"dimensions":2,"normalize":true,"truncate":true,"truncation_direction":"Right"})"},
    {Provider::local_ai, "m", "", 2, TextKind::document, kList, "http://localhost:8080/v1/embeddings",
     R"({"model":"m","input":["a \"b\"","c"]})"},
    {Provider::lm_studio, "m", "", 2, TextKind::document, kList, "http://localhost:1234/v1/embeddings",
     R"({"model":"m","input":["a \"b\"","c"]})"},
    {Provider::vllm, "m", "", 2, TextKind::document, kList, "http://localhost:8000/v1/embeddings",
     R"({"model":"m","input":["a \"b\"","c"],"dimensions":2})"},
    {Provider::llama_cpp, "", "", 2, TextKind::document, kList, "http://localhost:8080/v1/embeddings",
     R"({"input":["a \"b\"","c"]})"},
};

}  // namespace

TEST_CASE("embedding request: each provider gets its own address and fields") {
  const std::string_view texts[] = {"a \"b\"", "c"};
  for (const Case& sample : kCases) {
    INFO(to_string(sample.provider) << " " << sample.model);
    const auto transport = transport_of(sample.reply);
    const auto embedder = require_ok(make_embedder_client(
        sample.provider,
        {.model = sample.model, .endpoint = endpoint_on(transport, sample.base_url), .dimension = sample.dimension}));
    const Embeddings rows = require_ok(embedder->embed(texts, sample.kind));
    REQUIRE(transport->requests().size() == 1);
    const HttpRequest request = transport->requests()[0];
    CHECK(request.method == "POST");
    CHECK(request.url == sample.url);
    CHECK(request.body == sample.body);
    REQUIRE(request.secret_headers.size() == 1);
    CHECK(request.secret_headers[0].name == (sample.provider == Provider::azure_openai ? "api-key" : "Authorization"));
    CHECK(request.secret_headers[0].prefix == (sample.provider == Provider::azure_openai ? "" : "Bearer "));
    REQUIRE(rows.values == std::vector<float>{0.6F, 0.8F, 0, 1});
  }
}

TEST_CASE("embedding request: every provider with embeddings is among the samples") {
  for (int i = 0; i <= static_cast<int>(Provider::llama_cpp); ++i) {
    const auto provider = static_cast<Provider>(i);
    INFO(to_string(provider));
    REQUIRE(std::ranges::any_of(kCases, [&](const Case& sample) { return sample.provider == provider; }));
  }
}

TEST_CASE("embedding request: the dimension is not sent unless it was asked for") {
  const auto transport = transport_of(list_reply(1));
  const auto embedder =
      require_ok(make_embedder_client(Provider::openai, {.model = "unknown", .endpoint = endpoint_on(transport)}));
  REQUIRE(embedder->identity().dimension == 2);
  REQUIRE(transport->requests()[0].body.find("dimensions") == std::string::npos);
}

TEST_CASE("embedding request: prefixes stand before the texts they are for") {
  const auto transport = transport_of(list_reply(1));
  const auto embedder = require_ok(make_embedder_client(Provider::vllm, {.model = "m",
                                                                         .endpoint = endpoint_on(transport),
                                                                         .dimension = 2,
                                                                         .document_prefix = "doc: ",
                                                                         .query_prefix = "ask: "}));
  const std::string_view text = "x";
  require_ok(embedder->embed({&text, 1}, TextKind::document));
  require_ok(embedder->embed({&text, 1}, TextKind::query));
  REQUIRE(transport->requests()[0].body.find(R"("input":["doc: x"])") != std::string::npos);
  REQUIRE(transport->requests()[1].body.find(R"("input":["ask: x"])") != std::string::npos);
  REQUIRE(embedder->identity().document_prefix == "doc: ");
  REQUIRE(embedder->identity().query_prefix == "ask: ");
}
