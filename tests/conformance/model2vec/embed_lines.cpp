// Reads JSON strings, one a line, and writes for each a line {"ids": [...], "embedding": [...]} by the
// model in a folder. Unknown tokens are among the ids. Usage: embed_lines FOLDER < texts.jsonl

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "embed/tokenizer_json.hpp"
#include "json/json_reader.hpp"
#include "json/json_writer.hpp"
#include "scaup/embedder.hpp"

namespace {

using namespace scaup;

std::vector<std::string> read_texts(std::istream& input) {
  std::vector<std::string> texts;
  for (std::string line; std::getline(input, line);) texts.push_back(*parse_json(line).value().get_if<std::string>());
  return texts;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Number>
void write_list(const char* name, const std::vector<Number>& numbers) {
  std::string line = std::string("\"") + name + "\": [";
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i != 0) line += ", ";
    append_json(line, numbers[i]);
  }
  std::cout << line << "]";
}

void write_line(const std::vector<Token>& tokens, std::span<const float> vector) {
  std::vector<std::int64_t> ids;
  for (const Token& token : tokens) ids.push_back(token.id);
  std::cout << "{";
  write_list("ids", ids);
  std::cout << ", ";
  write_list("embedding", std::vector<double>(vector.begin(), vector.end()));
  std::cout << "}\n";
}

void run(const std::string& folder) {
  const auto embedder = load_static_embedder(folder).value();
  const auto tokenizer = parse_tokenizer_json(read_file(folder + "/tokenizer.json"), 1U << 24U).value();
  const auto texts = read_texts(std::cin);
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto vectors = embedder->embed(views, TextKind::document).value();
  TokenizerScratch scratch;
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    tokenizer.tokenize(texts[i], scratch, tokens);
    write_line(tokens, vectors.row(i));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: embed_lines FOLDER < texts.jsonl\n");
    return 2;
  }
  try {
    run(argv[1]);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "embed_lines: %s\n", exception.what());
    return 1;
  }
}
