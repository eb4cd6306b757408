// Loads what an ingestion is about.

#include "rag/source_jobs.hpp"

namespace scaup::inline v0 {

Result<std::vector<Document>> DocumentJobs::load(std::size_t job, const std::stop_token& /*stop*/) const {
  return std::vector<Document>{documents_[job]};
}

Result<std::vector<Document>> FileJobs::load(std::size_t job, const std::stop_token& stop) const {
  return load_file(folder_, files_[job].file, options_, stop);
}

}  // namespace scaup::inline v0
