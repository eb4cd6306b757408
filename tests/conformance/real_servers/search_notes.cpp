// search_notes BASE_URL MODEL: embeds and searches twenty notes with an OpenAI-compatible server, and a second time
// from a cache. Prints what was wrong, and ends with 1, if a question does not find its note.

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "scaup/scaup.hpp"

namespace {

using namespace scaup;

struct Note {
  const char* id;
  const char* text;
  const char* question;  // which this note alone answers
};

constexpr std::array kNotes = {
    Note{"fog", "In fog every ship sounds one long blast of its horn each two minutes.", "What do ships do in fog?"},
    Note{"storm", "Before a storm the small boats are pulled ashore.", "Where do small boats go when a gale comes?"},
    Note{"pilot", "Ships longer than 60 metres must take a pilot on board.", "Which vessels need a pilot?"},
    Note{"bread", "The dough rests for an hour before it goes into the oven.",
         "How long does dough rest before baking?"},
    Note{"coffee", "Grind the coffee beans just before brewing.", "When should I grind coffee beans?"},
    Note{"bees", "Bees dance to tell each other where flowers are.", "How do bees communicate about flowers?"},
    Note{"moon", "The Moon causes the tides of the oceans.", "What makes the tides?"},
    Note{"volcano", "Lava from the volcano reached the village in 1783.", "When did lava reach the village?"},
    Note{"chess", "A bishop moves diagonally across the chessboard.", "How does the bishop move in chess?"},
    Note{"piano", "A concert piano has 88 keys.", "How many keys are on a piano?"},
    Note{"vaccine", "The vaccine is given in two doses, four weeks apart.", "How many doses does the vaccine need?"},
    Note{"rent", "The rent is due on the first day of each month.", "When must I pay the rent?"},
    Note{"password", "Passwords must have at least twelve characters.", "How long must a password be?"},
    Note{"train", "The night train to Vienna leaves at 22:15.", "When does the train to Vienna depart?"},
    Note{"whale", "The blue whale is the largest animal that ever lived.", "What is the biggest animal?"},
    Note{"tomato", "Tomatoes need six hours of sun a day.", "How much sun do tomato plants want?"},
    Note{"glacier", "The glacier has lost a third of its ice since 1950.", "How much ice did the glacier lose?"},
    Note{"library", "Books may be borrowed for three weeks.", "For how long can I borrow a book?"},
    Note{"bicycle", "Oil the bicycle chain after riding in rain.", "What should I do with my bike's chain after rain?"},
    Note{"mayor", "The mayor is elected every five years.", "How often is there an election of the mayor?"},
};

std::vector<Document> documents() {
  std::vector<Document> list;
  for (const Note& note : kNotes) list.push_back({.id = note.id, .text = note.text});
  return list;
}

Status search(Database& database, const char* name, const std::shared_ptr<const Embedder>& embedder) {
  auto notes = database.create_collection(name, {.embedder = embedder});
  if (!notes) return notes.error();
  if (auto added = notes->add(documents()); !added) return added.error();
  for (const Note& note : kNotes) {
    const auto found = notes->query(note.question, {.k = 1});
    if (!found) return found.error();
    if (found->matches.size() != 1 || found->matches[0].document.id != note.id) {
      return Error(ErrorCode::internal, std::string("another note than ") + note.id + " is the best for its question");
    }
  }
  return {};
}

// The server puts rows and texts together as we do: a text alone has the vector that it has among others.
Status compare_alone(const Embedder& embedder) {
  std::vector<std::string_view> texts;
  for (const Note& note : kNotes) texts.emplace_back(note.text);
  const auto rows = embedder.embed(texts, TextKind::document);
  if (!rows) return rows.error();
  for (std::size_t i = 0; i < texts.size(); i += 5) {
    const auto alone = embedder.embed({&texts[i], 1}, TextKind::document);
    if (!alone) return alone.error();
    double product = 0;
    for (std::size_t c = 0; c < rows->dimension; ++c) product += double{alone->row(0)[c]} * double{rows->row(i)[c]};
    if (product < 0.999) return Error(ErrorCode::internal, "text " + std::to_string(i) + " has another vector alone");
  }
  return {};
}

Status run(const std::string& base_url, const std::string& model) {
  const auto meter = make_usage_meter();
  if (!meter) return meter.error();
  const Endpoint endpoint = {.base_url = base_url, .observers = {*meter}};
  if (auto health = check_health(Provider::openai, endpoint); !health) return health;
  const auto remote = make_remote_embedder(Provider::openai, {.model = model, .endpoint = endpoint});
  if (!remote) return remote.error();
  if (auto same = compare_alone(**remote); !same) return same;

  auto database = Database::in_memory();
  const auto cache = make_embedding_cache();
  if (!cache) return cache.error();
  const auto cached = with_cache(*remote, *cache);
  if (!cached) return cached.error();
  if (auto status = search(database, "first", *cached); !status) return status;
  const auto calls = (*meter)->usage().at(0).calls;
  if (auto status = search(database, "second", *cached); !status) return status;
  if ((*meter)->usage().at(0).calls != calls) return Error(ErrorCode::internal, "the second run called the server");
  std::printf("%s: %zu notes found, %zu dimensions, %llu calls, the second run without any\n", model.c_str(),
              kNotes.size(), (*remote)->identity().dimension, static_cast<unsigned long long>(calls));
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::fputs("usage: search_notes BASE_URL MODEL\n", stderr);
    return 2;
  }
  const Status status = run(arguments[1], arguments[2]);
  if (status) return 0;
  std::fprintf(stderr, "search_notes: %s\n", status.error().message().c_str());
  return 1;
}
