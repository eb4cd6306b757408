#include "embed/tokenizer_json.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "embed/json_fields.hpp"

namespace scaup::inline v0 {
namespace {

constexpr std::string_view kFile = "tokenizer.json";
// Longer tokens do not occur; looking for the longest match costs time for each byte of it.
constexpr std::size_t kMaxTokenBytes = 1024;
constexpr std::size_t kMaxSequenceDepth = 8;

Error corrupt(std::string what) {
  return {ErrorCode::corruption, std::string(kFile) + ": " + std::move(what)};
}

Error unsupported(std::string what) {
  return {ErrorCode::unsupported_format, std::string(kFile) + ": " + std::move(what) + " is not supported"};
}

Error in_file(Error error, std::string_view part) {
  error.add_context(part);
  error.add_context(kFile);
  return error;
}

// ---- normalizer ----

struct NamedSteps {
  std::string_view type;
  NormalStep step;
};
constexpr NamedSteps kPlainNormalizers[] = {
    {"Lowercase", NormalStep::lowercase}, {"NFC", NormalStep::nfc},   {"NFD", NormalStep::nfd},
    {"NFKC", NormalStep::nfkc},           {"NFKD", NormalStep::nfkd}, {"StripAccents", NormalStep::strip_marks},
};

Status append_bert_steps(const JsonValue& normalizer, std::vector<NormalStep>& steps) {
  const auto flag = [&](std::string_view key, bool fallback) { return boolean_member(normalizer, key, fallback); };
  const auto clean = flag("clean_text", true);
  const auto ideographs = flag("handle_chinese_chars", true);
  const auto lower = flag("lowercase", true);
  for (const auto* member : {&clean, &ideographs, &lower}) {
    if (!*member) return member->error();
  }
  const auto accents = flag("strip_accents", *lower);  // null means: as lowercase
  if (!accents) return accents.error();
  if (*clean) steps.push_back(NormalStep::clean_text);
  if (*ideographs) steps.push_back(NormalStep::space_ideographs);
  if (*accents) steps.insert(steps.end(), {NormalStep::nfd, NormalStep::strip_nonspacing_marks});
  if (*lower) steps.push_back(NormalStep::lowercase);
  return {};
}

// Calls `append` for each part of a Sequence, whose array is the member `key`.
template <typename Append>
Status for_each_part(const JsonValue& sequence, std::string_view key, Append append) {
  const JsonValue* parts = sequence.find(key);
  const auto* array = parts == nullptr ? nullptr : parts->get_if<JsonArray>();
  if (array == nullptr) return Error(ErrorCode::corruption, "Sequence without the array " + in_quotes(key));
  for (const JsonValue& part : *array) {
    if (auto status = append(part); !status) return status;
  }
  return {};
}

Status append_normalizer(const JsonValue& normalizer, std::vector<NormalStep>& steps, std::size_t depth = 0) {
  const auto type = string_member(normalizer, "type");
  if (!type) return type.error();
  if (*type == "BertNormalizer") return append_bert_steps(normalizer, steps);
  if (*type == "Sequence" && depth < kMaxSequenceDepth) {
    return for_each_part(normalizer, "normalizers",
                         [&](const JsonValue& part) { return append_normalizer(part, steps, depth + 1); });
  }
  const auto known = std::ranges::find(kPlainNormalizers, *type, &NamedSteps::type);
  if (known == std::end(kPlainNormalizers)) {
    return Error(ErrorCode::unsupported_format, "type " + in_quotes(*type) + " is not supported");
  }
  steps.push_back(known->step);
  return {};
}

Result<Normalizer> read_normalizer(const JsonValue& root) {
  std::vector<NormalStep> steps;
  if (const JsonValue* normalizer = find_value(root, "normalizer")) {
    if (auto status = append_normalizer(*normalizer, steps); !status) return in_file(status.error(), "normalizer");
  }
  return Normalizer(std::move(steps));
}

// ---- pre-tokenizer ----

Status add_pre_tokenizer(const JsonValue& source, PreTokenizer& result, std::size_t depth = 0) {
  const auto type = string_member(source, "type");
  if (!type) return type.error();
  if (*type == "Sequence" && depth < kMaxSequenceDepth) {
    return for_each_part(source, "pretokenizers",
                         [&](const JsonValue& part) { return add_pre_tokenizer(part, result, depth + 1); });
  }
  if (*type == "BertPreTokenizer") {
    result.isolate_punctuation();
  } else if (*type == "Whitespace") {
    result.separate_words();
  } else if (*type == "WhitespaceSplit") {
    result.cut_at_white_space();
  } else {
    return Error(ErrorCode::unsupported_format, "type " + in_quotes(*type) + " is not supported");
  }
  return {};
}

Result<PreTokenizer> read_pre_tokenizer(const JsonValue& root) {
  PreTokenizer result;
  if (const JsonValue* source = find_value(root, "pre_tokenizer")) {
    if (auto status = add_pre_tokenizer(*source, result); !status) return in_file(status.error(), "pre_tokenizer");
  }
  return result;
}

// ---- model ----

// The vocabulary of the model: distinct strings with distinct numbers below the limit.
class VocabularyReader {
 public:
  explicit VocabularyReader(std::size_t token_limit) : seen_(token_limit) {}

