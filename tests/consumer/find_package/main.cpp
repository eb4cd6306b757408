// What the first program of a user does, with the built-in model: exit code 0 if the right document is found.

#include <scaup/scaup.hpp>

#include <cstdio>

int main() {
  auto db = scaup::Database::in_memory();
  auto notes = db.get_or_create_collection("notes", {.embedder = scaup::make_static_embedder().value()}).value();
  notes
      .add({{.id = "sky", .text = "The sky is blue because of Rayleigh scattering."},
            {.id = "leaf", .text = "Leaves are green because chlorophyll absorbs red and blue light."}})
      .value();
  const auto found = notes.query("Why is the sky blue?", {.k = 1}).value();
  std::printf("%zu match, %s\n", found.size(), found[0].document.id.c_str());
  return found.size() == 1 && found[0].document.id == "sky" ? 0 : 1;
}
