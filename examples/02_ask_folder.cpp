// Answers questions about a folder of text and Markdown files with the passages that say most about them.
//   02_ask_folder FOLDER "question"    asks one question
//   02_ask_folder FOLDER               asks each line of standard input
//   02_ask_folder                      asks three questions about docs/ whose right passage is known

#include <cstdio>
#include <iostream>
#include <scaup/scaup.hpp>
#include <sstream>
#include <unistd.h>

namespace {

// One line that is overwritten while work goes on; only where a person is watching.
void show_progress(const char* what, std::size_t done, std::size_t total) {
  if (isatty(STDERR_FILENO) == 0) return;
  constexpr std::size_t kWidth = 30;
  const std::size_t filled = total == 0 ? kWidth : done * kWidth / total;
  const std::string bar = std::string(filled, '#') + std::string(kWidth - filled, '.');
  std::fprintf(stderr, "\r%-10s [%s] %zu of %zu%s", what, bar.c_str(), done, total, done == total ? "\n" : "");
}

void print(const scaup::Match& match) {
  const scaup::Origin& origin = *match.document.origin;
  std::printf("%zu. score %.3f  %s, lines %zu-%zu, bytes %zu-%zu\n", match.rank, match.score, origin.source_id.c_str(),
              origin.first_line, origin.last_line, origin.begin, origin.end);
  if (const auto section = match.document.metadata.find("section"); section != match.document.metadata.end())
    std::printf("   section: %s\n", section->second.get_if<std::string>()->c_str());
  std::istringstream lines(match.document.text);
  for (std::string line; std::getline(lines, line);) std::printf("   | %s\n", line.c_str());
  std::printf("\n");
}

// Reads the folder, cuts its files into passages, and embeds them into a new collection.
scaup::Collection index_folder(const std::string& folder, scaup::Database& db) {
  const auto show = [](const scaup::LoadProgress& at) { show_progress("reading", at.files_done, at.files_total); };
  const auto loaded = scaup::load_folder(folder, {.extensions = {".txt", ".md", ".markdown"}, .on_progress = show}).value();
  for (const auto& skipped : loaded.skipped)
    std::fprintf(stderr, "skipped %s: %s\n", skipped.path.c_str(), skipped.error.message().c_str());

  const auto embedder = scaup::make_static_embedder().value();
  const auto chunker = scaup::make_markdown_chunker({.section = {.size = 200, .overlap = 30, .tokenizer = embedder->tokenizer()}});
  auto passages = db.create_collection("passages", {.embedder = embedder}).value();
  for (std::size_t i = 0; i < loaded.documents.size(); ++i) {
    passages.add(chunker->chunk(loaded.documents[i]).value()).value();
    show_progress("embedding", i + 1, loaded.documents.size());
  }
  passages.query("first", {.mode = scaup::QueryMode::hybrid}).value();  // begins to index words and neighbours
  passages.wait_until_indexed().value();
  std::printf("%zu files, %zu passages\n\n", loaded.documents.size(), passages.count().value());
  return passages;
}

scaup::QueryResult ask(const scaup::Collection& passages, const std::string& question, std::size_t k) {
  std::printf("Question: %s\n\n", question.c_str());
  auto found = scaup::make_hybrid_retriever(passages)->retrieve(question, {.k = k}).value();
  for (const auto& match : found) print(match);
  return found;
}

// Asks what the documentation is known to answer; returns whether each best passage is the right one.
bool ask_prepared_questions(const scaup::Collection& passages) {
  struct Prepared {
    const char* question;
    const char *right_file, *right_section;
  };
  constexpr Prepared kPrepared[] = {
      {"Can I read documents page by page while others write?", "guide.md", "Read everything, page by page"},
      {"When is the memory of old records given back?", "architecture.md", "engine/: where do documents live?"},
      {"Which third-party libraries does it use, and under which licence?", "third_party.md", "Third-party software"},
  };
  bool all_right = true;
  for (const Prepared& prepared : kPrepared) {
    const auto found = ask(passages, prepared.question, 1);
    const bool right = !found.empty() && found[0].document.origin->source_id == prepared.right_file &&
                       found[0].document.origin->section.back() == prepared.right_section;
    std::printf("   expected: %s, \"%s\": %s\n\n", prepared.right_file, prepared.right_section, right ? "right" : "WRONG");
    all_right = all_right && right;
  }
  return all_right;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc > 3) {
    std::fprintf(stderr, "usage: %s [FOLDER [\"question\"]]\n", argv[0]);
    return 2;
  }
  auto db = scaup::Database::in_memory();
  const auto passages = index_folder(argc > 1 ? argv[1] : "docs", db);
  if (argc == 1) return ask_prepared_questions(passages) ? 0 : 1;
  if (argc == 3) return ask(passages, argv[2], 3).empty() ? 1 : 0;
  for (std::string question; std::getline(std::cin, question);) {
    if (!question.empty()) ask(passages, question, 3);
  }
} catch (const scaup::Exception& exception) {
  std::fprintf(stderr, "%s\n", exception.what());
  return 1;
}
