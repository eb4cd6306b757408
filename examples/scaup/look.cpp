// info, verify and query: they open databases for reading, and change nothing.

#include <cstdio>

#include "commands.hpp"

namespace {

scaup::Database open_for_reading(const std::string& folder) {
  return scaup::Database::open(folder, {.access = scaup::Access::read_only}).value();
}

void print_collection(const scaup::Database& db, const std::string& name) {
  const auto info = db.get_collection(name).value().info().value();
  const auto& schema = info.schema;
  std::printf("%s: %zu documents, %zu without a vector, %s", one_line(name).c_str(), info.documents, info.without_vector,
              std::string(to_string(schema.metric)).c_str());
  if (schema.dimension) std::printf(", %zu components", *schema.dimension);
  if (schema.embedder) std::printf(", by %s", one_line(to_string(*schema.embedder)).c_str());
  std::printf("\n");
}

}  // namespace

std::string one_line(std::string_view text) {
  constexpr std::size_t kMost = 300;
  std::string line;
  for (const char c : text.substr(0, kMost)) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return text.size() > kMost ? line + " ..." : line;
}

int run_info(const Arguments& arguments) {
  const auto db = open_for_reading(arguments.operands[0]);
  for (const std::string& name : db.list_collections().value()) print_collection(db, name);
  for (const auto& recovery : db.recoveries()) {
    for (const auto& note : recovery.notes) std::printf("%s: %s\n", one_line(recovery.collection).c_str(), one_line(note).c_str());
  }
  return 0;
}

int run_verify(const Arguments& arguments) {
  const auto report = scaup::Database::verify(arguments.operands[0]).value();
  for (const auto& damage : report.damage) {
    std::printf("%s: bytes %llu to %llu: %s\n", damage.file.c_str(), static_cast<unsigned long long>(damage.begin),
                static_cast<unsigned long long>(damage.end), one_line(damage.reason).c_str());
  }
  std::printf("%zu files, %llu bytes: %s\n", report.files, static_cast<unsigned long long>(report.bytes),
              report.ok() ? "all is well" : "damaged");
  return report.ok() ? 0 : 1;
}

int run_query(const Arguments& arguments) {
  const auto filter = arguments.filter.empty() ? scaup::Filter() : scaup::Filter::parse(arguments.filter).value();
  const auto db = open_for_reading(arguments.operands[0]);
  const auto collection = db.get_collection(arguments.operands[1], {.embedder = scaup::make_static_embedder().value()}).value();
  for (const auto& match : collection.query(arguments.operands[2], {.k = arguments.k, .filter = filter}).value())
    std::printf("%zu. %.3f  %s: %s\n", match.rank, match.score, one_line(match.document.id).c_str(), one_line(match.document.text).c_str());
  return 0;
}
