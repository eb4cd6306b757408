// A conversation about a folder of documents in the terminal; each answer says where it is from.
//   12_chat FOLDER                       offline: answers are sentences of the documents
//   12_chat FOLDER ollama MODEL [URL]    with a model on this machine (`ollama serve`, `ollama pull MODEL`)
//   12_chat FOLDER openai MODEL [URL]    with the key in OPENAI_API_KEY, or any server of that protocol at URL
// An empty line or the end of the input ends it.

#include <cstdio>
#include <iostream>
#include <scaup/scaup.hpp>

namespace {

using Strings = std::vector<std::string>;

std::shared_ptr<const scaup::ChatModel> model_of(const Strings& arguments) {
  if (arguments.size() < 3) return nullptr;
  const auto provider = arguments[1] == "ollama" ? scaup::Provider::ollama : scaup::Provider::openai;
  scaup::Endpoint endpoint;
  if (arguments.size() > 3) endpoint.base_url = arguments[3];
  const auto variable = scaup::key_variable(provider);
  if (auto key = scaup::Secret::from_environment(variable); !variable.empty() && key) endpoint.key = *std::move(key);
  return scaup::make_remote_chat_model(provider, {.model = arguments[2], .endpoint = endpoint}).value();
}

void print_sources(const scaup::Answer& answer) {
  std::printf("\n");
  for (const auto& citation : answer.citations)
    std::printf("  [%zu] %s, lines %zu-%zu\n", citation.number, citation.source_id.c_str(), citation.first_line,
                citation.last_line);
  for (const auto& sentence : answer.sentences) {
    if (sentence.supported) continue;
    const std::string text = answer.text.substr(sentence.begin, sentence.end - sentence.begin);
    std::printf("  not found in what it cites: %s\n", text.c_str());
  }
  std::printf("\n");
}

void talk(const scaup::RagPipeline& pipeline) {
  std::vector<scaup::ChatMessage> history;
  const auto show = [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
    return scaup::Status();
  };
  std::string question;
  while (std::printf("> "), std::fflush(stdout), std::getline(std::cin, question) && !question.empty()) {
    const auto answer = pipeline.ask_streamed(question, show, {.history = history});
    if (!answer) {  // the conversation goes on
      std::printf("%s\n", answer.error().message().c_str());
      continue;
    }
    print_sources(*answer);
    history.push_back({.role = scaup::ChatRole::user, .text = question});
    history.push_back({.role = scaup::ChatRole::assistant, .text = answer->text});
  }
}

int run(const Strings& arguments) {
  if (arguments.empty()) {
    std::fprintf(stderr, "usage: 12_chat FOLDER [ollama MODEL [URL] | openai MODEL [URL]]\n");
    return 2;
  }
  auto db = scaup::Database::in_memory();
  const auto embedder = scaup::make_static_embedder().value();
  auto library = scaup::Ingestor::open(db, "library", {.collection = {.embedder = embedder}}).value();
  const auto report = library.add_folder(arguments[0]).value();
  std::printf("%zu files. Ask.\n", report.sources_added);
  talk(scaup::RagPipeline::make(library.chunks(), {.sources = library.sources(), .chat = model_of(arguments)}).value());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(Strings(argv + 1, argv + argc));
  } catch (const scaup::Exception& failure) {
    std::fprintf(stderr, "12_chat: %s\n", failure.what());
    return 1;
  }
}
