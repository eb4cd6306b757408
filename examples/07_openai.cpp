// Embeddings and a chat by OpenAI's protocol: at OpenAI itself, or at any server that speaks it.
//
//   OPENAI_API_KEY=... 07_openai                                    asks api.openai.com
//   07_openai http://localhost:1234/v1 EMBEDDING_MODEL [CHAT_MODEL]  asks a server of yours, for example LM Studio's:
//   start it with a model for embeddings, and with one for chat if you name one.

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
  if (error.code() == scaup::ErrorCode::unavailable) {
    std::fprintf(stderr, "Does the server run? Its address is the first argument, see the top of 07_openai.cpp.\n");
  }
  return 1;
}

// The key of the environment; a server on this machine needs none.
scaup::Secret find_key() {
  auto key = scaup::Secret::from_environment(scaup::key_variable(scaup::Provider::openai));
  return key ? *key : scaup::Secret();
}

int ask(const scaup::Endpoint& endpoint, const std::string& model, const std::string& question,
        const std::string& note) {
  const auto chat = scaup::make_remote_chat_model(scaup::Provider::openai, {.model = model, .endpoint = endpoint});
  if (!chat) return explain("chat", chat.error());
  const scaup::ChatMessage messages[] = {
      {.role = scaup::ChatRole::system, .text = "Answer in one sentence, from this note alone: " + note},
      {.text = question}};
  const auto print = [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
    return scaup::Status();
  };
  const auto reply = (*chat)->stream(messages, print);
  std::printf("\n");
  if (!reply) return explain("chat", reply.error());
  std::printf("(%llu tokens)\n", static_cast<unsigned long long>(reply->usage.output_tokens));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const bool own_server = argc > 2;
  const scaup::Endpoint endpoint = {.base_url = own_server ? argv[1] : "", .key = find_key()};
  const std::string model = own_server ? argv[2] : "text-embedding-3-small";
  const std::string chat_model = argc > 3 ? argv[3] : own_server ? "" : "gpt-4o-mini";
  if (argc == 2 || (!own_server && endpoint.key.empty())) {
    std::fprintf(stderr, "Set OPENAI_API_KEY, or give a server and its models:\n"
                         "  07_openai http://localhost:1234/v1 EMBEDDING_MODEL [CHAT_MODEL]\n");
    return 2;
  }

  const auto embedder = scaup::make_remote_embedder(scaup::Provider::openai, {.model = model, .endpoint = endpoint});
  if (!embedder) return explain("embedder", embedder.error());
  std::printf("%s\n", to_string((*embedder)->identity()).c_str());

  auto db = scaup::Database::in_memory();
  auto notes = db.get_or_create_collection("notes", {.embedder = *embedder}).value();
  if (const auto added = notes.add(kNotes); !added) return explain("add", added.error());
  const std::string question = "What must a skipper do when he cannot see?";
  const auto matches = notes.query(question, {.k = 2});
  if (!matches) return explain("query", matches.error());
  for (const auto& match : *matches) std::printf("%.3f  %s\n", match.score, match.document.text.c_str());
  return chat_model.empty() ? 0 : ask(endpoint, chat_model, question, matches->matches[0].document.text);
}
