// Hybrid search: the same questions answered by vectors, by words, and by both, with the parts of each score.

#include <cstdio>
#include <scaup/scaup.hpp>

using scaup::QueryMode;

namespace {

scaup::Document note(const char* id, const char* title, const char* text) {
  return {.id = id, .text = text, .metadata = {{"title", title}}};
}

scaup::Collection make_notes(scaup::Database& db) {
  auto notes = db.create_collection("notes", {.embedder = scaup::make_static_embedder().value()}).value();
  notes.add({
      note("fog", "Fog rules", "In fog every skipper sounds one long blast each two minutes and posts a lookout."),
      note("storm", "Storm warning", "Before a gale the small boats are pulled ashore and the gates are closed."),
      note("pilot", "Pilots", "Ships longer than 60 metres take a pilot on board before the breakwater."),
      note("radio", "Radio", "The pilot boat listens on channel 12, the harbour office on channel 9."),
      note("pump", "Spare parts", "The bilge pump is a KX-4071; its seal is changed every second year."),
      note("leak", "Leaks", "Water in the hull? Start pumping first, then look for the hole."),
      note("berth", "Berths", "Yachts lie in the inner basin. A berth is paid for by noon."),
  }).value();
  return notes;
}

void print_part(const char* name, const std::optional<double>& part) {
  if (part) std::printf("  %s %.3f", name, *part);
}

void print(const char* mode, const scaup::QueryResult& result) {
  std::printf("  by %s\n", mode);
  for (const auto& match : result) {
    std::printf("    %zu. %-6s %6.3f :", match.rank, match.document.id.c_str(), match.score);
    print_part("dense", match.parts.dense);
    print_part("keyword", match.parts.keyword);
    print_part("title", match.parts.title);
    std::printf("\n");
  }
}

}  // namespace

int main() {
  auto db = scaup::Database::in_memory();
  const auto notes = make_notes(db);

  // The first hybrid query begins lists of each note's neighbours, which smooth later scores: wait until they are made.
  notes.query("first", {.mode = QueryMode::hybrid}).value();
  notes.wait_until_indexed().value();

  const char* const questions[] = {
      "KX-4071",                                 // a word that no model knows
      "tempest protection for little vessels",   // no word of the right note
      "Which radio channel does the pilot use?"  // both
  };
  for (const char* question : questions) {
    std::printf("%s\n", question);
    print("vectors", notes.query(question, {.k = 2}).value());
    print("words", notes.query(question, {.k = 2, .mode = QueryMode::keyword}).value());
    print("both", notes.query(question, {.k = 2, .mode = QueryMode::hybrid}).value());
  }

  // Another way to make one ranking of the two, and more weight for the vectors.
  const scaup::HybridOptions by_rank = {.fusion = scaup::Fusion::reciprocal_rank, .dense_weight = 0.5};
  std::printf("%s\n", questions[2]);
  print("reciprocal rank", notes.query(questions[2], {.k = 2, .mode = QueryMode::hybrid, .hybrid = by_rank}).value());

  // The same as a retriever, which composes with others.
  const auto retriever = scaup::make_mmr_retriever(scaup::make_hybrid_retriever(notes));
  print("both, varied", retriever->retrieve(questions[2], {.k = 2}).value());
}
