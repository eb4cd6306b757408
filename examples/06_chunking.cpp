// Chunking: one text cut by three chunkers, each chunk with its section, lines and exact byte range in the text.

#include <cstdio>
#include <scaup/scaup.hpp>
#include <string>

namespace {

constexpr const char* kRules = R"(# Harbour rules

Every ship longer than 50 m takes a pilot. Dr. Hansen, the harbour master, may allow
exceptions (see Fig. 3). Ask before 6 p.m. The office is closed at night.

## Fog

Below 1.5 km of sight, slow down to 4 knots. Sound the horn every two minutes!
Who hears another horn ahead stops the engine.

## Ice

Stay away from the northern pier. In January the ferry breaks a channel; follow it.
)";

// On one line, and no more than fits there.
std::string short_text(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  return text.size() <= 64 ? text : text.substr(0, 61) + "...";
}

void print(const char* title, const scaup::Chunker& chunker, const scaup::Document& source) {
  std::printf("%s\n", title);
  const auto chunks = chunker.chunk(source).value();
  for (const auto& chunk : chunks) {
    const auto& origin = *chunk.origin;
    std::printf("  %s  lines %zu-%zu  bytes %zu-%zu", chunk.id.c_str(), origin.first_line, origin.last_line, origin.begin,
                origin.end);
    if (!origin.section.empty()) std::printf("  in \"%s\"", origin.section.back().c_str());
    std::printf("\n    %s\n", short_text(chunk.text).c_str());
    // What a citation rests on.
    if (source.text.substr(origin.begin, origin.end - origin.begin) != chunk.text) std::printf("    a wrong range\n");
  }
}

std::size_t number(const scaup::Document& chunk, std::string_view key) {
  return static_cast<std::size_t>(*chunk.metadata.find(key)->second.get_if<std::int64_t>());
}

}  // namespace

int main() {
  const scaup::Document rules = {.id = "rules.md", .text = kRules};

  // Sections: the headings above a chunk come with it.
  print("by section, at most 60 tokens:", *scaup::make_markdown_chunker({.section = {.size = 60, .overlap = 0}}), rules);

  // Sentences: never cut in the middle; "Dr.", "Fig. 3", "1.5" and "p.m." are known.
  print("whole sentences, at most 40 tokens, 12 of them repeated:",
        *scaup::make_sentence_chunker({.size = 40, .overlap = 12}), rules);

  // One sentence for searching, and the sentences around it for reading.
  const auto sentences = scaup::make_sentence_window_chunker({.window = 1})->chunk(rules).value();
  std::printf("a sentence and its window:\n");
  for (const auto& chunk : sentences) {
    if (chunk.text.find("horn every") == std::string::npos) continue;
    const std::size_t begin = number(chunk, scaup::kWindowBeginKey);
    const std::size_t end = number(chunk, scaup::kWindowEndKey);
    std::printf("  %s\n  bytes %zu-%zu: %s\n", chunk.text.c_str(), begin, end,
                rules.text.substr(begin, end - begin).c_str());
  }

  // The same text has the same id, on every machine and at every place in a document.
  const auto chunks = scaup::with_content_ids(scaup::make_paragraph_chunker())->chunk(rules).value();
  std::printf("content id of all of it: %s\n",
              chunks[0].metadata.find(scaup::kContentIdKey)->second.get_if<std::string>()->c_str());
}
