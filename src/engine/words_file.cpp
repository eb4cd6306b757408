#include "engine/words_file.hpp"

#include <algorithm>
#include <cmath>

#include "storage/fields.hpp"

namespace scaup::inline v0 {
namespace {

// The sections of a words file and the tags of its state; the numbers are stored on disk, do not change them.
constexpr std::uint32_t kState = 1;
constexpr std::uint32_t kSegment = 2;
struct StateTag {
  enum : std::uint32_t { analysis = 1, title_key = 2, documents = 3, vectors = 4, sums = 5 };
};

struct WordsState {
  std::string analysis;
  std::string title_key;
  std::size_t documents = 0;
  std::size_t vectors = 0;
  std::vector<double> sums;
};

Error damaged(const SectionFile& file, std::string_view what) {
  return {ErrorCode::corruption, std::string(file.name()) + ": " + std::string(what)};
}

std::vector<std::byte> encode_state(const TextState& words) {
  std::vector<std::byte> out;
  FieldWriter fields(out);
  fields.text(StateTag::analysis, words.snapshot->schema.analysis);
  fields.text(StateTag::title_key, words.snapshot->schema.title_key);
  fields.number(StateTag::documents, words.snapshot->documents);
  fields.number(StateTag::vectors, words.mean.count());
  fields.packed(StateTag::sums, [&](ByteWriter& bytes) {
    for (const double sum : words.mean.sums()) bytes.f64(sum);
  });
  return out;
}

Result<WordsState> decode_state(std::span<const std::byte> bytes, std::string_view name) {
  WordsState state;
  FieldReader fields(bytes, name);
  while (fields.next()) {
    switch (fields.tag()) {
      case StateTag::analysis: state.analysis = fields.text(); break;
      case StateTag::title_key: state.title_key = fields.text(); break;
      case StateTag::documents: state.documents = fields.size(); break;
      case StateTag::vectors: state.vectors = fields.size(); break;
      case StateTag::sums: {
        ByteReader packed = fields.packed();
        while (packed.ok() && packed.remaining() > 0) state.sums.push_back(packed.f64());
        break;
      }
      default: break;
    }
  }
  if (Status status = fields.status(); !status) return std::move(status).error();
  return state;
}

// That the words are those of a checkpoint: the file is named beside it, but was written as another file.
Status check_state(const SectionFile& file, const WordsState& state, const Snapshot& snapshot) {
  const StoreSchema& schema = snapshot.schema;
  if (state.analysis != schema.analysis || state.title_key != schema.title_key) {
    return damaged(file, "was made by another analysis");
  }
  if (state.documents != snapshot.documents || state.vectors != snapshot.documents - snapshot.without_vector) {
    return damaged(file, "is of another number of documents");
  }
  const bool whole = state.sums.size() == (state.vectors == 0 ? 0 : schema.dimension.value_or(0));
  const bool finite = std::ranges::all_of(state.sums, [](double sum) { return std::isfinite(sum); });
  if (!whole || !finite) return damaged(file, "the sums of the vectors are wrong");
  return {};
}

Result<TextIndex::Pointer> read_index(const std::shared_ptr<const SectionFile>& file, const Snapshot& snapshot) {
  const auto bytes = file->verified_bytes(kSegment);
  if (!bytes) return bytes.error();
  if (bytes->empty()) return TextIndex::empty();
  auto segment = TextSegment::open(*bytes, file, snapshot.rows);
  if (!segment) return std::move(segment).error();
  if ((*segment)->documents() != snapshot.documents) return damaged(*file, "is of another number of documents");
  return TextIndex::of(*std::move(segment));
}

Result<TextStatePointer> load_words(const CollectionFiles& files, const SectionFileReference& reference,
                                    std::shared_ptr<const Snapshot> snapshot) {
  const auto file = files.open_sections(StoreFileKind::words, reference);
  if (!file) return file.error();
  const auto bytes = (*file)->verified_bytes(kState);
  if (!bytes) return bytes.error();
  auto state = decode_state(*bytes, (*file)->name());
  if (!state) return std::move(state).error();
  if (Status right = check_state(**file, *state, *snapshot); !right) return std::move(right).error();
  auto analyzer = find_analyzer(state->analysis);
  if (!analyzer) return std::move(analyzer).error();
  auto index = read_index(*file, *snapshot);
  if (!index) return std::move(index).error();
  auto words = std::make_shared<TextState>();
  words->snapshot = std::move(snapshot);
  words->analyzer = *std::move(analyzer);
  words->index = *std::move(index);
  words->mean = VectorMean(std::move(state->sums), state->vectors);
  return TextStatePointer(std::move(words));
}

Status write_section(SectionFileWriter& file, std::uint32_t tag, std::span<const std::byte> bytes) {
  if (Status begun = file.begin_section(tag); !begun) return begun;
  if (Status written = file.append(bytes); !written) return written;
  return file.end_section();
}

}  // namespace

Result<SectionFileReference> save_words(const CollectionFiles& files, const TextState& words, std::uint64_t number,
                                        const std::stop_token& stop) {
  const auto segment = words.index->serialize(words.snapshot->visible_slots(), stop);
  if (!segment) return segment.error();
  auto file = files.write_sections(StoreFileKind::words, number);
  if (!file) return std::move(file).error();
  Status written = write_section(**file, kState, encode_state(words));
  if (written) written = write_section(**file, kSegment, *segment);
  if (!written) return std::move(written).error();
  return finish_sections(**file, number);
}

void start_with_saved_words(LocalStore& store, const CollectionFiles& files, const SectionFileReference& words) {
  store.text_keeper().start_with(store.snapshot(), [files, words](std::shared_ptr<const Snapshot> snapshot) {
    return load_words(files, words, std::move(snapshot));
  });
}

}  // namespace scaup::inline v0
