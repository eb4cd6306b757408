// Reranker over HTTP: one adapter, and a table of fields for each provider.

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/boundary.hpp"
#include "base/utf8.hpp"
#include "json/json_builder.hpp"
#include "providers/api_client.hpp"
#include "providers/clients.hpp"

namespace scaup::inline v0 {
namespace {

using Texts = std::span<const std::string_view>;

std::string write_rerank_request(const ApiClient& client, std::string_view question, Texts texts) {
  const RerankFields& fields = *client.table->rerank;
  JsonBuilder json;
  json.open_object();
  if (!client.model.empty()) json.member("model", client.model);
  json.member("query", question).key(fields.texts).open_array();
  for (const std::string_view text : texts) json.string(text);
  json.close_array();
  if (!fields.count.empty()) json.key(fields.count).integer(static_cast<std::int64_t>(texts.size()));
  for (const FixedMember& member : fields.fixed) json.key(member.name).raw(member.json);
  json.close_object();
  return json.take();
}

Error reply_error(std::string what) {
  return {ErrorCode::bad_reply, std::move(what)};
}

// The list of scores: {"results":[...]}, {"data":[...]} or the bare list.
const JsonNode* find_results(const JsonNode& root) noexcept {
  if (root.kind == JsonKind::array) return &root;
  const JsonNode* const results = root.find("results");
  return results != nullptr ? results : root.find("data");
}

Result<RerankScore> read_score(const JsonNode& result, std::size_t count) {
  const auto index = result.find_unsigned("index");
  if (!index) return reply_error("a score without index");
  if (*index >= count)
    return reply_error("index " + std::to_string(*index) + " for " + std::to_string(count) + " texts");
  const JsonNode* score = result.find("relevance_score");
  if (score == nullptr) score = result.find("score");
  const auto value = score == nullptr ? std::nullopt : score->as_double();
  if (!value || !std::isfinite(*value)) return reply_error("index " + std::to_string(*index) + " without a score");
  return RerankScore{.index = static_cast<std::size_t>(*index), .score = *value};
}

/// Best first; equal scores by index.
Result<std::vector<RerankScore>> read_rerank_reply(const JsonNode& root, std::size_t count) {
  const JsonNode* const results = find_results(root);
  if (results == nullptr || results->kind != JsonKind::array) return reply_error("no list of results");
  if (results->children.size() != count) {
    return reply_error(std::to_string(results->children.size()) + " scores for " + std::to_string(count) + " texts");
  }
  std::vector<RerankScore> scores;
  std::vector<bool> seen(count, false);
  for (const JsonNode& result : results->children) {
    const auto score = read_score(result, count);
    if (!score) return score.error();
    if (seen[score->index]) return reply_error("index " + std::to_string(score->index) + " comes twice");
    seen[score->index] = true;
    scores.push_back(*score);
  }
  std::ranges::sort(scores, [](const RerankScore& a, const RerankScore& b) {
    return a.score != b.score ? a.score > b.score : a.index < b.index;
  });
  return scores;
}

TokenUsage usage_of(const JsonNode& root) {
  const JsonNode* const usage = root.find("usage");
  return usage == nullptr ? TokenUsage() : TokenUsage{.input_tokens = usage->find_unsigned("total_tokens").value_or(0)};
}

Status check_texts(std::string_view question, Texts texts) {
  const bool invalid = find_invalid_utf8(question).has_value() || std::ranges::any_of(texts, [](std::string_view text) {
                         return find_invalid_utf8(text).has_value();
                       });
  return invalid ? Status(Error(ErrorCode::invalid_argument, "rerank: a text is not UTF-8")) : Status();
}

class RerankerClient final : public Reranker {
 public:
  explicit RerankerClient(ApiClient client)
      : client_(std::move(client)), identity_{.provider = std::string(client_.table->name), .model = client_.model} {}

  Result<std::vector<RerankScore>> rerank(std::string_view question, Texts texts, std::stop_token stop) const override {
    return guarded([&]() -> Result<std::vector<RerankScore>> {
      if (auto checked = check_texts(question, texts); !checked) return std::move(checked).error();
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "rerank: cancelled");
      if (texts.empty()) return std::vector<RerankScore>();
      return exchange(question, texts, stop);
    });
  }

  const RerankerIdentity& identity() const noexcept override { return identity_; }

 private:
  Result<std::vector<RerankScore>> exchange(std::string_view question, Texts texts, const std::stop_token& stop) const {
    ProviderCall call(client_);
    const HttpRequest request =
        client_.post(client_.table->rerank->path, write_rerank_request(client_, question, texts));
    const auto tree = call.send_for_json(request, stop);
    if (!tree) return tree.error();
    auto scores = read_rerank_reply(tree->root(), texts.size());
    if (!scores) return call.bad_reply(scores.error().message());
    call.set_usage(usage_of(tree->root()));
    return scores;
  }

  ApiClient client_;
  RerankerIdentity identity_;
};

}  // namespace

Result<std::shared_ptr<const Reranker>> make_reranker_client(Provider provider, const RemoteRerankerOptions& options) {
  const ProviderTable& table = table_of(provider);
  if (table.rerank == nullptr) {
    return Error(ErrorCode::invalid_argument, std::string(table.name) + " does not rerank here");
  }
  auto client = ApiClient::make(provider, options.model, options.endpoint);
  if (!client) return std::move(client).error();
  return std::make_shared<RerankerClient>(*std::move(client));
}

}  // namespace scaup::inline v0
