#include "collection/collection_state.hpp"

#include <algorithm>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "base/utf8.hpp"
#include "simd/kernels.hpp"
#include "storage/document_codec.hpp"
#include "text/analysis/analyzer.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::size_t kMaxNameBytes = 255;

Error embedder_mismatch(const EmbedderIdentity& stored, const EmbedderIdentity& given) {
  return {ErrorCode::embedder_mismatch, "the vectors here are of " + to_string(stored) + "; the embedder given is " +
                                            to_string(given) + "; use the first, or reembed"};
}

Error dimension_mismatch(std::size_t stored, std::size_t given, std::string_view whose) {
  return {ErrorCode::dimension_mismatch, "vectors have " + std::to_string(stored) + " components, " +
                                             std::string(whose) + " " + std::to_string(given)};
}

Status check_embedder(const StoreSchema& schema, const Embedder& embedder) {
  const EmbedderIdentity& given = embedder.identity();
  if (Status valid = check_identity(given); !valid) return valid;
  if (schema.embedder && *schema.embedder != given) return embedder_mismatch(*schema.embedder, given);
  if (schema.dimension && *schema.dimension != given.dimension) {
    return dimension_mismatch(*schema.dimension, given.dimension, "those of the embedder");
  }
  return {};
}

Status check_text_option(std::string_view name, const std::string& stored, const std::optional<std::string>& given) {
  if (!given || *given == stored) return {};
  return Error(ErrorCode::invalid_argument,
               std::string(name) + ": the collection has " + in_quotes(stored) + ", not " + in_quotes(*given));
}

}  // namespace

Status Collection::State::usable() const {
  if (removed) return Error(ErrorCode::not_found, "the collection was removed");
  if (closed) return Error(ErrorCode::invalid_argument, "the database is closed");
  if (context != nullptr && context->forked()) return used_after_fork();
  return {};
}

Status check_collection_name(std::string_view name) {
  const auto invalid = [](std::string why) {
    return Error(ErrorCode::invalid_argument, "collection name: " + std::move(why));
  };
  if (name.empty()) return invalid("is empty");
  if (name.size() > kMaxNameBytes) {
    return invalid(std::to_string(name.size()) + " bytes; at most " + std::to_string(kMaxNameBytes) + " are allowed");
  }
  if (const auto place = find_invalid_utf8(name)) return invalid("not UTF-8 at offset " + std::to_string(*place));
  const auto control =
      std::ranges::find_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (control != name.end()) return invalid("control character at offset " + std::to_string(control - name.begin()));
  return {};
}

// An identity is stored with the vectors: one that no reader takes would shut the database for good.
Status check_identity(const EmbedderIdentity& identity) {
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"embedder: the provider", &identity.provider},
      {"embedder: the model", &identity.model},
      {"embedder: the document prefix", &identity.document_prefix},
      {"embedder: the query prefix", &identity.query_prefix}};
  for (const auto& [name, text] : texts) {
    if (Status valid = check_utf8(name, *text); !valid) return valid;
  }
  if (identity.dimension != 0 && identity.dimension <= kMaxStoredDimension) return {};
  return Error(ErrorCode::invalid_argument, "embedder: " + to_string(identity) + "; 1 to " +
                                                std::to_string(kMaxStoredDimension) + " dimensions are allowed");
}

Result<StoreSchema> schema_from(const CollectionOptions& options) {
  if (auto target = simd_target(); !target) return std::move(target).error();
  StoreSchema schema{.metric = options.metric.value_or(Metric::cosine), .dimension = options.dimension, .embedder = {}};
  if (options.dimension && (*options.dimension == 0 || *options.dimension > kMaxStoredDimension)) {
    return Error(ErrorCode::invalid_argument, "dimension: " + std::to_string(*options.dimension) + "; 1 to " +
                                                  std::to_string(kMaxStoredDimension) + " are allowed");
  }
  if (options.analysis) schema.analysis = *options.analysis;
  if (options.title_key) schema.title_key = *options.title_key;
  if (auto known = find_analyzer(schema.analysis); !known) return std::move(known).error();
  if (Status valid = check_key(schema.title_key); !valid) return std::move(valid).error();
  if (options.embedder == nullptr) return schema;
  if (Status fits = check_embedder(schema, *options.embedder); !fits) return std::move(fits).error();
  schema.embedder = options.embedder->identity();
  schema.dimension = schema.embedder->dimension;
  return schema;
}

Status attach(Collection::State& state, const CollectionOptions& options) {
  auto info = state.store->info({});
  if (!info) return std::move(info).error();
  const StoreSchema& schema = info->schema;
  if (options.metric && *options.metric != schema.metric) {
    return Error(ErrorCode::invalid_argument, "metric: the collection has " + std::string(to_string(schema.metric)) +
                                                  ", not " + std::string(to_string(*options.metric)));
  }
  if (options.dimension && schema.dimension && *options.dimension != *schema.dimension) {
    return dimension_mismatch(*schema.dimension, *options.dimension, "the options say");
  }
  if (Status same = check_text_option("analysis", schema.analysis, options.analysis); !same) return same;
  if (Status same = check_text_option("title_key", schema.title_key, options.title_key); !same) return same;
  if (options.embedder == nullptr) return {};
  if (Status fits = check_embedder(schema, *options.embedder); !fits) return fits;
  if (Status noted = state.store->adopt_embedder(options.embedder->identity(), {}); !noted) return noted;
  if (state.embedder() == nullptr) state.set_embedder(options.embedder);
  return {};
}

}  // namespace scaup::inline v0
