#pragma once
// A checkpoint: the visible rows and documents of one snapshot in a section file, numbered from 0 in the order of their
// slots. Written from any snapshot beside readers and writers; read as the state that a store begins with.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/local_store.hpp"
#include "engine/table.hpp"
#include "scaup/storage.hpp"
#include "storage/section_file.hpp"
#include "storage/section_file_writer.hpp"

namespace scaup::inline v0 {

/// The sections of a checkpoint; the numbers are stored on disk, do not change them. Arrays have one entry a row.
enum class CheckpointSection : std::uint32_t {
  state = 1,          ///< fields: name of the collection, schema, sequence number, counts
  ids = 2,            ///< the ids, one after the other
  id_ends = 3,        ///< u64: where each id ends
  documents = 4,      ///< encoded documents, one after the other
  document_ends = 5,  ///< u64: where each document ends
  floats = 6,         ///< f32 rows, padded to whole cache lines
  codes = 7,          ///< int8 codes, padded the same
  factors = 8,        ///< f32 scale and residual
  norms = 9,          ///< f64; NaN: the document has no vector
  state_copy = 10,    ///< the state again, at the other end of the file: salvage is lost without it
};

/// Writes all sections. `name` is that of the collection, for salvage.
/// Errors: `cancelled`; those of the file. Cost: one sequential write of all documents and one and a quarter times the
/// vectors.
[[nodiscard]] Status write_checkpoint(const Snapshot& snapshot, std::string_view name, SectionFileWriter& file,
                                      const std::stop_token& stop);

/// Reads the state that a checkpoint holds; its rows stay in the file.
/// Errors: `corruption` naming section and row; `out_of_memory`.
[[nodiscard]] Result<StoredState> read_checkpoint(const std::shared_ptr<const SectionFile>& file, VerifyLevel verify);

}  // namespace scaup::inline v0
