// Embeddings and a chat at an Ollama server, on this machine or elsewhere.
//
//   ollama serve; ollama pull nomic-embed-text; ollama pull llama3.2
//   08_ollama [URL [EMBEDDING_MODEL [CHAT_MODEL]]]     http://localhost:11434 nomic-embed-text llama3.2

#include <cstdio>
#include <scaup/scaup.hpp>
#include <string>

namespace {

const scaup::Document kNotes[] = {
    {.id = "fog", .text = "In fog every skipper sounds one long blast each two minutes and posts a lookout."},
    {.id = "storm", .text = "Before a gale the small boats are pulled ashore and the gates are closed."},
    {.id = "pilot", .text = "Ships longer than 60 metres take a pilot on board before the breakwater."},
};

int explain(const char* what, const scaup::Error& error) {
  std::fprintf(stderr, "%s: %s\n", what, error.message().c_str());
  if (error.code() == scaup::ErrorCode::not_found) std::fprintf(stderr, "Pull the model first: ollama pull MODEL\n");
  return 1;
}

int ask(const scaup::Endpoint& endpoint, const std::string& model, const std::string& question,
        const std::string& note) {
  const auto chat = scaup::make_remote_chat_model(scaup::Provider::ollama, {.model = model, .endpoint = endpoint});
  if (!chat) return explain("chat", chat.error());
  const scaup::ChatMessage messages[] = {
      {.role = scaup::ChatRole::system, .text = "Answer in one sentence, from this note alone: " + note},
      {.text = question}};
  const auto print = [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
    return scaup::Status();
  };
  const auto reply = (*chat)->stream(messages, print, {.temperature = 0, .max_tokens = 100});
  std::printf("\n");
  return reply ? 0 : explain("chat", reply.error());
}

}  // namespace

int main(int argc, char** argv) {
  const scaup::Endpoint endpoint = {.base_url = argc > 1 ? argv[1] : "http://localhost:11434"};
  const std::string model = argc > 2 ? argv[2] : "nomic-embed-text";
  const std::string chat_model = argc > 3 ? argv[3] : "llama3.2";
  if (const auto health = scaup::check_health(scaup::Provider::ollama, endpoint); !health) {
    std::fprintf(stderr, "No Ollama answers at %s. Start it with: ollama serve\n", endpoint.base_url.c_str());
    return explain("health", health.error());
  }

  // This model was trained with a word before each text that says what it is.
  const bool nomic = model.starts_with("nomic-embed-text");
  const auto embedder = scaup::make_remote_embedder(scaup::Provider::ollama,
                                                    {.model = model,
                                                     .endpoint = endpoint,
                                                     .document_prefix = nomic ? "search_document: " : "",
                                                     .query_prefix = nomic ? "search_query: " : ""});
  if (!embedder) return explain("embedder", embedder.error());
  std::printf("%s\n", to_string((*embedder)->identity()).c_str());

  auto db = scaup::Database::in_memory();
  auto notes = db.get_or_create_collection("notes", {.embedder = *embedder}).value();
  if (const auto added = notes.add(kNotes); !added) return explain("add", added.error());
  const std::string question = "What must a skipper do when he cannot see?";
  const auto matches = notes.query(question, {.k = 2});
  if (!matches) return explain("query", matches.error());
  for (const auto& match : *matches) std::printf("%.3f  %s\n", match.score, match.document.text.c_str());
  return ask(endpoint, chat_model, question, matches->matches[0].document.text);
}
