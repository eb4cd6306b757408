// check_health: what is asked, and what counts as an answer.

#include <string>

#include "provider_samples.hpp"

using namespace scaup;
using namespace scaup::test;

TEST_CASE("health: each provider is asked by its cheapest request") {
  struct Case {
    Provider provider;
    const char* base_url;
    const char* method;
    const char* url;
    const char* reply;
  };
  const Case cases[] = {
      {Provider::openai, "", "GET", "https://api.openai.com/v1/models", R"({"data":[]})"},
      {Provider::azure_openai, "https://r.openai.azure.com", "GET",
       "https://r.openai.azure.com/openai/models?api-version=2024-10-21", R"({"data":[]})"},
      {Provider::azure_openai, "https://r.openai.azure.com/openai/v1", "GET",
       "https://r.openai.azure.com/openai/v1/models", R"({"data":[]})"},
      {Provider::ollama, "", "GET", "http://localhost:11434/api/version", R"({"version":"0.21"})"},
      {Provider::cohere, "", "GET", "https://api.cohere.com/v1/models", R"({"models":[]})"},
      {Provider::mistral, "", "GET", "https://api.mistral.ai/v1/models", R"({"data":[]})"},
      {Provider::jina, "", "POST", "https://api.jina.ai/v1/embeddings", R"({"data":[]})"},
      {Provider::voyage, "", "POST", "https://api.voyageai.com/v1/embeddings", R"({"data":[]})"},
      {Provider::mixedbread, "", "POST", "https://api.mixedbread.com/v1/embeddings", R"({"data":[]})"},
      {Provider::vertex_ai, "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu", "GET",
       "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/endpoints?pageSize=1", "{}"},
      {Provider::vertex_ai, "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu?alt=json", "GET",
       "https://eu-aiplatform.googleapis.com/v1/projects/p/locations/eu/endpoints?pageSize=1&alt=json", "{}"},
      {Provider::text_embeddings_inference, "", "GET", "http://localhost:8080/info", R"({"model_id":"m"})"},
      {Provider::local_ai, "", "GET", "http://localhost:8080/v1/models", R"({"data":[]})"},
      {Provider::lm_studio, "", "GET", "http://localhost:1234/v1/models", R"({"data":[]})"},
      {Provider::vllm, "", "GET", "http://localhost:8000/v1/models", R"({"data":[]})"},
      {Provider::llama_cpp, "", "GET", "http://localhost:8080/v1/models", R"({"data":[]})"},
  };
  for (const Case& sample : cases) {
    INFO(to_string(sample.provider));
    const auto transport = transport_of(sample.reply);
    require_ok(check_health(sample.provider, endpoint_on(transport, sample.base_url)));
    const HttpRequest request = transport->requests()[0];
    CHECK(request.method == sample.method);
    CHECK(request.url == sample.url);
    CHECK(request.secret_headers.size() == 1);
    CHECK(request.body.empty() == (request.method == "GET"));
  }
}

TEST_CASE("health: nobody there, a refused key and another server are told apart") {
  const auto health = [](FakeReply reply) {
    return check_health(Provider::openai, endpoint_on(transport_of({std::move(reply)})));
  };
  require_error(health({.refused = true}), ErrorCode::unavailable, {"openai"});
  require_error(health({.status = 401, .body = R"({"error":{"message":"no"}})"}), ErrorCode::unauthorized);
  require_error(health({.status = 503, .body = R"({"error":{"message":"Loading model","code":503}})"}),
                ErrorCode::unavailable);
  require_error(health({.body = "<html>router</html>"}), ErrorCode::bad_reply, {"HTML"});
  require_error(health({.body = R"({"hello":"world"})"}), ErrorCode::bad_reply, {"another server"});
}

TEST_CASE("health: each provider has a name and most a variable for its key") {
  REQUIRE(to_string(Provider::text_embeddings_inference) == "text_embeddings_inference");
  REQUIRE(key_variable(Provider::openai) == "OPENAI_API_KEY");
  REQUIRE(key_variable(Provider::cohere) == "CO_API_KEY");
  REQUIRE(key_variable(Provider::lm_studio).empty());
}
