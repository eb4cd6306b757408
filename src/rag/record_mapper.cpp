#include "rag/record_mapper.hpp"

#include <algorithm>

#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "rag/loaders.hpp"

namespace scaup::inline v0 {
namespace {

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

bool holds(const std::vector<std::string>& names, std::string_view name) noexcept {
  return std::ranges::find(names, name) != names.end();
}

// Null if there is no such field.
const std::optional<Value>* find(const Record& record, std::string_view name) noexcept {
  for (const auto& [key, value] : record.fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

Status RecordMapper::add(const Record& record) {
  Document& document = documents_.emplace_back();
  Status status = map(record, document);
  if (status && !ids_.insert(document.id).second)
    status = invalid("id " + in_quotes(document.id) + " was there before");
  if (status && documents_.size() > options_.max_records) {
    status = invalid("more than " + std::to_string(options_.max_records) +
                     " records; accepted: at most as many, or a larger max_records");
  }
  if (status) return {};
  Error error = std::move(status).error();
  error.add_context("line " + std::to_string(record.line));
  return error;
}

Status RecordMapper::map(const Record& record, Document& document) const {
  if (Status status = set_id(record, document); !status) return status;
  if (Status status = set_text(record, document); !status) return status;
  if (Status status = set_metadata(record, document); !status) return status;
  set_text_begin(document.metadata, record.begin, record.line);
  return check_metadata(document.metadata);
}

Status RecordMapper::set_id(const Record& record, Document& document) const {
  const std::string& name = options_.fields.id;
  if (name.empty()) {
    document.id = path_ + "#" + std::to_string(documents_.size());
    return {};
  }
  const auto* const value = find(record, name);
  if (value == nullptr || !*value) return invalid("there is no id in field " + in_quotes(name));
  if (!(*value)->get_if<std::string>() && !(*value)->get_if<std::int64_t>()) {
    return invalid("the id in field " + in_quotes(name) + " is neither a string nor an integer");
  }
  document.id = text_of(**value);
  return check_id(document.id);
}

// Named fields may be missing in some records, but not all in one.
Status RecordMapper::set_text(const Record& record, Document& document) const {
  const std::vector<std::string>& names = options_.fields.text;
  if (names.empty()) {
    for (const auto& [name, value] : record.fields) {
      if (!value || (!name.empty() && name == options_.fields.id)) continue;
      document.text += (document.text.empty() ? "" : "\n") + name + ": " + text_of(*value);
    }
    return {};
  }
  bool found = false;
  for (const std::string& name : names) {
    const auto* const value = find(record, name);
    found = found || value != nullptr;
    if (value != nullptr && *value) document.text += (document.text.empty() ? "" : "\n") + text_of(**value);
  }
  if (found) return {};
  return invalid("there is none of the fields for the text, the first of which is " + in_quotes(names.front()));
}

Status RecordMapper::set_metadata(const Record& record, Document& document) const {
  const auto* const title = options_.fields.title.empty() ? nullptr : find(record, options_.fields.title);
  if (title != nullptr && *title) document.metadata.insert_or_assign("title", text_of(**title));
  std::unordered_set<std::string_view> seen;
  for (const auto& [name, value] : record.fields) {
    if (!seen.insert(name).second) return invalid("field " + in_quotes(name) + " is there twice");
    if (!value || !is_metadata(name)) continue;
    if (Status status = check_key(name); !status) return status;
    document.metadata.try_emplace(name, *value);
  }
  return {};
}

bool RecordMapper::is_metadata(const std::string& name) const {
  const RecordFields& fields = options_.fields;
  if (!fields.metadata.empty()) return holds(fields.metadata, name);
  if (name.empty()) return true;  // and refused as a key: an empty option names no field
  return name != fields.id && name != fields.title && !holds(fields.text, name);
}

}  // namespace scaup::inline v0
