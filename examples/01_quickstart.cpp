// The program of the README: two notes, one question, no network, no key, no file.

#include <cstdio>
#include <scaup/scaup.hpp>

int main() {
  auto db = scaup::Database::in_memory();
  auto notes = db.get_or_create_collection("notes", {.embedder = scaup::make_static_embedder().value()}).value();
  notes.add({{.id = "sky", .text = "The sky is blue because of Rayleigh scattering.", .metadata = {{"topic", "physics"}}},
             {.id = "leaf", .text = "Leaves are green because chlorophyll absorbs red and blue light."}}).value();
  for (const auto& match : notes.query("Why is the sky blue?", {.k = 1}).value())
    std::printf("%.3f  %s\n", match.score, match.document.text.c_str());
}
