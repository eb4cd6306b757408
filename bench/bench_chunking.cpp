// How many megabytes of text a second the chunkers cut, on one thread. Ten megabytes made of seeded words.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>

#include "scaup/chunker.hpp"
#include "scaup/format_chunkers.hpp"

namespace {

constexpr std::size_t kBytes = 10'000'000;

std::string make_word(std::mt19937_64& random) {
  std::string word(1 + random() % 9, 'a');
  for (char& c : word) c = static_cast<char>('a' + random() % 26);
  return word;
}

// Prose: sentences of about 12 words, paragraphs of about 6 sentences.
std::string make_prose(std::size_t bytes) {
  std::mt19937_64 random(1);
  std::string text;
  while (text.size() < bytes) {
    text += make_word(random);
    const std::uint64_t dice = random() % 72;
    text += dice == 0 ? ".\n\n" : dice < 6 ? ". " : dice < 10 ? ", " : " ";
  }
  return text;
}

// The same with accents and ideographs, so that bytes and code points differ.
std::string make_unicode_prose(std::size_t bytes) {
  std::string text;
  for (const char c : make_prose(bytes * 3 / 4)) {
    if (c == 'e') {
      text += "\xC3\xA9";
    } else if (c == 'q') {
      text += "\xE6\xB8\xAF";
    } else {
      text += c;
    }
  }
  return text;
}

// Prose with a heading every few paragraphs, lists and fenced code.
std::string make_markdown(std::size_t bytes) {
  std::mt19937_64 random(2);
  std::string text;
  for (std::string prose = make_prose(bytes); const char c : prose) {
    text += c;
    if (c != '\n' || random() % 4 != 0) continue;
    const std::uint64_t dice = random() % 8;
    if (dice < 4) text += "\n" + std::string(1 + random() % 3, '#') + " " + make_word(random) + "\n\n";
    if (dice == 4) text += "\n```\nint " + make_word(random) + " = 0;\n# comment\n```\n\n";
    if (dice == 5) text += "\n- " + make_word(random) + "\n- " + make_word(random) + "\n\n";
  }
  return text;
}

void run(benchmark::State& state, const scaup::Chunker& chunker, std::string text) {
  const scaup::Document source = {
      .id = "doc", .text = std::move(text), .metadata = {{"path", "doc"}, {"format", "text"}}};
  std::size_t chunks = 0;
  for (auto _ : state) {
    const auto result = chunker.chunk(source);
    if (!result) return state.SkipWithError(result.error().message().c_str());
    chunks = result->size();
    benchmark::DoNotOptimize(result->data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(source.text.size()));
  state.counters["chunks"] = static_cast<double>(chunks);
}

void recursive(benchmark::State& state, std::string text, scaup::Unit unit) {
  const auto size = static_cast<std::size_t>(state.range(0));
  run(state, *scaup::make_recursive_chunker({.size = size, .overlap = size / 10, .unit = unit}), std::move(text));
}

void BM_chunk_recursive_bytes(benchmark::State& state) {
  recursive(state, make_prose(kBytes), scaup::Unit::bytes);
}
void BM_chunk_recursive_characters(benchmark::State& state) {
  recursive(state, make_prose(kBytes), scaup::Unit::characters);
}
void BM_chunk_recursive_characters_unicode(benchmark::State& state) {
  recursive(state, make_unicode_prose(kBytes), scaup::Unit::characters);
}
void BM_chunk_recursive_words(benchmark::State& state) {
  recursive(state, make_prose(kBytes), scaup::Unit::tokens);
}
void BM_chunk_recursive_no_separator(benchmark::State& state) {
  recursive(state, std::string(kBytes, 'x'), scaup::Unit::characters);
}
void BM_chunk_markdown_characters(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const auto chunker =
      scaup::make_markdown_chunker({.section = {.size = size, .overlap = size / 10, .unit = scaup::Unit::characters}});
  run(state, *chunker, make_markdown(kBytes));
}
void BM_chunk_markdown_words(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const auto chunker = scaup::make_markdown_chunker({.section = {.size = size, .overlap = size / 10}});
  run(state, *chunker, make_markdown(kBytes));
}

// Functions of a few lines, nested blocks among them.
std::string make_code(std::size_t bytes) {
  std::mt19937_64 random(3);
  std::string text;
  while (text.size() < bytes) {
    text += "// " + make_word(random) + " " + make_word(random) + "\nint " + make_word(random) + "(int x) {\n";
    for (std::uint64_t line = random() % 12; line > 0; --line)
      text += "  if (x > " + std::to_string(line) + ") {\n    " + make_word(random) + "(\"{\", x);\n  }\n";
    text += "  return x;\n}\n\n";
  }
  return text;
}

std::string make_chat(std::size_t bytes) {
  std::string text;
  bool user = true;
  for (const char c : make_prose(bytes)) {
    text += c;
    if (c != '\n' || text[text.size() - 2] != '\n') continue;
    text += user ? "User: " : "Assistant: ";
    user = !user;
  }
  return text;
}

std::string make_html(std::size_t bytes) {
  std::mt19937_64 random(4);
  std::string text = "<html><head><title>Words</title></head><body><p>";
  for (std::string prose = make_prose(bytes); const char c : prose) {
    text += c;
    if (c == '\n' && random() % 8 == 0) text += "<h2 class=\"x\">" + make_word(random) + "</h2>";
    if (c == '\n') text += "<p>";
    if (c == ',') text += " <b>" + make_word(random) + "</b> &amp; ";
  }
  return text;
}

void BM_chunk_fixed_characters(benchmark::State& state) {
  run(state, *scaup::make_fixed_chunker({.size = 1000, .overlap = 100, .unit = scaup::Unit::characters}),
      make_prose(kBytes));
}
void BM_chunk_token(benchmark::State& state) {
  run(state, *scaup::make_token_chunker(), make_prose(kBytes));
}
void BM_chunk_sentence(benchmark::State& state) {
  run(state, *scaup::make_sentence_chunker(), make_prose(kBytes));
}
void BM_chunk_paragraph(benchmark::State& state) {
  run(state, *scaup::make_paragraph_chunker(), make_prose(kBytes));
}
void BM_chunk_page(benchmark::State& state) {
  run(state, *scaup::make_page_chunker(), make_prose(kBytes));
}
void BM_chunk_sentence_window(benchmark::State& state) {
  run(state, *scaup::make_sentence_window_chunker(), make_prose(kBytes));
}
void BM_chunk_code(benchmark::State& state) {
  run(state, *scaup::make_code_chunker(), make_code(kBytes));
}
void BM_chunk_chat(benchmark::State& state) {
  run(state, *scaup::make_chat_chunker(), make_chat(kBytes));
}
void BM_chunk_html(benchmark::State& state) {
  run(state, *scaup::make_html_chunker(), make_html(kBytes));
}
// With the hash embedder, which costs little: a model's time comes on top.
void BM_chunk_semantic(benchmark::State& state) {
  const auto embedder = scaup::make_hash_embedder({.dimension = 64}).value();
  run(state, *scaup::make_semantic_chunker({.embedder = embedder}), make_prose(kBytes));
}

}  // namespace

BENCHMARK(BM_chunk_recursive_bytes)->ArgName("size")->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_recursive_characters)->ArgName("size")->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_recursive_characters_unicode)->ArgName("size")->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_recursive_words)->ArgName("size")->Arg(100)->Arg(512)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_recursive_no_separator)->ArgName("size")->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_markdown_characters)->ArgName("size")->Arg(1000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_markdown_words)->ArgName("size")->Arg(512)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_fixed_characters)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_token)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_sentence)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_paragraph)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_page)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_sentence_window)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_code)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_chat)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_html)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_chunk_semantic)->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
