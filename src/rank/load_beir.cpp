// Test collections in the layout of BEIR. Every file is read through FileSystem, and every line is checked.

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "base/boundary.hpp"
#include "base/document_check.hpp"
#include "base/in_quotes.hpp"
#include "base/read_file.hpp"
#include "json/json_reader.hpp"
#include "scaup/evaluate.hpp"

namespace scaup::inline v0 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxLineDepth = 64;

using Ids = std::unordered_set<std::string_view>;

Error invalid(std::string message) {
  return {ErrorCode::invalid_argument, std::move(message)};
}

Error cancelled() {
  return {ErrorCode::cancelled, "load test collection: cancelled through the stop token"};
}

// The file calls of one load.
struct Source {
  const FileSystem& files;
  const fs::path& folder;
  const BeirOptions& options;
  const std::stop_token& stop;
};

// Calls `take(line)` for each line of a file that is not empty; `take` returns a Status, which gets file and line.
template <typename Take>
Status for_each_line(const Source& source, const std::string& name, const Take& take) {
  const auto bytes = read_whole_file(source.files, source.folder / name, source.options.max_file_bytes);
  if (!bytes) return bytes.error();
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (source.stop.stop_requested()) return cancelled();
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    Status taken = take(line);
    if (taken) continue;
    Error error = std::move(taken).error();
    error.add_context(name + ", line " + std::to_string(number));
    return error;
  }
  return {};
}

// A string member of an object; empty where it is absent and may be.
enum class Presence : std::uint8_t { required, optional };

Result<std::string> string_member(const JsonValue& line, std::string_view key, Presence presence) {
  const JsonValue* const member = line.find(key);
  if (member == nullptr && presence == Presence::optional) return std::string();
  if (member == nullptr) return invalid(in_quotes(key) + " is missing");
  const auto* const text = member->get_if<std::string>();
  if (text == nullptr) return invalid(in_quotes(key) + " is " + std::string(member->kind()) + ", not a string");
  return *text;
}

struct Entry {
  std::string id = {};
  std::string title = {};
  std::string text = {};
};

Result<Entry> read_entry(std::string_view line) {
  const auto value = parse_json(line, {.max_bytes = kMaxLineBytes, .max_depth = kMaxLineDepth});
  if (!value) return value.error();
  if (value->get_if<JsonObject>() == nullptr) return invalid("is " + std::string(value->kind()) + ", not an object");
  auto id = string_member(*value, "_id", Presence::required);
  if (!id) return std::move(id).error();
  auto title = string_member(*value, "title", Presence::optional);
  if (!title) return std::move(title).error();
  auto text = string_member(*value, "text", Presence::required);
  if (!text) return std::move(text).error();
  return Entry{*std::move(id), *std::move(title), *std::move(text)};
}

Document to_document(Entry entry, BeirText text) {
  Document document{.id = std::move(entry.id), .text = std::move(entry.text)};
  if (entry.title.empty()) return document;
  if (text == BeirText::title_and_body) {
    document.text = document.text.empty() ? entry.title : entry.title + " " + document.text;
  }
  document.metadata.emplace("title", std::move(entry.title));
  return document;
}

// The ids are borrowed from what they are in, so they are taken when that does not grow any more.
template <typename Items>
Result<Ids> unique_ids(const Items& items, const char* file) {
  Ids ids;
  for (const auto& item : items) {
    if (!ids.insert(item.id).second)
      return invalid(std::string(file) + ": the id " + in_quotes(item.id) + " comes twice");
  }
  return ids;
}

Status read_documents(const Source& source, TestCollection& collection) {
  return for_each_line(source, "corpus.jsonl", [&](std::string_view line) -> Status {
    auto entry = read_entry(line);
    if (!entry) return std::move(entry).error();
    collection.documents.push_back(to_document(*std::move(entry), source.options.text));
    return check_document(collection.documents.back());
  });
}

Status read_queries(const Source& source, TestCollection& collection) {
  return for_each_line(source, "queries.jsonl", [&](std::string_view line) -> Status {
    auto entry = read_entry(line);
    if (!entry) return std::move(entry).error();
    if (auto checked = check_id(entry->id); !checked) return checked;
    if (auto checked = check_text(entry->text); !checked) return checked;
    collection.queries.push_back({std::move(entry->id), std::move(entry->text)});
    return {};
  });
}

struct Judgement {
  std::string_view query = {};
  std::string_view document = {};
  std::string_view gain = {};
};

Result<Judgement> split_judgement(std::string_view line) {
  const std::size_t first = line.find('\t');
  const std::size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
  if (second == std::string_view::npos || line.find('\t', second + 1) != std::string_view::npos) {
    return invalid("is not three fields separated by tabs: query id, document id, gain");
  }
  return Judgement{line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)};
}

Status add_judgement(const Judgement& judgement, const Ids& queries, const Ids& documents, TestCollection& collection) {
  std::int64_t gain = 0;
  const char* const end = judgement.gain.data() + judgement.gain.size();
  const auto [read_to, error] = std::from_chars(judgement.gain.data(), end, gain);
  if (error != std::errc() || read_to != end)
    return invalid("the gain " + in_quotes(judgement.gain) + " is no integer");
  if (auto checked = check_id(judgement.document); !checked) return checked;
  if (!queries.contains(judgement.query)) {
    return invalid("the query " + in_quotes(judgement.query) + " is not in queries.jsonl");
  }
  auto& gains = collection.judgements[std::string(judgement.query)];
  if (!gains.emplace(judgement.document, gain).second) {
    return invalid("the document " + in_quotes(judgement.document) + " is judged twice for this query");
  }
  if (!documents.contains(judgement.document)) ++collection.judged_unknown_documents;
  return {};
}

Status read_judgements(const Source& source, const Ids& queries, const Ids& documents, TestCollection& collection) {
  bool first = true;
  return for_each_line(source, "qrels/" + source.options.split + ".tsv", [&](std::string_view line) -> Status {
    const auto judgement = split_judgement(line);
    if (!judgement) return judgement.error();
    const bool headings = std::exchange(first, false) && judgement->gain == "score";
    return headings ? Status() : add_judgement(*judgement, queries, documents, collection);
  });
}

Status check_split(std::string_view split) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (!split.empty() && split.find_first_not_of(kAllowed) == std::string_view::npos) return {};
  return invalid("split is " + in_quotes(split) + ", not a name of letters, digits, '_' and '-'");
}

Result<TestCollection> load(const Source& source) {
  if (auto checked = check_split(source.options.split); !checked) return checked.error();
  TestCollection collection;
  if (auto read = read_documents(source, collection); !read) return read.error();
  if (auto read = read_queries(source, collection); !read) return read.error();
  const auto documents = unique_ids(collection.documents, "corpus.jsonl");
  if (!documents) return documents.error();
  const auto queries = unique_ids(collection.queries, "queries.jsonl");
  if (!queries) return queries.error();
  if (auto read = read_judgements(source, *queries, *documents, collection); !read) return read.error();
  return collection;
}

}  // namespace

Result<TestCollection> load_beir(const fs::path& folder, const BeirOptions& options, std::stop_token stop) {
  return guarded([&]() -> Result<TestCollection> {
    const std::shared_ptr<const FileSystem> files = options.file_system ? options.file_system : posix_file_system();
    auto collection = load({*files, folder, options, stop});
    if (collection || collection.error().code() == ErrorCode::cancelled) return collection;
    Error error = std::move(collection).error();
    error.add_context("load test collection \"" + folder.generic_string() + "\"");
    return error;
  });
}

}  // namespace scaup::inline v0
