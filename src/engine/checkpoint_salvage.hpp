#pragma once
// What verifies of a damaged checkpoint: its state, and row by row documents and vectors.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/checkpoint_rows.hpp"
#include "engine/salvage.hpp"
#include "storage/section_salvage.hpp"

namespace scaup::inline v0 {

/// Called with a document and its vector, which is empty where there is none.
using DocumentVisitor = std::function<Status(const Document&, std::span<const float>)>;

/// Single-threaded: one thread at a time, even for const members.
class CheckpointSalvage {
 public:
  /// Reads the file as that of `identity`, whatever its header says. Errors: those of the file system.
  [[nodiscard]] static Result<CheckpointSalvage> open(const FileSystem& files, std::filesystem::path path,
                                                      const FileIdentity& identity);

  /// What the checkpoint says it holds; nothing unless that verifies.
  [[nodiscard]] const std::optional<CheckpointState>& state() const noexcept { return state_; }
  /// Shows each document that verifies, only where there is a state. A row whose document is damaged is lost; one whose
  /// vector alone is damaged comes without it. Errors: those of `visit`.
  [[nodiscard]] Status documents(const DocumentVisitor& visit, SalvageReport& report) const;
  /// Reports the whole file as lost.
  void give_up(SalvageReport& report) const;

 private:
  // Bytes `[begin, end)` of a section.
  struct Extent {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool verifies = false;
  };
  // Runs of rows, both ends included, and the bytes they lie in.
  struct LostRows {
    struct Run {
      std::size_t first = 0;
      std::size_t last = 0;
      Extent extent = {};
    };
    std::vector<Run> runs = {};

    void add(std::size_t row, const Extent& extent);
  };

  explicit CheckpointSalvage(std::filesystem::path path) : path_(std::move(path)) {}

  void read_state();
  [[nodiscard]] const SalvagedSection* section(CheckpointSection tag) const noexcept;
  [[nodiscard]] std::vector<Extent> document_extents() const;
  [[nodiscard]] Extent float_extent(std::size_t row) const;
  [[nodiscard]] std::optional<Document> document(const Extent& extent) const;
  [[nodiscard]] std::optional<std::vector<float>> vector(std::size_t row) const;
  void note_damage(SalvageReport& report) const;
  void report_lost(const LostRows& lost, CheckpointSection tag, std::string_view why, SalvageReport& report) const;

  std::filesystem::path path_;
  std::shared_ptr<const std::span<const std::byte>> file_;
  std::vector<SalvagedSection> sections_;
  std::optional<CheckpointState> state_;
  std::string structure_;  // what is wrong with header, footer or table; empty: nothing
};

}  // namespace scaup::inline v0
