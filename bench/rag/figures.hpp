#pragma once
// What bench_rag measures: each function adds lines `name<TAB>value`.

#include <filesystem>

namespace scaup::bench {

/// Ingests every collection of the folder in BEIR's layout and asks its judged questions without a model. Figures:
/// documents and MB a second, ask_p50_ms and p99, extractive_citation_precision beside success@1 of the retriever.
void measure_answers(const std::filesystem::path& collections);

/// Synchronises a folder of 1,000 files, made in `work`: first, unchanged, and after one was edited.
void measure_sync(const std::filesystem::path& work);

}  // namespace scaup::bench
