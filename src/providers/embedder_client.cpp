// Embedder over HTTP: one call, one request.

#include <algorithm>
#include <vector>

#include "base/boundary.hpp"
#include "base/utf8.hpp"
#include "providers/clients.hpp"
#include "providers/embedding_reply.hpp"
#include "providers/embedding_request.hpp"

namespace scaup::inline v0 {
namespace {

using Texts = std::span<const std::string_view>;

Status check_texts(Texts texts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (const auto at = find_invalid_utf8(texts[i])) {
      return Error(ErrorCode::invalid_argument,
                   "embed: text " + std::to_string(i) + ": not UTF-8 at byte " + std::to_string(*at));
    }
  }
  return {};
}

class EmbedderClient final : public Embedder {
 public:
  EmbedderClient(ApiClient client, EmbedderIdentity identity, std::size_t asked_dimension)
      : client_(std::move(client)), identity_(std::move(identity)), asked_dimension_(asked_dimension) {}

  Result<Embeddings> embed(Texts texts, TextKind kind, std::stop_token stop) const override {
    return guarded([&]() -> Result<Embeddings> {
      if (auto checked = check_texts(texts); !checked) return std::move(checked).error();
      if (stop.stop_requested()) return Error(ErrorCode::cancelled, "embed: cancelled");
      return embed_filled(texts, kind, stop);
    });
  }

  const EmbedderIdentity& identity() const noexcept override { return identity_; }

  /// How many components the provider's vectors have; for an identity that does not know.
  Status learn_dimension(std::stop_token stop) {
    static constexpr std::string_view kProbe = "scaup";
    const auto rows = exchange({&kProbe, 1}, TextKind::document, stop);
    if (!rows) return rows.error();
    identity_.dimension = rows->dimension;
    return {};
  }

 private:
  // Providers refuse empty texts, and a batch with them; there is nothing to know of one, so its row is zeros.
  Result<Embeddings> embed_filled(Texts texts, TextKind kind, const std::stop_token& stop) const {
    std::vector<std::string_view> filled;
    for (const std::string_view text : texts) {
      if (!text.empty()) filled.push_back(text);
    }
    auto rows = filled.empty() ? Embeddings{.dimension = identity_.dimension} : exchange(filled, kind, stop);
    if (!rows || filled.size() == texts.size()) return rows;
    Embeddings all = {.dimension = identity_.dimension, .values = {}};
    all.values.resize(texts.size() * all.dimension);
    auto next = rows->values.begin();
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].empty()) continue;
      const auto size = static_cast<std::ptrdiff_t>(all.dimension);
      std::copy_n(next, size, all.values.begin() + static_cast<std::ptrdiff_t>(i) * size);
      next += size;
    }
    return all;
  }

  Result<Embeddings> exchange(Texts texts, TextKind kind, const std::stop_token& stop) const {
    const EmbeddingFields& fields = *client_.table->embedding;
    const std::string& prefix = kind == TextKind::document ? identity_.document_prefix : identity_.query_prefix;
    std::string body = write_embedding_request(
        client_, {.texts = texts, .kind = kind, .prefix = prefix, .dimension = asked_dimension_});
    ProviderCall call(client_);
    const auto tree = call.send_for_json(client_.post(fields.path, std::move(body)), stop);
    if (!tree) return tree.error();
    auto reply =
        read_embedding_reply(fields.reply, tree->root(), {.count = texts.size(), .dimension = identity_.dimension});
    if (!reply && reply.error().code() != ErrorCode::bad_reply) return std::move(reply).error();
    if (!reply) return call.bad_reply(reply.error().message());
    call.set_usage(reply->usage);
    normalise_rows(reply->embeddings);
    return std::move(reply->embeddings);
  }

  ApiClient client_;
  EmbedderIdentity identity_;
  std::size_t asked_dimension_;  // 0: the model's own
};

Status check_options(const ProviderTable& table, const RemoteEmbedderOptions& options) {
  const std::string name(table.name);
  if (table.embedding == nullptr) return Error(ErrorCode::invalid_argument, name + " has no embeddings here");
  if (options.dimension > 65536) {
    return Error(ErrorCode::invalid_argument,
                 name + ": dimension " + std::to_string(options.dimension) + ", at most 65536 are accepted");
  }
  if (find_invalid_utf8(options.document_prefix) || find_invalid_utf8(options.query_prefix)) {
    return Error(ErrorCode::invalid_argument, name + ": a prefix is not UTF-8");
  }
  return {};
}

// Before the requests that are made here: the policies around the client ask for the others.
Status ask_limiter(const Endpoint& endpoint, const std::stop_token& stop) {
  constexpr std::uint64_t kProbeTokens = 2;
  return endpoint.limiter == nullptr ? Status() : endpoint.limiter->acquire(kProbeTokens, stop);
}

// The name that a server without models in its requests gives to its own.
Result<std::string> learn_model(const ApiClient& client, const std::stop_token& stop) {
  if (Status may = ask_limiter(client.endpoint, stop); !may) return std::move(may).error();
  ProviderCall call(client);
  const auto tree = call.send_for_json(client.request("GET", client.table->health.path), stop);
  if (!tree) return tree.error();
  const std::string_view model = tree->root().find_text("model_id");
  if (model.empty()) return call.bad_reply("no member \"model_id\"");
  return std::string(model);
}

EmbedderIdentity identity_of(const ApiClient& client, const RemoteEmbedderOptions& options) {
  const ModelFacts* const facts = find_model(*client.table->embedding, client.model);
  const std::size_t known = facts == nullptr ? 0 : facts->dimension;
  return {.provider = std::string(client.table->name),
          .model = client.model,
          .dimension = options.dimension != 0 ? options.dimension : known,
          .normalised = true,
          .document_prefix = options.document_prefix,
          .query_prefix = options.query_prefix};
}

}  // namespace

Result<std::shared_ptr<const Embedder>> make_embedder_client(Provider provider, const RemoteEmbedderOptions& options,
                                                             std::stop_token stop) {
  if (auto checked = check_options(table_of(provider), options); !checked) return std::move(checked).error();
  auto client = ApiClient::make(provider, options.model, options.endpoint);
  if (!client) return std::move(client).error();
  EmbedderIdentity identity = identity_of(*client, options);
  if (identity.model.empty() && provider == Provider::text_embeddings_inference) {
    auto model = learn_model(*client, stop);
    if (!model) return std::move(model).error();
    identity.model = *std::move(model);
  }
  auto embedder = std::make_shared<EmbedderClient>(*std::move(client), std::move(identity), options.dimension);
  if (embedder->identity().dimension != 0) return embedder;
  if (Status may = ask_limiter(options.endpoint, stop); !may) return std::move(may).error();
  if (auto learned = embedder->learn_dimension(stop); !learned) return std::move(learned).error();
  return embedder;
}

}  // namespace scaup::inline v0
