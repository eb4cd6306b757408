// Two forms: a list of texts, and Vertex AI's list of instances.

#include "providers/embedding_request.hpp"

#include "json/json_builder.hpp"

namespace scaup::inline v0 {
namespace {

std::string_view kind_value(const EmbeddingFields& fields, TextKind kind, std::string_view model) noexcept {
  const bool kindless = !fields.kindless_models.empty() && model.starts_with(fields.kindless_models);
  if (fields.kind.empty() || kindless) return {};
  return kind == TextKind::document ? fields.document_kind : fields.query_kind;
}

std::string prefixed(std::string_view prefix, std::string_view text) {
  return std::string(prefix) + std::string(text);
}

void add_dimension(JsonBuilder& json, const EmbeddingFields& fields, std::size_t dimension) {
  if (dimension == 0 || fields.dimension.empty()) return;
  json.key(fields.dimension).integer(static_cast<std::int64_t>(dimension));
}

void add_fixed(JsonBuilder& json, std::span<const FixedMember> members) {
  for (const FixedMember& member : members) json.key(member.name).raw(member.json);
}

std::string write_instances(const EmbeddingFields& fields, const EmbeddingRequest& request, std::string_view kind) {
  JsonBuilder json;
  json.open_object().key(fields.texts).open_array();
  for (const std::string_view text : request.texts) {
    json.open_object().member("content", prefixed(request.prefix, text)).member(fields.kind, kind).close_object();
  }
  json.close_array().key("parameters").open_object().key("autoTruncate").boolean(true);
  add_dimension(json, fields, request.dimension);
  json.close_object().close_object();
  return json.take();
}

}  // namespace

std::string write_embedding_request(const ApiClient& client, const EmbeddingRequest& request) {
  const EmbeddingFields& fields = *client.table->embedding;
  const std::string_view kind = kind_value(fields, request.kind, client.model);
  if (fields.reply == EmbeddingShape::predictions) return write_instances(fields, request, kind);
  JsonBuilder json;
  json.open_object();
  if (client.table->needs_model || !client.model.empty()) json.member("model", client.model);
  json.key(fields.texts).open_array();
  for (const std::string_view text : request.texts) json.string(prefixed(request.prefix, text));
  json.close_array();
  if (!kind.empty()) json.member(fields.kind, kind);
  add_dimension(json, fields, request.dimension);
  add_fixed(json, fields.fixed);
  json.close_object();
  return json.take();
}

}  // namespace scaup::inline v0
