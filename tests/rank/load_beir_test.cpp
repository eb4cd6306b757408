#include <stop_token>
#include <string>
#include <string_view>

#include "scaup/evaluate.hpp"
#include "support/catch.hpp"
#include "support/temp_folder.hpp"

using namespace scaup;
using scaup::test::require_error;
using scaup::test::require_ok;
using scaup::test::TempFolder;

namespace {

struct Files {
  std::string corpus =
      "{\"_id\": \"d1\", \"title\": \"Tides\", \"text\": \"The sea rises.\"}\n"
      "{\"_id\": \"d2\", \"title\": \"\", \"text\": \"Fog.\", \"metadata\": {\"x\": 1}}\n";
  std::string queries = "{\"_id\": \"q1\", \"text\": \"why tides\"}\n{\"_id\": \"q2\", \"text\": \"fog\"}\n";
  std::string qrels = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n";
};

Result<TestCollection> load(const Files& files, const BeirOptions& options = {}) {
  const TempFolder folder;
  folder.write("corpus.jsonl", files.corpus);
  folder.write("queries.jsonl", files.queries);
  folder.write("qrels/test.tsv", files.qrels);
  return load_beir(folder.path(), options);
}

void require_refused(const Files& files, std::initializer_list<std::string_view> parts) {
  require_error(load(files), ErrorCode::invalid_argument, parts);
}

}  // namespace

TEST_CASE("load_beir: documents, queries and judgements come as they are written") {
  const auto collection = require_ok(load({}));
  REQUIRE(collection.documents.size() == 2);
  REQUIRE(collection.documents[0].id == "d1");
  REQUIRE(collection.documents[0].text == "The sea rises.");
  REQUIRE(collection.documents[0].metadata == Metadata{{"title", "Tides"}});
  REQUIRE(collection.documents[1].metadata.empty());
  REQUIRE(collection.queries.size() == 2);
  REQUIRE(collection.queries[1].text == "fog");
  REQUIRE(collection.judgements == Judgements{{"q1", {{"d1", 2}, {"d2", 0}}}, {"q2", {{"d2", 1}}}});
  REQUIRE(collection.judged_unknown_documents == 0);
}

TEST_CASE("load_beir: the title can be part of the text") {
  Files files;
  files.corpus += "{\"_id\": \"d3\", \"title\": \"Only a title\", \"text\": \"\"}\n";
  const auto collection = require_ok(load(files, {.text = BeirText::title_and_body}));
  REQUIRE(collection.documents[0].text == "Tides The sea rises.");
  REQUIRE(collection.documents[1].text == "Fog.");
  REQUIRE(collection.documents[2].text == "Only a title");
  REQUIRE(collection.documents[2].metadata == Metadata{{"title", "Only a title"}});
}

TEST_CASE("load_beir: headings may be missing, lines may end in CR LF, the last one in nothing, and some be empty") {
  Files files;
  files.corpus = "\xEF\xBB\xBF" + files.corpus + "\n\n";
  files.queries = "{\"_id\": \"q1\", \"text\": \"why tides\"}\r\n\r\n{\"_id\": \"q2\", \"text\": \"fog\"}";
  files.qrels = "q1\td1\t2\r\nq2\td2\t-1";
  const auto collection = require_ok(load(files));
  REQUIRE(collection.documents.size() == 2);
  REQUIRE(collection.queries.size() == 2);
  REQUIRE(collection.judgements == Judgements{{"q1", {{"d1", 2}}}, {"q2", {{"d2", -1}}}});
}

TEST_CASE("load_beir: judged documents that are not there are counted") {
  Files files;
  files.qrels += "q2\td9\t1\n";
  const auto collection = require_ok(load(files));
  REQUIRE(collection.judged_unknown_documents == 1);
  REQUIRE(collection.judgements.at("q2").at("d9") == 1);
}

