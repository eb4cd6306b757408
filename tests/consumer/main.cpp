// The program of most consumer projects: stores two documents, finds the right one, exit code 0. It uses no
// exceptions, so that one text serves all of them.

#include <scaup/scaup.hpp>

#include <cstdio>

namespace {

int fail(const scaup::Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main() {
  auto embedder = scaup::make_hash_embedder({.dimension = 128});
  if (!embedder) return fail(embedder.error());
  auto notes = scaup::Database::in_memory().create_collection("notes", {.embedder = *embedder});
  if (!notes) return fail(notes.error());

  const auto added = notes->add({
      {.id = "sky", .text = "the sky is blue because of scattering", .metadata = {{"year", 1871}}},
      {.id = "leaf", .text = "leaves are green because of chlorophyll"},
  });
  if (!added) return fail(added.error());

  const auto found = notes->query("why is the sky blue", {.k = 1});
  if (!found) return fail(found.error());
  std::printf("%zu match, %s\n", found->size(), (*found)[0].document.id.c_str());
  return found->size() == 1 && (*found)[0].document.id == "sky" ? 0 : 1;
}
