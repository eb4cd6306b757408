// Answers questions about a folder with sentences that say where they are from.
//   10_rag FOLDER ["question"]                   offline: the answer is made of sentences of the documents
//   10_rag FOLDER "question" ollama MODEL [URL]  a model on this machine (`ollama serve`, `ollama pull MODEL`)
//   10_rag FOLDER "question" openai MODEL [URL]  with the key in OPENAI_API_KEY, or any server of that protocol at URL
// Without a question it asks each line of standard input; without a folder, three questions about docs/.

#include <cstdio>
#include <iostream>
#include <scaup/scaup.hpp>
#include <unistd.h>

namespace {

using Strings = std::vector<std::string>;

void show_progress(const scaup::IngestProgress& at) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r%zu of %zu files, %zu chunks%s", at.files_done, at.files_total, at.chunks,
               at.files_done == at.files_total ? "\n" : "");
}

// The chat model that the arguments name, or none.
std::shared_ptr<const scaup::ChatModel> model_of(const Strings& arguments) {
  if (arguments.size() < 4) return nullptr;
  const auto provider = arguments[2] == "ollama" ? scaup::Provider::ollama : scaup::Provider::openai;
  scaup::Endpoint endpoint;
  if (arguments.size() > 4) endpoint.base_url = arguments[4];
  const auto variable = scaup::key_variable(provider);
  if (auto key = scaup::Secret::from_environment(variable); !variable.empty() && key) endpoint.key = *std::move(key);
  return scaup::make_remote_chat_model(provider, {.model = arguments[3], .endpoint = endpoint}).value();
}

void print(const scaup::Citation& citation) {
  std::printf("  [%zu] %s", citation.number, citation.source_id.c_str());
  if (citation.page) std::printf(", page %zu", *citation.page);
  if (!citation.section.empty()) std::printf(", section \"%s\"", citation.section.back().c_str());
  std::printf(", lines %zu-%zu, bytes %zu-%zu\n", citation.first_line, citation.last_line, citation.begin, citation.end);
}

scaup::Answer ask(const scaup::RagPipeline& pipeline, const std::string& question) {
  std::printf("Question: %s\n\n", question.c_str());
  const auto show = [](std::string_view piece) {
    std::fwrite(piece.data(), 1, piece.size(), stdout);
    std::fflush(stdout);
    return scaup::Status();
  };
  auto answer = pipeline.ask_streamed(question, show).value();
  std::printf("\n\n");
  for (const auto& citation : answer.citations) print(citation);
  if (answer.citation_accuracy)
    std::printf("  %.0f %% of the cited sentences are supported by what they cite\n", 100 * *answer.citation_accuracy);
  std::printf("\n");
  return answer;
}

// Whether the first citation of each answer is from the file that holds it.
int ask_prepared(const scaup::RagPipeline& pipeline) {
  const std::pair<const char*, const char*> questions[] = {
      {"What does the error code embedder_mismatch mean?", "errors.md"},
      {"Which bytes does a log frame begin with?", "format.md"},
      {"How do I ask for more recall?", "tuning.md"},
  };
  int right = 0;
  for (const auto& [question, file] : questions) {
    const auto answer = ask(pipeline, question);
    right += !answer.citations.empty() && answer.citations.front().source_id == file ? 1 : 0;
  }
  std::printf("%d of 3 answers cite the right file first\n", right);
  return right == 3 ? 0 : 1;
}

int run(const Strings& arguments) {
  const std::string folder = arguments.empty() ? "docs" : arguments[0];
  auto db = scaup::Database::in_memory();
  const auto embedder = scaup::make_static_embedder().value();
  auto library = scaup::Ingestor::open(db, "library", {.collection = {.embedder = embedder}, .on_progress = show_progress}).value();
  const auto report = library.add_folder(folder).value();
  for (const auto& skipped : report.skipped)
    std::fprintf(stderr, "skipped %s: %s\n", skipped.id.c_str(), skipped.error.message().c_str());
  std::printf("%zu files, %zu chunks\n\n", report.sources_added, report.chunks_embedded);
  const auto pipeline =
      scaup::RagPipeline::make(library.chunks(), {.sources = library.sources(), .chat = model_of(arguments)}).value();
  if (arguments.empty()) return ask_prepared(pipeline);
  if (arguments.size() > 1) ask(pipeline, arguments[1]);
  for (std::string line; arguments.size() == 1 && std::getline(std::cin, line);) ask(pipeline, line);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(Strings(argv + 1, argv + argc));
  } catch (const scaup::Exception& failure) {
    std::fprintf(stderr, "10_rag: %s\n", failure.what());
    return 1;
  }
}