TEST_CASE("load_beir: names file and line of what is wrong") {
  Files files;
  SECTION("not JSON") {
    files.corpus += "{\"_id\": \n";
    require_refused(files, {"corpus.jsonl, line 3", "JSON"});
  }
  SECTION("no object") {
    files.queries = "[]\n";
    require_refused(files, {"queries.jsonl, line 1", "array, not an object"});
  }
  SECTION("no id") {
    files.corpus += "{\"text\": \"x\"}\n";
    require_refused(files, {"line 3", "\"_id\" is missing"});
  }
  SECTION("an id that is no string") {
    files.corpus += "{\"_id\": 7, \"text\": \"x\"}\n";
    require_refused(files, {"line 3", "\"_id\" is integer"});
  }
  SECTION("an empty id") {
    files.queries += "{\"_id\": \"\", \"text\": \"x\"}\n";
    require_refused(files, {"queries.jsonl, line 3"});
  }
  SECTION("no text") {
    files.queries += "{\"_id\": \"q3\"}\n";
    require_refused(files, {"queries.jsonl, line 3", "\"text\" is missing"});
  }
  SECTION("bytes that are not UTF-8") {
    files.corpus += "{\"_id\": \"d3\", \"text\": \"\xFF\"}\n";
    require_refused(files, {"corpus.jsonl, line 3"});
  }
  SECTION("a document twice") {
    files.corpus += files.corpus;
    require_refused(files, {"corpus.jsonl", "\"d1\" comes twice"});
  }
  SECTION("a query twice") {
    files.queries += files.queries;
    require_refused(files, {"queries.jsonl", "\"q1\" comes twice"});
  }
  SECTION("too few fields") {
    files.qrels += "q1 d1 1\n";
    require_refused(files, {"qrels/test.tsv, line 5", "three fields"});
  }
  SECTION("too many fields") {
    files.qrels += "q1\t0\td1\t1\n";
    require_refused(files, {"qrels/test.tsv, line 5", "three fields"});
  }
  SECTION("a gain that is no integer") {
    files.qrels += "q2\td1\t1.5\n";
    require_refused(files, {"line 5", "\"1.5\" is no integer"});
  }
  SECTION("a gain too large for an integer") {
    files.qrels += "q2\td1\t9223372036854775808\n";
    require_refused(files, {"line 5", "no integer"});
  }
  SECTION("headings in the middle") {
    files.qrels += "query-id\tcorpus-id\tscore\n";
    require_refused(files, {"line 5", "\"score\" is no integer"});
  }
  SECTION("a document id that is not UTF-8") {
    files.qrels += "q2\t\xFF\t1\n";
    require_refused(files, {"line 5"});
  }
  SECTION("a query that is not there") {
    files.qrels += "q9\td1\t1\n";
    require_refused(files, {"line 5", "\"q9\" is not in queries.jsonl"});
  }
  SECTION("a pair judged twice") {
    files.qrels += "q2\td2\t1\n";
    require_refused(files, {"line 5", "\"d2\" is judged twice"});
  }
}

TEST_CASE("load_beir: refuses other splits' names, missing folders, large files and a stop") {
  require_error(load({}, {.split = "../test"}), ErrorCode::invalid_argument, {"split"});
  require_error(load({}, {.split = "train"}), ErrorCode::not_found);
  require_error(load({}, {.max_file_bytes = 100}), ErrorCode::invalid_argument);
  const TempFolder folder;
  require_error(load_beir(folder.path() / "none"), ErrorCode::not_found);
  std::stop_source source;
  source.request_stop();
  folder.write("corpus.jsonl", Files().corpus);
  require_error(load_beir(folder.path(), {}, source.get_token()), ErrorCode::cancelled);
}

TEST_CASE("load_beir: a file cut anywhere is loaded or refused") {
  const Files whole;
  for (std::size_t cut = 0; cut <= whole.corpus.size(); ++cut) {
    Files files;
    files.corpus.resize(cut);
    const auto collection = load(files);
    if (!collection) REQUIRE(collection.error().code() == ErrorCode::invalid_argument);
  }
  for (std::size_t cut = 0; cut <= whole.qrels.size(); ++cut) {
    Files files;
    files.qrels.resize(cut);
    const auto collection = load(files);
    if (!collection) REQUIRE(collection.error().code() == ErrorCode::invalid_argument);
  }
}
