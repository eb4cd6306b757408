#pragma once
// What the golden files hold.

#include <limits>

#include "collection/transfer_samples.hpp"

namespace scaup::test {

inline std::filesystem::path golden_path(const char* name) {
  return std::filesystem::path(SCAUP_SOURCE_DIR) / "tests" / "golden" / name;
}

inline Document full_document() {
  return {.id = "every type",
          .text = "Gr\xC3\xBC\xC3\x9F Gott, \xE6\xB8\xAF\n",
          .metadata = {{"string", "text"},
                       {"integer", std::numeric_limits<std::int64_t>::min()},
                       {"real", 0.1},
                       {"boolean", true},
                       {"strings", std::vector<std::string>{"a", ""}},
                       {"integers", std::vector<std::int64_t>{1, -1}},
                       {"reals", std::vector<double>{1.0, -0.0}},
                       {"booleans", std::vector<bool>{true, false}},
                       {"no reals", std::vector<double>{}}},
          .embedding = std::vector<float>{0.1F, -0.0F, std::numeric_limits<float>::denorm_min()},
          .origin = Origin{.source_id = "book.md",
                           .begin = 3,
                           .end = 17,
                           .chunk_index = 2,
                           .first_line = 4,
                           .last_line = 5,
                           .page = 9,
                           .section = {"Chapter", "Section"}}};
}

inline Sample golden_sample() {
  Sample sample(3);
  sample[0].about = {.name = "all", .schema = {.metric = Metric::l2, .dimension = 3}};
  sample[0].about.schema.embedder = EmbedderIdentity{"provider", "model", 3, true, "d: ", "q: "};
  sample[0].documents = {full_document(), {.id = "no vector", .text = "x"}};
  sample[1].about = {.name = "empty", .schema = {.metric = Metric::inner_product}};
  sample[2].about = {.name = "many", .schema = {.metric = Metric::cosine, .dimension = 3}};
  sample[2].documents = make_documents(0, 20);
  return sample;
}

}  // namespace scaup::test