  /// The number of a token, once. Errors: `corruption`; `unsupported_format` for a token too long.
  Result<std::uint32_t> take(const std::string& token, const JsonValue& number) {
    const auto* id = number.get_if<std::int64_t>();
    if (id == nullptr || *id < 0 || static_cast<std::uint64_t>(*id) >= seen_.size()) {
      return corrupt("the number of token " + in_quotes(token) + " is not an integer below the model's " +
                     std::to_string(seen_.size()) + " tokens");
    }
    const auto index = static_cast<std::size_t>(*id);
    if (seen_[index]) return corrupt("two tokens have the number " + std::to_string(index));
    if (token.size() > kMaxTokenBytes) {
      return unsupported("token " + std::to_string(index) + " of " + std::to_string(token.size()) + " bytes (at most " +
                         std::to_string(kMaxTokenBytes) + ")");
    }
    seen_[index] = true;
    return static_cast<std::uint32_t>(index);
  }

 private:
  std::vector<bool> seen_;
};

Status fill_tables(const JsonObject& vocabulary, const std::optional<std::string>& prefix, VocabularyReader& reader,
                   WordModel& model) {
  for (const auto& [token, number] : vocabulary) {
    const auto id = reader.take(token, number);
    if (!id) return id.error();
    if (token.empty()) continue;  // no word is empty
    if (!model.whole.insert(token, *id)) return corrupt("token " + in_quotes(token) + " comes twice");
    if (prefix && token.size() > prefix->size() && token.starts_with(*prefix)) {
      model.continuing.insert(std::string_view(token).substr(prefix->size()), *id);
    }
  }
  return {};
}

// The tables of a model; `prefix` is that of continuing pieces, absent for WordLevel.
Result<WordModel> read_vocabulary(const JsonValue& source, const std::optional<std::string>& prefix,
                                  VocabularyReader& reader) {
  const JsonValue* value = source.find("vocab");
  const auto* vocabulary = value == nullptr ? nullptr : value->get_if<JsonObject>();
  if (vocabulary == nullptr) return corrupt("model: \"vocab\" is not an object");
  const auto unknown = string_member(source, "unk_token");
  if (!unknown) return in_file(unknown.error(), "model");
  const auto continues = [&](const auto& entry) { return prefix && entry.first.starts_with(*prefix); };
  WordModel model{.whole = TokenTable(vocabulary->size()),
                  .continuing = TokenTable(static_cast<std::size_t>(std::ranges::count_if(*vocabulary, continues)))};
  if (auto status = fill_tables(*vocabulary, prefix, reader, model); !status) return status.error();
  const auto id = model.whole.find(*unknown);
  if (!id) return corrupt("unk_token " + in_quotes(*unknown) + " is not in the vocabulary");
  model.unknown = *id;
  return model;
}

// Old files do not name the type of a WordPiece model; its prefix gives it away.
Result<std::string> model_type(const JsonValue& source) {
  if (find_value(source, "type") != nullptr) return string_member(source, "type");
  if (find_value(source, "continuing_subword_prefix") != nullptr) return std::string("WordPiece");
  return Error(ErrorCode::corruption, "\"type\" is missing");
}

Result<WordModel> read_word_piece(const JsonValue& source, VocabularyReader& reader) {
  const auto prefix = string_member(source, "continuing_subword_prefix");
  if (!prefix) return in_file(prefix.error(), "model");
  const auto longest = unsigned_member(source, "max_input_chars_per_word");
  if (!longest) return in_file(longest.error(), "model");
  auto model = read_vocabulary(source, *prefix, reader);
  if (model) model->max_characters = *longest;
  return model;
}

Result<WordModel> read_model(const JsonValue& root, VocabularyReader& reader) {
  const JsonValue* source = find_value(root, "model");
  if (source == nullptr) return corrupt("\"model\" is missing");
  const auto type = model_type(*source);
  if (!type) return in_file(type.error(), "model");
  if (*type == "WordPiece") return read_word_piece(*source, reader);
  if (*type != "WordLevel") return unsupported("model: type " + in_quotes(*type));
  auto model = read_vocabulary(*source, std::nullopt, reader);
  if (model) model->max_characters = std::numeric_limits<std::size_t>::max();
  return model;
}

// ---- added tokens ----

// White space beside a token belongs to it with lstrip and rstrip: the same tokens, if white space is none.
Status check_added(const JsonValue& token, const std::string& content, const PreTokenizer& pre_tokenizer) {
  for (const std::string_view key : {"single_word", "normalized", "lstrip", "rstrip"}) {
    const auto is_set = boolean_member(token, key, false);
    if (!is_set) return in_file(is_set.error(), "added_tokens");
    if (key.ends_with("strip") && pre_tokenizer.cuts()) continue;
    if (*is_set) {
      return unsupported("added token " + in_quotes(content) + " with " + in_quotes(key));
    }
  }
  return {};
}

Status add_token(const JsonValue& token, const WordModel& model, const PreTokenizer& pre_tokenizer,
                 VocabularyReader& reader, TokenTable& added) {
  const auto content = string_member(token, "content");
  if (!content) return in_file(content.error(), "added_tokens");
  if (content->empty()) return {};  // the tokenizers library ignores it too
  if (auto status = check_added(token, *content, pre_tokenizer); !status) return status;
  const auto id = unsigned_member(token, "id");
  if (!id) return in_file(id.error(), "added_tokens");
  const auto in_vocabulary = model.whole.find(*content);
  if (in_vocabulary && *in_vocabulary != *id) {
    return corrupt("added token " + in_quotes(*content) + " has another number in the vocabulary");
  }
  if (!in_vocabulary) {
    const auto taken = reader.take(*content, {static_cast<std::int64_t>(*id)});
    if (!taken) return taken.error();
  }
  if (!added.insert(*content, static_cast<std::uint32_t>(*id))) {
    return corrupt("added token " + in_quotes(*content) + " comes twice");
  }
  return {};
}

Result<TokenTable> read_added_tokens(const JsonValue& root, const WordModel& model, const PreTokenizer& pre_tokenizer,
                                     VocabularyReader& reader) {
  const JsonValue* source = find_value(root, "added_tokens");
  if (source == nullptr) return TokenTable();
  const auto* tokens = source->get_if<JsonArray>();
  if (tokens == nullptr) return corrupt("\"added_tokens\" is not an array");
  TokenTable added(tokens->size());
  for (const JsonValue& token : *tokens) {
    if (auto status = add_token(token, model, pre_tokenizer, reader, added); !status) return status.error();
  }
  return added;
}

}  // namespace

Result<TextTokenizer> parse_tokenizer_json(std::string_view text, std::size_t token_limit) {
  const auto root = parse_json_file(text, kFile);
  if (!root) return root.error();
  auto normalizer = read_normalizer(*root);
  if (!normalizer) return std::move(normalizer).error();
  auto pre_tokenizer = read_pre_tokenizer(*root);
  if (!pre_tokenizer) return std::move(pre_tokenizer).error();
  VocabularyReader reader(token_limit);
  auto model = read_model(*root, reader);
  if (!model) return std::move(model).error();
  auto added = read_added_tokens(*root, *model, *pre_tokenizer, reader);
  if (!added) return std::move(added).error();
  return TextTokenizer(*std::move(added), *std::move(normalizer), *pre_tokenizer, *std::move(model));
}

}  // namespace scaup::inline v0
