// Text in, text out: rows of random normal numbers, and words for texts.

#include "replies.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <random>
#include <stdexcept>

#include "base/base64.hpp"

namespace scaup::bench {
namespace {

std::vector<float> random_row(std::size_t dimension, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0.0F, 0.03F);
  std::vector<float> row(dimension);
  for (float& value : row) value = normal(random);
  return row;
}

}  // namespace

std::string number_row(std::size_t dimension, unsigned seed) {
  std::string text = "[";
  for (const float value : random_row(dimension, seed)) {
    std::array<char, 32> number = {};
    std::snprintf(number.data(), number.size(), "%.9g", static_cast<double>(value));
    if (text.size() > 1) text += ',';
    text += number.data();
  }
  return text + "]";
}

std::string base64_row(std::size_t dimension, unsigned seed) {
  const std::vector<float> row = random_row(dimension, seed);
  std::string bytes(row.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), row.data(), bytes.size());
  std::string text(1, '"');
  append_base64(text, bytes);
  text += '"';
  return text;
}

std::string reply_of(const std::string& row, std::size_t count) {
  std::string body = R"({"object":"list","data":[)";
  body.reserve(count * (row.size() + 64) + 128);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) body += ',';
    body += R"({"object":"embedding","index":)" + std::to_string(i) + R"(,"embedding":)";
    body += row;
    body += '}';
  }
  return body + R"(],"model":"bench","usage":{"prompt_tokens":8,"total_tokens":8}})";
}

std::vector<std::string> texts_of(std::size_t count, std::size_t bytes) {
  static constexpr std::array<std::string_view, 8> kWords = {"harbour", "tide", "fog",  "pilot",
                                                             "gale",    "rope", "buoy", "anchor"};
  std::mt19937_64 random(count);
  std::vector<std::string> texts(count);
  for (std::size_t i = 0; i < count; ++i) {
    texts[i] = "text " + std::to_string(i);
    while (texts[i].size() < bytes) texts[i].append(" ").append(kWords[random() % kWords.size()]);
  }
  return texts;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::shared_ptr<const Embedder> embedder_at(const std::string& url, const BatchOptions& batches) {
  RemoteEmbedderOptions options{.model = "bench"};
  options.endpoint = {.base_url = url};
  options.batches = batches;
  auto embedder = make_remote_embedder(Provider::openai, options);
  if (!embedder) throw std::runtime_error(embedder.error().message());
  return *std::move(embedder);
}

Embeddings embed(const Embedder& embedder, const std::vector<std::string>& texts) {
  auto rows = embedder.embed(views(texts), TextKind::document);
  if (!rows) throw std::runtime_error(rows.error().message());
  if (rows->rows() != texts.size()) throw std::runtime_error("not as many vectors as texts");
  return *std::move(rows);
}

}  // namespace scaup::bench
