// Filters: built in C++, parsed from JSON, over metadata and text; for queries, counts, pages and removals.

#include <cstdio>
#include <scaup/scaup.hpp>

using scaup::field;
using scaup::text;

namespace {

void print(const char* title, const scaup::QueryResult& result) {
  std::printf("%s\n", title);
  for (const auto& match : result) std::printf("  %s\n", match.document.id.c_str());
}

}  // namespace

int main() {
  auto db = scaup::Database::in_memory();
  auto reports = db.create_collection("reports", {.embedder = scaup::make_static_embedder().value()}).value();
  using Tags = std::vector<std::string>;
  reports.add({
      {.id = "gale", .text = "A gale closed the harbour for two days.", .metadata = {{"year", 2019}, {"tags", Tags{"sea", "weather"}}}},
      {.id = "fog", .text = "Fog delayed the ferries all morning.", .metadata = {{"year", 2021}, {"tags", Tags{"sea"}}}},
      {.id = "storm", .text = "A storm at sea drove ships ashore.", .metadata = {{"year", 2023}, {"tags", Tags{"sea", "weather"}}}},
      {.id = "snow", .text = "Snow blocked the mountain road.", .metadata = {{"year", 2022}, {"tags", Tags{"road"}}}},
      {.id = "surge", .text = "draft: a storm surge flooded the quay.", .metadata = {{"year", 2023}, {"draft", true}}},
  }).value();

  const auto recent_at_sea = field("year") >= 2020 && field("tags").contains("sea") && !text().contains("draft");
  print("storms, since 2020, tagged sea, no draft:", reports.query("storm", {.k = 5, .filter = recent_at_sea}).value());

  const auto from_json = scaup::Filter::parse(R"({"year": {"$lt": 2022}, "draft": {"$exists": false}})").value();
  print("storms, before 2022, as JSON:", reports.query("storm", {.k = 5, .filter = from_json}).value());
  std::printf("the first filter as JSON: %s\n", recent_at_sea.to_json().c_str());

  std::printf("documents with a draft flag: %zu\n", reports.count(field("draft").exists()).value());
  for (const auto& document : reports.scan({.filter = text().matches("[Ff]og|[Ss]now"), .limit = 10}).value().documents)
    std::printf("fog or snow: %s\n", document.id.c_str());
  std::printf("drafts removed: %zu\n", reports.remove(field("draft") == true).value());

  const auto wrong = scaup::Filter::parse(R"({"$and": [{"year": {"$gte": 2020}}, {"year": {"$lessthan": 2022}}]})");
  std::printf("a mistake: %s\n", wrong.error().message().c_str());
}
