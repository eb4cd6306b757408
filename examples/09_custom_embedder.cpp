// An embedder of one's own: colours by name, as points in a cube. Whatever makes vectors can stand here.

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <scaup/scaup.hpp>
#include <string_view>
#include <utility>

namespace {

struct Colour {
  std::string_view name;
  std::array<float, 3> rgb;
};

constexpr Colour kColours[] = {{"red", {1, 0, 0}},    {"rose", {1, 0.2F, 0.4F}}, {"orange", {1, 0.5F, 0}},
                               {"olive", {0.5F, 0.5F, 0}}, {"green", {0, 1, 0}},   {"teal", {0, 0.5F, 0.5F}},
                               {"blue", {0, 0, 1}},   {"navy", {0, 0, 0.5F}}};

class ColourEmbedder final : public scaup::Embedder {
 public:
  // One row for each text: the sum of the colours that it names. A text without one gives zeros, and is then found by
  // its words alone.
  scaup::Result<scaup::Embeddings> embed(std::span<const std::string_view> texts, scaup::TextKind /*kind*/,
                                         std::stop_token stop) const override {
    scaup::Embeddings rows = {.dimension = identity_.dimension, .values = {}};
    for (const std::string_view text : texts) {
      if (stop.stop_requested()) return scaup::Error(scaup::ErrorCode::cancelled, "colours: cancelled");
      const std::array<float, 3> sum = sum_of_colours(text);
      rows.values.insert(rows.values.end(), sum.begin(), sum.end());
    }
    return rows;
  }

  // Kept with each collection, which then refuses the vectors of others.
  const scaup::EmbedderIdentity& identity() const noexcept override { return identity_; }

 private:
  static std::array<float, 3> sum_of_colours(std::string_view text) {
    std::array<float, 3> sum = {};
    for (const Colour& colour : kColours) {
      if (text.find(colour.name) == std::string_view::npos) continue;
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += colour.rgb[i];
    }
    return sum;
  }

  scaup::EmbedderIdentity identity_ = {
      .provider = "example", .model = "colours", .dimension = 3, .normalised = false};
};

}  // namespace

int main() {
  auto db = scaup::Database::in_memory();
  auto paints = db.create_collection("paints", {.embedder = std::make_shared<ColourEmbedder>()}).value();
  paints.add({{.id = "sail", .text = "The sail is orange."},
              {.id = "hull", .text = "The hull is navy with a teal stripe."},
              {.id = "mast", .text = "The mast is olive."},
              {.id = "buoy", .text = "The buoy is red."},
              {.id = "oar", .text = "The oar is plain wood."}}).value();
  for (const auto& match : paints.query("something blue and green", {.k = 2}).value()) {
    std::printf("%.3f  %s\n", match.score, match.document.text.c_str());
  }

  // Another embedder is an error that names both.
  const auto refused = db.get_collection("paints", {.embedder = scaup::make_hash_embedder({.dimension = 3}).value()});
  if (!refused) std::printf("%s\n", refused.error().message().c_str());
}
