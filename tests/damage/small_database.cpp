#include "small_database.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

namespace scaup::test {
namespace {

void list_files(const MemoryFileSystem& files, const std::filesystem::path& folder,
                std::vector<std::filesystem::path>& out) {
  for (const DirectoryEntry& entry : files.list(folder).value()) {
    if (entry.kind == FileKind::directory) {
      list_files(files, folder / entry.name, out);
    } else {
      out.push_back(folder / entry.name);
    }
  }
}

Result<StoredAnswer> answer_of(Result<QueryResult> found) {
  if (!found) return std::move(found).error();
  StoredAnswer answer;
  for (const Match& match : *found) {
    answer.documents.push_back(match.document);
    answer.scores.push_back(match.score);
  }
  return answer;
}

Result<StoredAnswer> answer_of(Result<std::size_t> count) {
  if (!count) return std::move(count).error();
  return StoredAnswer{.count = *count};
}

}  // namespace

Document small_document(int number) {
  const auto component = [&](int salt) { return static_cast<float>((number * 7 + salt * 13) % 29) - 14.0F; };
  return {.id = "id" + std::to_string(number),
          .text = "text of " + std::to_string(number),
          .metadata = {{"number", number}, {"even", number % 2 == 0}},
          .embedding = std::vector<float>{component(1), component(2), component(3), 1.0F},
          .origin = Origin{.source_id = "book", .begin = 3, .end = 9}};
}

std::vector<Document> small_documents(int begin, int end) {
  std::vector<Document> documents;
  for (int number = begin; number < end; ++number) documents.push_back(small_document(number));
  return documents;
}

Database open_small(const Files& files) {
  return Database::open(kFolder, {.file_system = files}).value();
}

void fill_small(Collection collection) {
  collection.add(small_documents(0, kDocuments)).value();
  collection.wait_until_indexed().value();
}

void change_small(Collection collection) {
  collection.upsert(small_documents(kDocuments - 2, kDocuments + 2)).value();
  collection.update_metadata("id3", {{"number", 300}}).value();
  collection.remove({"id1", "id41"}).value();
  collection.add(small_documents(50, 51)).value();
}

void cut_reserves(MemoryFileSystem& files) {
  for (const auto& path : files_in(files)) {
    if (kind_of(path) != "log") continue;
    const Bytes bytes = read_bytes(files, path);
    const auto end = std::find_if(bytes.rbegin(), bytes.rend(), [](std::byte byte) { return byte != std::byte{0}; });
    const auto data = static_cast<std::size_t>(bytes.rend() - end);
    files.open_for_write(path, OpenMode::open_existing).value()->truncate((data + 7) / 8 * 8 + 512).value();
  }
}

Files make_small_database() {
  const auto files = std::make_shared<MemoryFileSystem>();
  Database database = open_small(files);
  Collection notes = database.create_collection("notes", {.metric = Metric::l2, .index = kSmallIndex}).value();
  fill_small(notes);
  database.checkpoint().value();
  change_small(notes);
  database.close().value();
  cut_reserves(*files);
  return files;
}

std::vector<std::filesystem::path> files_in(const MemoryFileSystem& files) {
  std::vector<std::filesystem::path> out;
  list_files(files, kFolder, out);
  return out;
}

Bytes read_bytes(const MemoryFileSystem& files, const std::filesystem::path& path) {
  const auto file = files.open_for_read(path).value();
  Bytes bytes(static_cast<std::size_t>(file->size().value()));
  if (file->read_at(0, bytes).value() != bytes.size()) throw std::runtime_error("read less than there is");
  return bytes;
}

void put_bytes(MemoryFileSystem& files, const std::filesystem::path& path, const Bytes& bytes) {
  const OpenMode mode = files.info(path) ? OpenMode::open_existing : OpenMode::create_new;
  const auto file = files.open_for_write(path, mode).value();
  file->truncate(0).value();
  file->write_at(0, bytes).value();
}

std::string kind_of(const std::filesystem::path& path) {
  const std::string name = path.filename().native();
  return name.substr(0, name.find('-'));
}

Result<StoredAnswer> ask(const Collection& collection, std::size_t question) {
  static const std::vector<float> vector = {1.0F, -3.0F, 2.0F, 1.0F};
  if (question == 1 || question == 2) {
    auto document = collection.get(question == 1 ? "id3" : "id50");
    if (!document && document.error().code() == ErrorCode::not_found) return StoredAnswer{};
    if (!document) return std::move(document).error();
    return StoredAnswer{.documents = {*std::move(document)}};
  }
  switch (question) {
    case 0: {
      auto page = collection.scan({.limit = 1000, .with_embeddings = true});
      if (!page) return std::move(page).error();
      return StoredAnswer{.documents = std::move(page->documents)};
    }
    case 3: return answer_of(collection.count(field("even") == true));
    case 4: return answer_of(collection.count(text().contains("of 1")));
    case 5: return answer_of(collection.query(vector, {.k = 5, .with_embeddings = true, .exact = true}));
    case 6: return answer_of(collection.query(vector, {.k = 5, .ef = 64, .plan = QueryPlan::graph_walk}));
    default: return answer_of(collection.query(vector, {.k = 3, .filter = field("number") >= 30, .exact = true}));
  }
}

Result<std::vector<StoredAnswer>> read_database(const Database& database) {
  const auto names = database.list_collections();
  if (!names) return names.error();
  std::vector<StoredAnswer> answers;
  for (const std::string& name : *names) {
    const auto collection = database.get_collection(name, {.index = kSmallIndex});
    if (!collection) return collection.error();
    static_cast<void>(collection->wait_until_indexed());
    for (std::size_t question = 0; question < kQuestions; ++question) {
      auto answer = ask(*collection, question);
      if (!answer) return std::move(answer).error();
      answers.push_back(*std::move(answer));
    }
  }
  return answers;
}

Result<std::vector<StoredAnswer>> read_files(const Files& files, VerifyLevel verify, Access access) {
  const auto database = Database::open(kFolder, {.verify = verify, .access = access, .file_system = files});
  if (!database) return database.error();
  return read_database(*database);
}

bool tells_damage(const Error& error) {
  return error.code() == ErrorCode::corruption || error.code() == ErrorCode::unsupported_format;
}

}  // namespace scaup::test
